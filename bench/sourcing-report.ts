import { loadOracle } from '../test/domain/sourcing/oracle.ts';
import { type Figure, printFigures } from './report.ts';
import { benchCell, type SourcingBench, type SourcingCell, type SourcingFigures } from './sourcing.ts';
import { benchSavings } from './sourcing-savings.ts';

type Goals = {
  readonly provenPercent?: number;
  readonly gapPercent?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly timesFaster?: number;
};

/** Some 100 ms. */
const WORK_OF_A_MOMENT = 10_000_000;

const cells: readonly (SourcingCell & { readonly goals: Goals })[] = [
  {
    name: 'consumer orders',
    family: 'consumer',
    locations: 50,
    lines: 3,
    instances: 1000,
    goals: { provenPercent: 100 },
  },
  {
    name: 'consumer orders',
    family: 'consumer',
    locations: 500,
    lines: 8,
    instances: 2000,
    goals: { provenPercent: 99.9, p50Ms: 0.3, p99Ms: 2, timesFaster: 100 },
  },
  {
    name: 'consumer orders',
    family: 'consumer',
    locations: 500,
    lines: 20,
    instances: 200,
    goals: { provenPercent: 100 },
  },
  {
    name: 'consumer orders',
    family: 'consumer',
    locations: 2000,
    lines: 20,
    instances: 100,
    goals: { provenPercent: 100, p99Ms: 60 },
  },
  {
    name: 'orders with split limits and capacities',
    family: 'constrained',
    locations: 500,
    lines: 8,
    instances: 400,
    goals: { provenPercent: 100 },
  },
  {
    name: 'business orders, 4 to 50 units a line, thin stock, within the work of 100 ms',
    family: 'business',
    locations: 500,
    lines: 8,
    instances: 200,
    maxWork: WORK_OF_A_MOMENT,
    goals: { provenPercent: 99.9, gapPercent: 1 },
  },
  {
    name: 'business orders in stages: unfilled, locations, cost',
    family: 'business',
    locations: 500,
    lines: 8,
    instances: 100,
    inStages: true,
    goals: { provenPercent: 99.9, p99Ms: 100 },
  },
  {
    name: 'orders with weight tariffs',
    family: 'tariffs',
    locations: 500,
    lines: 8,
    instances: 400,
    goals: { provenPercent: 100, p99Ms: 10 },
  },
];

const atLeast = (min: number | undefined): Pick<Figure, 'goal'> => (min === undefined ? {} : { goal: { min } });
const atMost = (max: number | undefined): Pick<Figure, 'goal'> => (max === undefined ? {} : { goal: { max } });

const figuresOf = (found: SourcingFigures, goals: Goals): Figure[] => [
  { name: 'proven optimal', value: found.proven * 100, unit: '%', ...atLeast(goals.provenPercent) },
  { name: 'largest gap left', value: found.largestGap * 100, unit: '%', ...atMost(goals.gapPercent) },
  { name: 'p50', value: found.p50Ms, unit: 'ms', ...atMost(goals.p50Ms) },
  { name: 'p99', value: found.p99Ms, unit: 'ms', ...atMost(goals.p99Ms) },
  { name: 'p99.9', value: found.p999Ms, unit: 'ms' },
  { name: 'longest', value: found.maxMs, unit: 'ms' },
  ...(found.comparedWithHighs === 0
    ? []
    : [
        {
          name: `times faster than HiGHS (median of ${found.comparedWithHighs})`,
          value: found.timesFaster,
          unit: '',
          ...atLeast(goals.timesFaster),
        },
        { name: 'other optimum than HiGHS', value: found.mismatches, unit: '', ...atMost(0) },
      ]),
];

/** All cells, each beside HiGHS in the same process, and what the plans save against common rules. */
export const reportSourcing = async (options: SourcingBench = {}): Promise<void> => {
  const oracle = await loadOracle();
  for (const { goals, ...cell } of cells) {
    const title = `Sourcing: ${cell.instances} ${cell.name}; ${cell.lines} lines over ${cell.locations} locations`;
    printFigures(title, figuresOf(benchCell(cell, oracle, options), goals));
  }
  printFigures(
    'Sourcing: 400 consumer orders of 1, 3 and 8 lines over 500 locations, beside common rules',
    benchSavings(400),
  );
};
