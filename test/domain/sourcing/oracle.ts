import { createRequire } from 'node:module';
import type { LegacyHighs } from 'highs';
import { costOfPlan } from '../../../src/domain/sourcing/check.ts';
import type { Problem, Shipment } from '../../../src/domain/sourcing/problem.ts';

/** The problem as a mixed-integer program in LP format, written from the definition alone. */
export const linearProgramOf = (problem: Problem): string => {
  const objective: string[] = [];
  const rows: string[] = [];
  const bounds: string[] = [];
  const general: string[] = [];
  const binary: string[] = [];
  const byLine: string[][] = problem.demand.map(() => []);

  problem.locations.forEach((location, l) => {
    if (location.offers.length === 0) return;
    objective.push(`${location.fixedCost} y${l}`);
    binary.push(`y${l}`);
    const weights: string[] = [];
    const shipped: string[] = [];
    for (const { line, units, unitCost } of location.offers) {
      const demand = problem.demand[line] ?? 0;
      const most = Math.min(units, demand);
      if (most === 0 || (problem.wholeLines && most < demand)) continue;
      const x = `x${l}_${line}`;
      const factor = problem.wholeLines ? demand : 1;
      const top = problem.wholeLines ? 1 : most;
      objective.push(`${unitCost * factor} ${x}`);
      rows.push(`${x} - ${top} y${l} <= 0`);
      bounds.push(`0 <= ${x} <= ${top}`);
      (problem.wholeLines ? binary : general).push(x);
      byLine[line]?.push(`${factor} ${x}`);
      shipped.push(`${factor} ${x}`);
      weights.push(`${factor * (problem.weight?.[line] ?? 0)} ${x}`);
    }
    if (shipped.length === 0) return;
    if (location.capacity > 0) rows.push(`${shipped.join(' + ')} - ${location.capacity} y${l} <= 0`);
    const tariff = location.tariff ?? [];
    if (tariff.length === 0) return;
    const parcels = tariff.map((step, index) => {
      objective.push(`${step.price} n${l}_${index}`);
      general.push(`n${l}_${index}`);
      return `- ${step.upTo} n${l}_${index}`;
    });
    rows.push(`${weights.join(' + ')} ${parcels.join(' ')} <= 0`);
  });
  problem.demand.forEach((demand, line) => {
    objective.push(`${problem.unfilledCost[line] ?? 0} s${line}`);
    rows.push(`${[...(byLine[line] ?? []), `s${line}`].join(' + ')} = ${demand}`);
    bounds.push(`0 <= s${line} <= ${demand}`);
  });
  const opened = binary.filter((name) => name.startsWith('y'));
  if (problem.maxLocations > 0 && opened.length > 0) rows.push(`${opened.join(' + ')} <= ${problem.maxLocations}`);

  const text = [
    'Minimize',
    ` obj: ${objective.join('\n + ')}`,
    'Subject To',
    ...rows.map((row, index) => ` r${index}: ${row.replaceAll(' + ', '\n + ')}`),
    'Bounds',
    ...bounds.map((bound) => ` ${bound}`),
    'General',
    ...general.map((name) => ` ${name}`),
    'Binary',
    ...binary.map((name) => ` ${name}`),
    'End',
  ];
  return text.join('\n');
};

export type OracleAnswer = {
  readonly status: string;
  /** Cost of the oracle's plan, recomputed: the solver's own objective carries its tolerances. */
  readonly objective: number;
  readonly milliseconds: number;
};

export type Oracle = (problem: Problem, secondsLimit?: number) => OracleAnswer;

// The package's types describe its CommonJS build, so that is what is loaded.
const loadHighs: () => Promise<LegacyHighs> = createRequire(import.meta.url)('highs');

export const loadOracle = async (): Promise<Oracle> => {
  const highs = await loadHighs();
  return (problem, secondsLimit = 20) => {
    const program = linearProgramOf(problem);
    const started = performance.now();
    const solution = highs.solve(program, {
      mip_rel_gap: 0,
      mip_abs_gap: 0.5,
      time_limit: secondsLimit,
      mip_feasibility_tolerance: 1e-9,
    });
    const milliseconds = performance.now() - started;
    const plan: Shipment[] = [];
    for (const [name, column] of Object.entries(solution.Columns)) {
      const match = /^x(\d+)_(\d+)$/.exec(name);
      const pieces = 'Primal' in column ? Math.round(Number(column.Primal)) : 0;
      if (match === null || pieces === 0) continue;
      const line = Number(match[2]);
      plan.push({ location: Number(match[1]), line, units: problem.wholeLines ? (problem.demand[line] ?? 0) : pieces });
    }
    return { status: solution.Status, objective: costOfPlan(problem, plan), milliseconds };
  };
};
