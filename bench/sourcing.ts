import { performance } from 'node:perf_hooks';
import type { Problem } from '../src/domain/sourcing/problem.ts';
import { solve } from '../src/domain/sourcing/solve.ts';
import { solveInStages } from '../src/domain/sourcing/solve-stages.ts';
import { type Family, profiles, situation } from '../test/domain/sourcing/instances.ts';
import { fewestLocations, leastCost, leastUnfilled } from '../test/domain/sourcing/objectives.ts';
import type { Oracle } from '../test/domain/sourcing/oracle.ts';

export type SourcingCell = {
  readonly name: string;
  readonly family: Family;
  readonly locations: number;
  readonly lines: number;
  readonly instances: number;
  /** Limit on counted work, as a caller sets it who has to answer at once. */
  readonly maxWork?: number;
  /** Least unfilled, then fewest locations, then least cost, each as a stage of its own. */
  readonly inStages?: boolean;
};

export type SourcingFigures = {
  /** Share of the instances whose plan was proven to be the best. */
  readonly proven: number;
  /** Largest gap of an unproven one, as a share of its cost. */
  readonly largestGap: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /** Median, over instances solved by both one after the other, of HiGHS' time by ours; 0 if none was. */
  readonly timesFaster: number;
  readonly comparedWithHighs: number;
  /** Both proved an optimum, and not the same. */
  readonly mismatches: number;
};

export type SourcingBench = {
  /** Time for HiGHS in each cell. */
  readonly highsSeconds?: number;
  /** Times each problem is solved; the fastest counts, so that other processes' noise does not. */
  readonly repeats?: number;
};

type Solved = { readonly proven: boolean; readonly gap: number; readonly objective: number | null };

const WARM_UP = 60;

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

const problemOf = ({ family, locations, lines, inStages = false }: SourcingCell, seed: number): Problem => {
  const profile = inStages ? 'cost' : (profiles[seed % profiles.length] ?? 'cost');
  return situation({ family, profile, locations, lines, seed }).problem;
};

/** The objective is null where it is a list of them, which no other solver is asked for. */
const solveCell = ({ inStages = false, maxWork }: SourcingCell, problem: Problem): Solved => {
  const options = maxWork === undefined ? {} : { maxWork };
  if (!inStages) {
    const { proven, objective, bound } = solve(problem, options);
    return { proven, objective, gap: (objective - bound) / Math.max(1, objective) };
  }
  const answer = solveInStages(
    problem,
    [leastUnfilled, fewestLocations, leastCost].map((make) => make(problem)),
    options,
  );
  if (answer.status !== 'solved') return { proven: false, gap: 1, objective: null };
  const gaps = answer.stages.map(({ value, bound }) => (value - bound) / Math.max(1, value));
  return { proven: answer.proven, gap: Math.max(...gaps), objective: null };
};

export const benchCell = (cell: SourcingCell, oracle: Oracle, options: SourcingBench): SourcingFigures => {
  const { highsSeconds = 5, repeats = 3 } = options;
  for (let seed = 1; seed <= WARM_UP; seed++) solveCell(cell, problemOf(cell, 100_000 + seed));
  const times: number[] = [];
  const ratios: number[] = [];
  let proven = 0;
  let largestGap = 0;
  let mismatches = 0;
  let highsLeft = highsSeconds * 1000;
  for (let seed = 1; seed <= cell.instances; seed++) {
    const problem = problemOf(cell, seed);
    let fastest = Number.POSITIVE_INFINITY;
    let solved: Solved = { proven: false, gap: 1, objective: null };
    for (let repeat = 0; repeat < repeats; repeat++) {
      const started = performance.now();
      solved = solveCell(cell, problem);
      fastest = Math.min(fastest, performance.now() - started);
    }
    times.push(fastest);
    if (solved.proven) proven++;
    largestGap = Math.max(largestGap, solved.gap);
    if (highsLeft <= 0 || solved.objective === null) continue;
    const expected = oracle(problem, Math.max(1, highsLeft / 1000));
    highsLeft -= expected.milliseconds;
    ratios.push(expected.milliseconds / fastest);
    if (expected.optimal && solved.proven && expected.objective !== solved.objective) mismatches++;
  }
  const sorted = ascending(times);
  return {
    proven: proven / cell.instances,
    largestGap,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    p999Ms: quantile(sorted, 0.999),
    maxMs: quantile(sorted, 1),
    timesFaster: quantile(ascending(ratios), 0.5),
    comparedWithHighs: ratios.length,
    mismatches,
  };
};
