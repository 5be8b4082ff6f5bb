import { createRequire } from 'node:module';
import type { Highs } from 'highs';
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
  readonly optimal: boolean;
  /** Cost of the oracle's plan, recomputed: the solver's own objective carries its tolerances. */
  readonly objective: number;
  /** Time of the solver's run alone, without building and reading the model. */
  readonly milliseconds: number;
};

export type Oracle = (problem: Problem, secondsLimit?: number) => OracleAnswer;

// The package's types describe its CommonJS build, so that is what is loaded.
const loadHighs: () => Promise<Highs> = createRequire(import.meta.url)('highs');

const HIGHS_OPTIMAL = 7;

const shipmentOf = (problem: Problem, name: string, value: number): Shipment | undefined => {
  const match = /^x(\d+)_(\d+)$/.exec(name);
  const pieces = Math.round(value);
  if (match === null || pieces === 0) return undefined;
  const line = Number(match[2]);
  return { location: Number(match[1]), line, units: problem.wholeLines ? (problem.demand[line] ?? 0) : pieces };
};

export const loadOracle = async (): Promise<Oracle> => {
  const highs = await loadHighs();
  return (problem, secondsLimit = 20) =>
    highs.withModel({ format: 'lp', data: linearProgramOf(problem) }, (model): OracleAnswer => {
      model.options.set({
        output_flag: false,
        mip_rel_gap: 0,
        mip_abs_gap: 0.5,
        mip_feasibility_tolerance: 1e-9,
        time_limit: secondsLimit,
      });
      const started = performance.now();
      model.run();
      const milliseconds = performance.now() - started;
      const plan: Shipment[] = [];
      model.getSolution().colValue.forEach((value, column) => {
        const shipment = shipmentOf(problem, model.getColName(column), value);
        if (shipment !== undefined) plan.push(shipment);
      });
      return { optimal: model.getModelStatus() === HIGHS_OPTIMAL, objective: costOfPlan(problem, plan), milliseconds };
    });
};
