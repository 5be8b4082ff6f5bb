import type { Share } from './branching.ts';
import { type Column, worthAt } from './column-pool.ts';
import { CLOSED, OPEN } from './relaxation.ts';
import type { Search } from './search.ts';
import { addEntry, addRow, addVariable, createLinearProgram, type LinearProgram } from './simplex.ts';

/**
 * The restricted master problem: which shares of the shipments listed so far fill the demand most cheaply (Dantzig and Wolfe 1960). One row
 * for each line, one for each location that has a column, one for the number of locations.
 */
export type Master = {
  readonly program: LinearProgram;
  /** By variable; the others are slacks. */
  readonly columns: Map<number, Column>;
  readonly rowOf: Int32Array;
  /** -1 where nothing limits their number. */
  readonly countRow: number;
  /** By location: what it costs an open one to ship nothing. */
  readonly idleCost: number;
  readonly isOpen: (l: number) => boolean;
};

export const createMaster = ({ instance, relaxation }: Search, demand: Float64Array): Master => {
  const { lines, locations, unfilledCost } = instance;
  const program = createLinearProgram(lines + locations + 1);
  let worth = 1;
  for (let j = 0; j < lines; j++) {
    worth += (demand[j] ?? 0) * (unfilledCost[j] ?? 0);
    addRow(program, demand[j] ?? 0, unfilledCost[j] ?? 0);
    // More than the demand may be shipped: whoever ships more than needed could ship less.
    addVariable(program, 0);
    addEntry(program, j, -1);
  }
  return {
    program,
    columns: new Map(),
    rowOf: new Int32Array(locations).fill(-1),
    countRow: relaxation.most < locations ? addRow(program, relaxation.most, 0) : -1,
    idleCost: worth,
    isOpen: (l) => relaxation.status[l] === OPEN,
  };
};

export const include = (master: Master, column: Column): void => {
  const { program, rowOf, countRow, columns } = master;
  const l = column.location;
  if ((rowOf[l] ?? -1) < 0) rowOf[l] = addRow(program, 1, master.isOpen(l) ? master.idleCost : 0);
  columns.set(addVariable(program, column.cost), column);
  for (let at = 0; at < column.lines.length; at++) addEntry(program, column.lines[at] ?? 0, column.pieces[at] ?? 0);
  addEntry(program, rowOf[l] ?? 0, 1);
  if (countRow >= 0) addEntry(program, countRow, 1);
};

/** What the column costs beyond its worth at the program's own prices: below 0 if it would better the program. */
export const excessOf = ({ program, rowOf, countRow, isOpen, idleCost }: Master, column: Column): number => {
  const row = rowOf[column.location] ?? -1;
  const place = row >= 0 ? (program.dual[row] ?? 0) : isOpen(column.location) ? idleCost : 0;
  const count = countRow >= 0 ? (program.dual[countRow] ?? 0) : 0;
  return column.cost - worthAt(program.dual, column) - place - count;
};

/** Does the column keep what the search has decided, and ship no more than is wanted? */
export const isAllowed = ({ instance, relaxation }: Search, column: Column): boolean => {
  const { start, line } = instance;
  const { status, limits } = relaxation;
  const l = column.location;
  if (status[l] === CLOSED) return false;
  if (column.grams > (limits.mostGrams[l] ?? 0) || column.postage < (limits.leastPostage[l] ?? 0)) return false;
  let at = 0;
  for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
    const ships = column.lines[at] === line[k] ? (column.pieces[at++] ?? 0) : 0;
    if (ships < (limits.least[k] ?? 0) || ships > (limits.most[k] ?? 0)) return false;
  }
  return true;
};

/** The columns in use, and how much of each. */
export const sharesOf = ({ program, columns }: Master): Share[] => {
  const shares: Share[] = [];
  for (let row = 0; row < program.rows; row++) {
    const column = columns.get(program.basis[row] ?? -1);
    const share = program.value[row] ?? 0;
    if (column !== undefined && share > 1e-6) shares.push({ column, share });
  }
  return shares;
};

export const basicColumns = ({ program, columns }: Master): ReadonlySet<Column> => {
  const basic = new Set<Column>();
  for (let row = 0; row < program.rows; row++) {
    const column = columns.get(program.basis[row] ?? -1);
    if (column !== undefined) basic.add(column);
  }
  return basic;
};
