import type { Share } from './branching.ts';
import { type Column, worthAt } from './column-pool.ts';
import type { PricedCuts } from './cut-prices.ts';
import type { Instance } from './instance.ts';
import { CLOSED, OPEN } from './relaxation.ts';
import { type Search, survivors } from './search.ts';
import { addEntry, addRow, addVariable, createLinearProgram, type LinearProgram } from './simplex.ts';
import { countOf, countOfPiece, type WeightCut } from './weight-cuts.ts';

/**
 * The restricted master problem: which shares of the shipments listed so far fill the demand most cheaply (Dantzig and Wolfe 1960). One row
 * for each line, one for each location that has a column, one for the number of locations, one for each cut.
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
  /** One row for each, from this one on. */
  readonly cuts: readonly WeightCut[];
  readonly cutRow: number;
};

/** A row to be kept at any cost, what is beyond it, and unfilled pieces once more: now they count in these rows too. */
const addCuts = (program: LinearProgram, { cuts }: PricedCuts, instance: Instance, worth: number): void => {
  const first = program.rows;
  for (const { right } of cuts) {
    const row = addRow(program, right, worth);
    addVariable(program, 0);
    addEntry(program, row, -1);
  }
  for (let j = 0; j < instance.lines && cuts.length > 0; j++) {
    addVariable(program, instance.unfilledCost[j] ?? 0);
    addEntry(program, j, 1);
    for (const [at, cut] of cuts.entries()) addEntry(program, first + at, countOfPiece(cut, instance, j));
  }
};

export const createMaster = (search: Search): Master => {
  const { instance, relaxation, rows } = search;
  const { lines, locations, demand, unfilledCost } = instance;
  const program = createLinearProgram(lines + survivors(search).length + 1 + rows.cuts.length);
  let worth = 1;
  for (let j = 0; j < lines; j++) {
    worth += (demand[j] ?? 0) * (unfilledCost[j] ?? 0);
    addRow(program, demand[j] ?? 0, unfilledCost[j] ?? 0);
    // More than the demand may be shipped: whoever ships more than needed could ship less.
    addVariable(program, 0);
    addEntry(program, j, -1);
  }
  const countRow = relaxation.most < locations ? addRow(program, relaxation.most, 0) : -1;
  const cutRow = program.rows;
  addCuts(program, rows, instance, worth);
  return {
    program,
    columns: new Map(),
    rowOf: new Int32Array(locations).fill(-1),
    countRow,
    cuts: rows.cuts,
    cutRow,
    idleCost: worth,
    isOpen: (l) => relaxation.status[l] === OPEN,
  };
};

export const include = (master: Master, column: Column): void => {
  const { program, rowOf, countRow, columns, cuts, cutRow } = master;
  const l = column.location;
  if ((rowOf[l] ?? -1) < 0) rowOf[l] = addRow(program, 1, master.isOpen(l) ? master.idleCost : 0);
  columns.set(addVariable(program, column.cost), column);
  for (let at = 0; at < column.lines.length; at++) addEntry(program, column.lines[at] ?? 0, column.pieces[at] ?? 0);
  addEntry(program, rowOf[l] ?? 0, 1);
  if (countRow >= 0) addEntry(program, countRow, 1);
  for (const [at, cut] of cuts.entries()) addEntry(program, cutRow + at, countOf(cut, column));
};

/** What the column costs beyond its worth at the program's own prices: below 0 if it would better the program. */
export const excessOf = (master: Master, column: Column): number => {
  const { program, rowOf, countRow, isOpen, idleCost, cuts, cutRow } = master;
  const row = rowOf[column.location] ?? -1;
  const place = row >= 0 ? (program.dual[row] ?? 0) : isOpen(column.location) ? idleCost : 0;
  const count = countRow >= 0 ? (program.dual[countRow] ?? 0) : 0;
  let reward = 0;
  for (const [at, cut] of cuts.entries()) reward += (program.dual[cutRow + at] ?? 0) * countOf(cut, column);
  return column.cost - worthAt(program.dual, column) - place - count - reward;
};

/** Does the column keep what the search has decided, and ship no more than is wanted? */
export const isAllowed = ({ instance, relaxation }: Search, column: Column): boolean => {
  const { start, line } = instance;
  const { status, limits } = relaxation;
  const l = column.location;
  if (status[l] === CLOSED) return false;
  if (column.carries > (limits.mostGrams[l] ?? 0) || column.postage < (limits.leastPostage[l] ?? 0)) return false;
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
