/**
 * A linear program min cx, Ax = b, x >= 0 whose columns come one by one: the revised simplex method with an explicit inverse (Chvátal,
 * ch. 7). Every row brings a variable of its own that starts in the basis: a slack, or what is left unfilled. Its numbers guide only:
 * no bound rests on them.
 */
export type LinearProgram = {
  readonly stride: number;
  rows: number;
  /** Row-major, `stride` entries per row. */
  readonly inverse: Float64Array;
  /** By row: the variable that is basic there, and its value. */
  readonly basis: Int32Array;
  readonly value: Float64Array;
  readonly rightHandSide: Float64Array;
  readonly dual: Float64Array;
  /** The variables; the entries of the k-th are `first[k]` to `first[k + 1]`. */
  variables: number;
  cost: Float64Array;
  first: Int32Array;
  row: Int32Array;
  entry: Float64Array;
  readonly direction: Float64Array;
  /** Columns of the pivot's row that are not 0. */
  readonly used: Int32Array;
  /** Numbers below this are taken for zero: the largest cost, and the digits that a double has. */
  tolerance: number;
  /** Variables that paid when all were looked at last, and how much they did. */
  readonly candidates: Int32Array;
  readonly candidateCost: Float64Array;
  candidateCount: number;
  /** Since the inverse was last made anew. */
  pivots: number;
};

const MOST_CANDIDATES = 24;
const USUAL_VARIABLES = 256;
const USUAL_ENTRIES = 2048;

const SMALLEST_PIVOT = 1e-7;
/** After so many pivots the inverse is made anew, since errors add up. */
const PIVOTS_PER_INVERSE = 150;

export const createLinearProgram = (mostRows: number): LinearProgram => ({
  stride: mostRows,
  rows: 0,
  inverse: new Float64Array(mostRows * mostRows),
  basis: new Int32Array(mostRows),
  value: new Float64Array(mostRows),
  rightHandSide: new Float64Array(mostRows),
  dual: new Float64Array(mostRows),
  variables: 0,
  cost: new Float64Array(USUAL_VARIABLES),
  first: new Int32Array(USUAL_VARIABLES + 1),
  row: new Int32Array(USUAL_ENTRIES),
  entry: new Float64Array(USUAL_ENTRIES),
  direction: new Float64Array(mostRows),
  used: new Int32Array(mostRows),
  tolerance: 1e-9,
  candidates: new Int32Array(MOST_CANDIDATES),
  candidateCost: new Float64Array(MOST_CANDIDATES),
  candidateCount: 0,
  pivots: 0,
});

const grown = <T extends Float64Array | Int32Array>(values: T, larger: T): T => {
  larger.set(values);
  return larger;
};

/** Adds a variable that is not in the basis, without entries yet, and returns its number. */
export const addVariable = (program: LinearProgram, cost: number): number => {
  program.tolerance = Math.max(program.tolerance, 1e-11 * Math.abs(cost));
  const k = program.variables++;
  if (program.variables > program.cost.length) {
    program.cost = grown(program.cost, new Float64Array(2 * program.variables));
    program.first = grown(program.first, new Int32Array(2 * program.variables + 1));
  }
  program.cost[k] = cost;
  program.first[k + 1] = program.first[k] ?? 0;
  return k;
};

/** Adds an entry to the variable that was added last. */
export const addEntry = (program: LinearProgram, row: number, value: number): void => {
  const at = program.first[program.variables] ?? 0;
  if (at === program.row.length) {
    program.row = grown(program.row, new Int32Array(2 * at));
    program.entry = grown(program.entry, new Float64Array(2 * at));
  }
  program.row[at] = row;
  program.entry[at] = value;
  program.first[program.variables] = at + 1;
};

/** Adds a row in which only columns to come have entries, and the variable that fills it at this cost; returns the row. */
export const addRow = (program: LinearProgram, rightHandSide: number, cost: number): number => {
  const row = program.rows++;
  program.basis[row] = addVariable(program, cost);
  addEntry(program, row, 1);
  program.inverse[row * program.stride + row] = 1;
  program.value[row] = rightHandSide;
  program.rightHandSide[row] = rightHandSide;
  program.dual[row] = cost;
  return row;
};

const reducedCostOf = ({ dual, cost, first, row, entry }: LinearProgram, k: number): number => {
  const end = first[k + 1] ?? 0;
  let reduced = cost[k] ?? 0;
  for (let at = first[k] ?? 0; at < end; at++) reduced -= (dual[row[at] ?? 0] ?? 0) * (entry[at] ?? 0);
  return reduced;
};

/** Looks at all variables and keeps as candidates those that pay most per unit, best first. */
const listCandidates = (program: LinearProgram): void => {
  const { candidates, candidateCost, tolerance } = program;
  let count = 0;
  for (let k = 0; k < program.variables; k++) {
    const reduced = reducedCostOf(program, k);
    if (reduced >= -tolerance || (count === MOST_CANDIDATES && reduced >= (candidateCost[count - 1] ?? 0))) continue;
    let at = count < MOST_CANDIDATES ? count++ : count - 1;
    for (; at > 0 && (candidateCost[at - 1] ?? 0) > reduced; at--) {
      candidateCost[at] = candidateCost[at - 1] ?? 0;
      candidates[at] = candidates[at - 1] ?? 0;
    }
    candidateCost[at] = reduced;
    candidates[at] = k;
  }
  program.candidateCount = count;
};

/** Dantzig's rule among the candidates, as long as one of them pays (multiple pricing; Chvátal, ch. 7); -1 if no variable does. */
const entering = (program: LinearProgram): number => {
  for (let listed = 0; listed < 2; listed++) {
    let best = -1;
    let least = -program.tolerance;
    for (let at = 0; at < program.candidateCount; at++) {
      const k = program.candidates[at] ?? 0;
      const reduced = reducedCostOf(program, k);
      if (reduced >= least) continue;
      least = reduced;
      best = k;
    }
    if (best >= 0) return best;
    if (listed === 0) listCandidates(program);
  }
  return -1;
};

/** Sets the direction in which the basic variables fall, and returns the row of the first one to reach 0; of several, the surest pivot. */
const leavingRow = (program: LinearProgram, entered: number): number => {
  const { inverse, stride, direction, value, first, row, entry } = program;
  const start = first[entered] ?? 0;
  const end = first[entered + 1] ?? 0;
  let leaving = -1;
  let shortest = Number.POSITIVE_INFINITY;
  for (let basic = 0; basic < program.rows; basic++) {
    let fall = 0;
    for (let at = start; at < end; at++) fall += (inverse[basic * stride + (row[at] ?? 0)] ?? 0) * (entry[at] ?? 0);
    direction[basic] = fall;
    if (fall <= SMALLEST_PIVOT) continue;
    const step = (value[basic] ?? 0) / fall;
    if (step > shortest + 1e-12 || (step > shortest - 1e-12 && fall <= (direction[leaving] ?? 0))) continue;
    shortest = Math.min(shortest, step);
    leaving = basic;
  }
  return leaving;
};

const exchange = (program: LinearProgram, row: number, entered: number, reduced: number): void => {
  const { inverse, stride, direction, value, dual, basis, rows, used } = program;
  const pivot = direction[row] ?? 1;
  const pivotRow = inverse.subarray(row * stride, row * stride + rows);
  let count = 0;
  for (let column = 0; column < rows; column++) {
    if (pivotRow[column] === 0) continue;
    pivotRow[column] = (pivotRow[column] ?? 0) / pivot;
    used[count++] = column;
  }
  const step = Math.max(0, (value[row] ?? 0) / pivot);
  for (let other = 0; other < rows; other++) {
    const factor = direction[other] ?? 0;
    if (other === row || factor === 0) continue;
    const from = other * stride;
    for (let at = 0; at < count; at++) {
      const column = used[at] ?? 0;
      inverse[from + column] = (inverse[from + column] ?? 0) - factor * (pivotRow[column] ?? 0);
    }
    value[other] = Math.max(0, (value[other] ?? 0) - factor * step);
  }
  value[row] = step;
  basis[row] = entered;
  for (let at = 0; at < count; at++) {
    const column = used[at] ?? 0;
    dual[column] = (dual[column] ?? 0) + reduced * (pivotRow[column] ?? 0);
  }
};

/** One step of elimination: the pivot's column becomes a unit vector in `matrix`, and the same is done to the inverse. */
const eliminate = (matrix: Float64Array, inverse: Float64Array, rows: number, stride: number, at: number): void => {
  const pivot = matrix[at * rows + at] ?? 1;
  for (let column = 0; column < rows; column++) {
    matrix[at * rows + column] = (matrix[at * rows + column] ?? 0) / pivot;
    inverse[at * stride + column] = (inverse[at * stride + column] ?? 0) / pivot;
  }
  for (let row = 0; row < rows; row++) {
    const factor = matrix[row * rows + at] ?? 0;
    if (row === at || factor === 0) continue;
    for (let column = 0; column < rows; column++) {
      const entry = matrix[at * rows + column] ?? 0;
      const inverted = inverse[at * stride + column] ?? 0;
      if (entry !== 0) matrix[row * rows + column] = (matrix[row * rows + column] ?? 0) - factor * entry;
      if (inverted !== 0) inverse[row * stride + column] = (inverse[row * stride + column] ?? 0) - factor * inverted;
    }
  }
};

const swapRows = (values: Float64Array, stride: number, rows: number, a: number, b: number): void => {
  for (let column = 0; column < rows; column++) {
    const kept = values[a * stride + column] ?? 0;
    values[a * stride + column] = values[b * stride + column] ?? 0;
    values[b * stride + column] = kept;
  }
};

/** Inverts the basis by Gauss and Jordan's elimination, and takes values and prices from that. */
const invert = (program: LinearProgram): void => {
  const { inverse, stride, rows, basis, first, row, entry } = program;
  const matrix = new Float64Array(rows * rows);
  for (let at = 0; at < rows; at++) {
    const k = basis[at] ?? 0;
    for (let index = first[k] ?? 0; index < (first[k + 1] ?? 0); index++) {
      matrix[(row[index] ?? 0) * rows + at] = entry[index] ?? 0;
    }
    inverse.fill(0, at * stride, at * stride + rows);
    inverse[at * stride + at] = 1;
  }
  for (let at = 0; at < rows; at++) {
    let largest = at;
    for (let other = at + 1; other < rows; other++) {
      if (Math.abs(matrix[other * rows + at] ?? 0) > Math.abs(matrix[largest * rows + at] ?? 0)) largest = other;
    }
    if (largest !== at) {
      swapRows(matrix, rows, rows, at, largest);
      swapRows(inverse, stride, rows, at, largest);
    }
    eliminate(matrix, inverse, rows, stride, at);
  }
  program.dual.fill(0);
  for (let basic = 0; basic < rows; basic++) {
    const cost = program.cost[basis[basic] ?? 0] ?? 0;
    let value = 0;
    for (let column = 0; column < rows; column++) {
      const inverted = inverse[basic * stride + column] ?? 0;
      value += inverted * (program.rightHandSide[column] ?? 0);
      program.dual[column] = (program.dual[column] ?? 0) + cost * inverted;
    }
    program.value[basic] = Math.max(0, value);
  }
};

/** Pivots until no variable pays, or so many times; returns how often. */
export const optimise = (program: LinearProgram, mostPivots: number): number => {
  let pivots = 0;
  for (; pivots < mostPivots; pivots++) {
    if (program.pivots >= PIVOTS_PER_INVERSE) {
      program.pivots = 0;
      invert(program);
    }
    const entered = entering(program);
    const row = entered < 0 ? -1 : leavingRow(program, entered);
    if (row < 0) break;
    exchange(program, row, entered, reducedCostOf(program, entered));
    program.pivots++;
  }
  return pivots;
};

export const objectiveOf = ({ rows, basis, value, cost }: LinearProgram): number => {
  let total = 0;
  for (let row = 0; row < rows; row++) total += (value[row] ?? 0) * (cost[basis[row] ?? 0] ?? 0);
  return total;
};
