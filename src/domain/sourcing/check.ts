import type { Answer, Location, Problem, Shipment } from './problem.ts';

// Independent of the engine on purpose: nothing here is imported from it, and every rule is stated again in the plainest way.

/** Cheapest multiset of parcels that together carry the weight: a table over what may be left once some of them are packed. */
const parcelCost = (location: Location, weight: number): number => {
  const parcels = location.tariff ?? [];
  if (parcels.length === 0 || weight === 0) return 0;
  const toPack = new Set([weight]);
  for (const grams of toPack) for (const { upTo } of parcels) if (grams > upTo) toPack.add(grams - upTo);
  const cheapest = new Map<number, number>();
  for (const grams of [...toPack].sort((a, b) => a - b)) {
    const costs = parcels.map(({ upTo, price }) => price + (grams > upTo ? (cheapest.get(grams - upTo) ?? 0) : 0));
    cheapest.set(grams, Math.min(...costs));
  }
  return cheapest.get(weight) ?? 0;
};

export const costOfPlan = (problem: Problem, plan: readonly Shipment[]): number => {
  const left = [...problem.demand];
  const grams = new Map<number, number>();
  let cost = 0;
  for (const { location, line, units } of plan) {
    const offer = problem.locations[location]?.offers.find((candidate) => candidate.line === line);
    cost += units * (offer?.unitCost ?? 0);
    left[line] = (left[line] ?? 0) - units;
    grams.set(location, (grams.get(location) ?? 0) + units * (problem.weight?.[line] ?? 0));
  }
  for (const [index, weight] of grams) {
    const location = problem.locations[index];
    if (location !== undefined) cost += location.fixedCost + parcelCost(location, weight);
  }
  left.forEach((units, line) => {
    cost += units * (problem.unfilledCost[line] ?? 0);
  });
  return cost;
};

const shipmentFaults = (problem: Problem, plan: readonly Shipment[]): string[] => {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const { location, line, units } of plan) {
    const name = `location ${location}, line ${line}`;
    const stock = problem.locations[location]?.offers.find((offer) => offer.line === line)?.units ?? 0;
    if (!Number.isSafeInteger(units) || units < 1) faults.push(`${name}: ${units} is not a number of units`);
    if (units > stock) faults.push(`${name}: ships ${units} of ${stock}`);
    if (seen.has(name)) faults.push(`${name}: listed twice`);
    seen.add(name);
    if (problem.wholeLines && units !== problem.demand[line]) faults.push(`${name}: ships a part of a whole line`);
  }
  return faults;
};

const limitFaults = (problem: Problem, plan: readonly Shipment[]): string[] => {
  const faults: string[] = [];
  const shipped = new Map<number, number>();
  for (const { location, units } of plan) shipped.set(location, (shipped.get(location) ?? 0) + units);
  for (const [location, units] of shipped) {
    const capacity = problem.locations[location]?.capacity ?? 0;
    if (capacity > 0 && units > capacity) faults.push(`location ${location}: ships ${units}, capacity ${capacity}`);
  }
  if (problem.maxLocations > 0 && shipped.size > problem.maxLocations) {
    faults.push(`ships from ${shipped.size} locations, allowed ${problem.maxLocations}`);
  }
  return faults;
};

const demandFaults = (problem: Problem, answer: Pick<Answer, 'plan' | 'unfilled'>): string[] => {
  const faults: string[] = [];
  const shipped = problem.demand.map(() => 0);
  for (const { line, units } of answer.plan) shipped[line] = (shipped[line] ?? 0) + units;
  problem.demand.forEach((units, line) => {
    const missing = units - (shipped[line] ?? 0);
    if (missing < 0) faults.push(`line ${line}: ships ${-missing} more than asked`);
    if (answer.unfilled[line] !== missing)
      faults.push(`line ${line}: unfilled is ${missing}, not ${answer.unfilled[line]}`);
  });
  return faults;
};

/** Which limits of the problem the plan breaks; empty if it can be carried out. */
export const feasibilityFaults = (problem: Problem, answer: Pick<Answer, 'plan' | 'unfilled'>): string[] => [
  ...shipmentFaults(problem, answer.plan),
  ...limitFaults(problem, answer.plan),
  ...demandFaults(problem, answer),
];

/** What is wrong with the answer; empty if it is feasible, costs what it says, and its bound does not contradict it. */
export const checkAnswer = (problem: Problem, answer: Answer): readonly string[] => {
  const faults = feasibilityFaults(problem, answer);
  const cost = costOfPlan(problem, answer.plan);
  if (cost !== answer.objective) faults.push(`the plan costs ${cost}, not ${answer.objective}`);
  if (!(answer.bound <= answer.objective))
    faults.push(`bound ${answer.bound} is above the objective ${answer.objective}`);
  if (answer.proven !== (answer.bound === answer.objective))
    faults.push('proven must mean that bound and objective are equal');
  return faults;
};
