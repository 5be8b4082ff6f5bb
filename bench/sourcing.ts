import { performance } from 'node:perf_hooks';
import { solve } from '../src/domain/sourcing/solve.ts';
import { type Family, instance, profiles, type Situation, situation } from '../test/domain/sourcing/instances.ts';
import { loadOracle, type Oracle } from '../test/domain/sourcing/oracle.ts';
import { nearestFirst, priorityFirst, singleElseSplit } from './sourcing-rules.ts';

export type SourcingCell = {
  readonly family: Family;
  readonly locations: number;
  readonly lines: number;
  readonly instances: number;
};

export type SourcingFigures = SourcingCell & {
  /** Share of the instances whose plan was proven to be the cheapest. */
  readonly proven: number;
  /** Largest gap of an unproven one, as a share of its cost. */
  readonly largestGap: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Median, over instances solved by both one after the other, of HiGHS' time by ours. */
  readonly highsByOurs: number;
  readonly comparedWithHighs: number;
  /** Same optimum as HiGHS wherever both proved one. */
  readonly mismatches: number;
};

export type SourcingSavings = {
  readonly orders: number;
  /** Share of the rule's cost that the cheapest plan saves, over all orders together. */
  readonly againstNearestFirst: number;
  readonly againstPriorityFirst: number;
  readonly againstSingleElseSplit: number;
};

export type SourcingBench = {
  readonly cells?: readonly SourcingCell[];
  /** Time for HiGHS in each cell. */
  readonly highsSeconds?: number;
  /** Times each problem is solved; the fastest counts, so that other processes' noise does not. */
  readonly repeats?: number;
};

export type SourcingReport = { readonly figures: readonly SourcingFigures[]; readonly savings: SourcingSavings };

const CELLS: readonly SourcingCell[] = [
  { family: 'consumer', locations: 50, lines: 3, instances: 1000 },
  { family: 'consumer', locations: 500, lines: 8, instances: 1000 },
  { family: 'consumer', locations: 500, lines: 20, instances: 200 },
  { family: 'consumer', locations: 2000, lines: 20, instances: 60 },
  { family: 'business', locations: 500, lines: 8, instances: 100 },
  { family: 'tariffs', locations: 500, lines: 8, instances: 100 },
];

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

const situationsOf = ({ family, locations, lines, instances }: SourcingCell): Situation[] =>
  Array.from({ length: instances }, (_, index) => {
    const profile = profiles[index % profiles.length] ?? 'cost';
    return situation({ family, profile, locations, lines, seed: index + 1 });
  });

const warmUp = (cell: SourcingCell): void => {
  for (let seed = 1; seed <= 40; seed++) {
    const profile = profiles[seed % profiles.length] ?? 'cost';
    solve(instance({ ...cell, profile, seed: 100_000 + seed }), { maxNodes: 50 });
  }
};

const benchCell = (cell: SourcingCell, oracle: Oracle, highsSeconds: number, repeats: number): SourcingFigures => {
  warmUp(cell);
  const times: number[] = [];
  const ratios: number[] = [];
  let proven = 0;
  let largestGap = 0;
  let mismatches = 0;
  let highsLeft = highsSeconds * 1000;
  for (const { problem } of situationsOf(cell)) {
    let fastest = Number.POSITIVE_INFINITY;
    let answer = solve(problem, { maxNodes: 0 });
    for (let repeat = 0; repeat < repeats; repeat++) {
      const started = performance.now();
      answer = solve(problem);
      fastest = Math.min(fastest, performance.now() - started);
    }
    times.push(fastest);
    if (answer.proven) proven++;
    else largestGap = Math.max(largestGap, (answer.objective - answer.bound) / answer.objective);
    if (highsLeft <= 0) continue;
    const expected = oracle(problem, Math.max(1, highsLeft / 1000));
    highsLeft -= expected.milliseconds;
    ratios.push(expected.milliseconds / fastest);
    if (expected.optimal && answer.proven && expected.objective !== answer.objective) mismatches++;
  }
  const sorted = ascending(times);
  return {
    ...cell,
    proven: proven / cell.instances,
    largestGap,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    maxMs: quantile(sorted, 1),
    highsByOurs: quantile(ascending(ratios), 0.5),
    comparedWithHighs: ratios.length,
    mismatches,
  };
};

/** An order mix as shops have it: mostly one line, some three, few eight. On this generator, objective: full cost. */
const benchSavings = (orders: number): SourcingSavings => {
  let cheapest = 0;
  let nearest = 0;
  let priority = 0;
  let single = 0;
  for (let seed = 1; seed <= orders; seed++) {
    const lines = seed % 20 < 11 ? 1 : seed % 20 < 18 ? 3 : 8;
    const order = situation({ family: 'consumer', profile: 'cost', locations: 500, lines, seed: 50_000 + seed });
    cheapest += solve(order.problem).objective;
    nearest += nearestFirst(order);
    priority += priorityFirst(order);
    single += singleElseSplit(order);
  }
  return {
    orders,
    againstNearestFirst: 1 - cheapest / nearest,
    againstPriorityFirst: 1 - cheapest / priority,
    againstSingleElseSplit: 1 - cheapest / single,
  };
};

export const benchSourcing = async (options: SourcingBench = {}): Promise<SourcingReport> => {
  const { cells = CELLS, highsSeconds = 5, repeats = 2 } = options;
  const oracle = await loadOracle();
  return {
    figures: cells.map((cell) => benchCell(cell, oracle, highsSeconds, repeats)),
    savings: benchSavings(400),
  };
};
