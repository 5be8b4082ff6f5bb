import type { Location, Offer, Problem } from '../problem.ts';
import type { Instance } from './instance.ts';
import { priceOf, type Staircase, staircaseOf } from './staircase.ts';

type Draft = {
  readonly demand: number[];
  readonly unfilledCost: number[];
  readonly fillable: number[];
};

/** Pieces of the line that the location could ship; 0 if the offer is of no use. */
const piecesOf = (problem: Problem, location: Location, line: number, stock: number, unitCost: number): number => {
  const demand = problem.demand[line] ?? 0;
  const most = location.capacity === 0 ? stock : Math.min(stock, location.capacity);
  if (demand === 0 || unitCost >= (problem.unfilledCost[line] ?? 0)) return 0;
  if (problem.wholeLines) return most >= demand ? 1 : 0;
  return Math.min(most, demand);
};

/** What is asked for and cannot be had anywhere is unfilled in every plan: only the rest is searched. */
const draftOf = (problem: Problem): Draft => {
  const fillable = problem.demand.map(() => 0);
  for (const location of problem.locations) {
    for (const { line, units, unitCost } of location.offers) {
      const pieces = piecesOf(problem, location, line, units, unitCost);
      if (pieces > 0) fillable[line] = (fillable[line] ?? 0) + pieces;
    }
  }
  const demand = problem.demand.map((units, line) =>
    Math.min(problem.wholeLines ? Math.min(units, 1) : units, fillable[line] ?? 0),
  );
  const unfilledCost = problem.unfilledCost.map((cost, line) =>
    problem.wholeLines ? cost * (problem.demand[line] ?? 0) : cost,
  );
  return { demand, unfilledCost, fillable };
};

const byLine = (offers: readonly Offer[]): readonly Offer[] =>
  offers.every((offer, index) => index === 0 || (offers[index - 1]?.line ?? 0) < offer.line)
    ? offers
    : offers.toSorted((a, b) => a.line - b.line);

type Arc = { readonly pieces: number; readonly alone: number };

/**
 * Where nothing limits a location but its stock, a unit is left unfilled only if it would cost more than its unfilled cost,
 * and the last of d units never costs more than the dearest of the d cheapest offers, each paid alone. One minor unit above that
 * is therefore as good an unfilled cost as any larger one, and does not spoil the bound.
 */
const dearestUseful = (arcs: Arc[], demand: number): number => {
  let full = Number.POSITIVE_INFINITY;
  for (const { pieces, alone } of arcs) if (pieces >= demand && alone < full) full = alone;
  if (full < Number.POSITIVE_INFINITY) return full;
  arcs.sort((a, b) => a.alone - b.alone);
  let left = demand;
  for (const { pieces, alone } of arcs) {
    left -= pieces;
    if (left <= 0) return alone;
  }
  return Number.POSITIVE_INFINITY;
};

const greatestCommonDivisor = (a: number, b: number): number => {
  let [high, low] = [a, b];
  while (low > 0) [high, low] = [low, high % low];
  return high;
};

const heaviestShipment = (problem: Problem): number =>
  problem.demand.reduce((sum, units, line) => sum + units * (problem.weight?.[line] ?? 0), 0);

const staircasesOf = (problem: Problem): (Staircase | undefined)[] => {
  const heaviest = heaviestShipment(problem);
  const known = new Map<string, Staircase>();
  return problem.locations.map(({ tariff }) => {
    if (tariff === undefined || tariff.length === 0) return undefined;
    let key = '';
    for (const { upTo, price } of tariff) key += `${upTo}:${price},`;
    const staircase = known.get(key) ?? staircaseOf(tariff, heaviest);
    known.set(key, staircase);
    return staircase;
  });
};

/** Powers of two down to 1/1024, but coarse enough for sums of the problem's whole worth to stay exact. */
const quantumFor = (worth: number): number => {
  let quantum = 1 / 1024;
  while (quantum < 1 && worth / quantum > 2 ** 51) quantum *= 2;
  return quantum;
};

/** Drops what cannot matter and states the rest in flat arrays. Every plan of the result costs what it costs in the problem. */
export const reduce = (problem: Problem): Instance => {
  const { demand, unfilledCost } = draftOf(problem);
  const staircases = staircasesOf(problem);
  const limited =
    (problem.maxLocations > 0 && problem.maxLocations < problem.locations.length) ||
    problem.locations.some((l) => l.capacity > 0);
  const pieceFactor = (line: number): number => (problem.wholeLines ? (problem.demand[line] ?? 0) : 1);
  const weight = problem.demand.map((_, line) => (problem.weight?.[line] ?? 0) * pieceFactor(line));

  if (!limited) {
    const arcs: Arc[][] = demand.map(() => []);
    problem.locations.forEach((location, l) => {
      const staircase = staircases[l];
      for (const { line, units, unitCost } of location.offers) {
        const pieces = piecesOf(problem, location, line, units, unitCost);
        if (pieces === 0) continue;
        const parcel = staircase === undefined ? 0 : priceOf(staircase, weight[line] ?? 0);
        arcs[line]?.push({ pieces, alone: location.fixedCost + unitCost * pieceFactor(line) + parcel });
      }
    });
    arcs.forEach((offers, line) => {
      const useful = dearestUseful(offers, demand[line] ?? 0) + 1;
      if (useful < (unfilledCost[line] ?? 0)) unfilledCost[line] = useful;
    });
  }

  const lineOrigin: number[] = [];
  const lineOf = demand.map((pieces, line) => (pieces > 0 ? lineOrigin.push(line) - 1 : -1));
  let constant = 0;
  problem.demand.forEach((units, line) => {
    const missing = units - (demand[line] ?? 0) * pieceFactor(line);
    constant += missing * (problem.unfilledCost[line] ?? 0);
  });

  const start: number[] = [0];
  const line: number[] = [];
  const units: number[] = [];
  const unitCost: number[] = [];
  const locationOrigin: number[] = [];
  let moneyStep = 0;
  problem.locations.forEach((location, l) => {
    const from = line.length;
    for (const offer of byLine(location.offers)) {
      const pieces = Math.min(
        demand[offer.line] ?? 0,
        piecesOf(problem, location, offer.line, offer.units, offer.unitCost),
      );
      const cost = offer.unitCost * pieceFactor(offer.line);
      if (pieces === 0 || cost >= (unfilledCost[offer.line] ?? 0)) continue;
      line.push(lineOf[offer.line] ?? 0);
      units.push(pieces);
      unitCost.push(cost);
      if (moneyStep !== 1) moneyStep = greatestCommonDivisor(moneyStep, cost);
    }
    if (line.length === from) return;
    start.push(line.length);
    locationOrigin.push(l);
    if (moneyStep === 1) return;
    moneyStep = greatestCommonDivisor(moneyStep, location.fixedCost);
    for (const parcel of location.tariff ?? []) moneyStep = greatestCommonDivisor(moneyStep, parcel.price);
  });
  let worth = 0;
  lineOrigin.forEach((origin) => {
    moneyStep = greatestCommonDivisor(moneyStep, unfilledCost[origin] ?? 0);
    worth += (demand[origin] ?? 0) * (unfilledCost[origin] ?? 0);
  });

  const capacity = Float64Array.from(locationOrigin, (l) => problem.locations[l]?.capacity || Number.POSITIVE_INFINITY);
  const staircase = locationOrigin.map((l) => staircases[l]);
  const size = Float64Array.from(lineOrigin, pieceFactor);
  const tied = Uint8Array.from(locationOrigin, (_, index) => {
    let load = 0;
    for (let k = start[index] ?? 0; k < (start[index + 1] ?? 0); k++)
      load += (units[k] ?? 0) * (size[line[k] ?? 0] ?? 0);
    if (load <= (capacity[index] ?? 0)) capacity[index] = Number.POSITIVE_INFINITY;
    return staircase[index] !== undefined || load > (capacity[index] ?? 0) ? 1 : 0;
  });
  const anyTied = tied.includes(1);
  return {
    lines: lineOrigin.length,
    locations: locationOrigin.length,
    demand: Float64Array.from(lineOrigin, (origin) => demand[origin] ?? 0),
    unfilledCost: Float64Array.from(lineOrigin, (origin) => unfilledCost[origin] ?? 0),
    size,
    weight: Float64Array.from(lineOrigin, (origin) => weight[origin] ?? 0),
    fixedCost: Float64Array.from(locationOrigin, (l) => problem.locations[l]?.fixedCost ?? 0),
    capacity,
    staircase,
    start: Int32Array.from(start),
    line: Int32Array.from(line),
    units: Float64Array.from(units),
    unitCost: Float64Array.from(unitCost),
    lineOrigin: Int32Array.from(lineOrigin),
    locationOrigin: Int32Array.from(locationOrigin),
    maxLocations:
      problem.maxLocations === 0 ? locationOrigin.length : Math.min(problem.maxLocations, locationOrigin.length),
    constant,
    moneyStep: Math.max(1, moneyStep),
    quantum: quantumFor(worth),
    tied,
    anyTied,
    hardLeaves: staircase.some((s) => s !== undefined) || (anyTied && problem.wholeLines),
  };
};
