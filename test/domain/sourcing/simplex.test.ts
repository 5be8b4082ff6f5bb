import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addEntry,
  addRow,
  addVariable,
  createLinearProgram,
  type LinearProgram,
  objectiveOf,
  optimise,
} from '../../../src/domain/sourcing/engine/simplex.ts';

/** Rows that may stay unfilled at a cost, and columns that fill them. */
const programOf = (
  rows: readonly { readonly wanted: number; readonly cost: number }[],
  columns: readonly { readonly cost: number; readonly entries: readonly number[] }[],
): LinearProgram => {
  const program = createLinearProgram(rows.length);
  for (const { wanted, cost } of rows) addRow(program, wanted, cost);
  for (const { cost, entries } of columns) {
    addVariable(program, cost);
    for (const [row, value] of entries.entries()) if (value !== 0) addEntry(program, row, value);
  }
  return program;
};

const reducedCosts = ({ variables, cost, first, row, entry, dual }: LinearProgram): number[] =>
  Array.from({ length: variables }, (_, k) => {
    let reduced = cost[k] ?? 0;
    for (let at = first[k] ?? 0; at < (first[k + 1] ?? 0); at++)
      reduced -= (dual[row[at] ?? 0] ?? 0) * (entry[at] ?? 0);
    return reduced;
  });

const dualObjective = ({ rows, dual, rightHandSide }: LinearProgram): number => {
  let total = 0;
  for (let row = 0; row < rows; row++) total += (dual[row] ?? 0) * (rightHandSide[row] ?? 0);
  return total;
};

describe('optimise', () => {
  it('mixes columns where that is cheapest', () => {
    // Half of each pair fills all three rows at 1.5 columns.
    const rows = [1, 2, 3].map(() => ({ wanted: 1, cost: 10 }));
    const pairs = [
      { cost: 2, entries: [1, 1, 0] },
      { cost: 2, entries: [0, 1, 1] },
      { cost: 2, entries: [1, 0, 1] },
    ];
    const program = programOf(rows, pairs);
    optimise(program, 100);
    expect(objectiveOf(program)).toBeCloseTo(3, 9);
    expect([...program.dual]).toEqual([1, 1, 1].map((price) => expect.closeTo(price, 9)));
  });

  it('takes up columns that come later', () => {
    const program = programOf([{ wanted: 4, cost: 10 }], [{ cost: 6, entries: [1] }]);
    optimise(program, 100);
    expect(objectiveOf(program)).toBeCloseTo(24, 9);
    addVariable(program, 9);
    addEntry(program, 0, 2);
    optimise(program, 100);
    expect(objectiveOf(program)).toBeCloseTo(18, 9);
  });

  it('ends at prices that prove the optimum, however many pivots it takes', () => {
    const column = fc.record({
      cost: fc.integer({ min: 0, max: 50 }),
      entries: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 }),
    });
    const row = fc.record({ wanted: fc.integer({ min: 0, max: 20 }), cost: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 12, maxLength: 12 }),
        fc.array(column, { minLength: 20, maxLength: 120 }),
        (rows, columns) => {
          const program = programOf(rows, columns);
          optimise(program, 5000);
          for (const reduced of reducedCosts(program)) expect(reduced).toBeGreaterThan(-1e-6);
          expect(dualObjective(program)).toBeCloseTo(objectiveOf(program), 5);
          for (const value of program.value) expect(value).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
