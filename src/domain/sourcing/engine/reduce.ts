import type { Offer, ParcelPrice, Problem } from '../problem.ts';
import { type Instance, selected } from './instance.ts';
import { moneyStepOf, quantumFor, roundingOf } from './money.ts';
import { priceOf, type Staircase, staircaseOf } from './staircase.ts';

/** All offers of any use in flat arrays: those of location l are at `start[l]` to `start[l + 1]`, by line. */
type Draft = {
  readonly start: Int32Array;
  readonly line: Int32Array;
  readonly pieces: Float64Array;
  readonly cost: Float64Array;
  /** Pieces wanted and to be had somewhere. */
  readonly demand: Float64Array;
  readonly unfilledCost: Float64Array;
  /** No better plan pays more than this for a piece, fixed cost included. */
  readonly worthPaying: Float64Array;
  /** Units in a piece: 1, or the whole line. */
  readonly size: Float64Array;
  /** Some location's capacity is below what it could ship. */
  readonly capacityBinds: boolean;
};

const isSorted = (offers: readonly Offer[]): boolean => {
  for (let k = 1; k < offers.length; k++) if ((offers[k - 1]?.line ?? 0) >= (offers[k]?.line ?? 0)) return false;
  return true;
};

const draftOf = (problem: Problem): Draft => {
  const { locations, wholeLines } = problem;
  let offered = 0;
  for (const { offers } of locations) offered += offers.length;
  const start = new Int32Array(locations.length + 1);
  const line = new Int32Array(offered);
  const pieces = new Float64Array(offered);
  const cost = new Float64Array(offered);
  const fillable = new Float64Array(problem.demand.length);
  const size = Float64Array.from(problem.demand, (units) => (wholeLines ? units : 1));
  const worth = problem.demand.reduce((sum, units, j) => sum + units * (problem.unfilledCost[j] ?? 0), 0);
  let end = 0;
  let capacityBinds = false;
  for (let l = 0; l < locations.length; l++) {
    start[l + 1] = end;
    const { capacity = 0, offers = [], fixedCost = 0 } = locations[l] ?? {};
    // Shipping nothing costs no more than opening this one: its costs might be too large for exact sums, too.
    if (fixedCost >= worth) continue;
    let load = 0;
    for (const offer of isSorted(offers) ? offers : offers.toSorted((a, b) => a.line - b.line)) {
      const demand = problem.demand[offer.line] ?? 0;
      const most = Math.min(offer.units, demand, capacity === 0 ? demand : capacity);
      if (most === 0 || offer.unitCost >= (problem.unfilledCost[offer.line] ?? 0) || (wholeLines && most < demand))
        continue;
      line[end] = offer.line;
      pieces[end] = wholeLines ? 1 : most;
      cost[end] = offer.unitCost * (size[offer.line] ?? 1);
      fillable[offer.line] = (fillable[offer.line] ?? 0) + (pieces[end] ?? 0);
      load += most;
      end++;
    }
    if (capacity > 0 && load > capacity) capacityBinds = true;
    start[l + 1] = end;
  }
  const wanted = (units: number): number => (wholeLines ? Math.min(units, 1) : units);
  const unfilledCost = size.map((units, j) => units * (problem.unfilledCost[j] ?? 0));
  return {
    start,
    line,
    pieces,
    cost,
    demand: fillable.map((units, j) => Math.min(units, wanted(problem.demand[j] ?? 0))),
    unfilledCost,
    worthPaying: unfilledCost.slice(),
    size,
    capacityBinds,
  };
};

/** The offers of each line. */
const offersByLine = ({ line, demand }: Draft, end: number): number[][] => {
  const offers = Array.from(demand, (): number[] => []);
  for (let k = 0; k < end; k++) offers[line[k] ?? 0]?.push(k);
  return offers;
};

/** With several partial stocks only: the dearest of the cheapest offers, each paid alone, that together fill the line. */
const dearestNeeded = (draft: Draft, alone: Float64Array, j: number, offers: readonly number[]): number => {
  let left = draft.demand[j] ?? 0;
  for (const k of offers.toSorted((a, b) => (alone[a] ?? 0) - (alone[b] ?? 0))) {
    left -= draft.pieces[k] ?? 0;
    if (left <= 0) return alone[k] ?? 0;
  }
  return Number.POSITIVE_INFINITY;
};

/**
 * Where nothing limits a location but its stock, the last of d pieces never costs more than the dearest of the d cheapest offers,
 * each paid alone: that much is worth paying. A piece is left unfilled only if its unfilled cost is no more than that; any larger
 * unfilled cost only says "never", which a cost above that of a whole plan says as well, without spoiling bounds.
 */
const clipUnfilledCost = (problem: Problem, draft: Draft, weight: Float64Array, staircases: Staircases): void => {
  const { start, line, pieces, cost, demand, unfilledCost, worthPaying } = draft;
  const end = start[problem.locations.length] ?? 0;
  const alone = new Float64Array(end);
  const full = new Float64Array(demand.length).fill(Number.POSITIVE_INFINITY);
  for (let l = 0; l < problem.locations.length; l++) {
    const to = start[l + 1] ?? 0;
    const fixed = problem.locations[l]?.fixedCost ?? 0;
    const staircase = staircases[l];
    for (let k = start[l] ?? 0; k < to; k++) {
      const j = line[k] ?? 0;
      const total = fixed + (cost[k] ?? 0) + (staircase === undefined ? 0 : priceOf(staircase, weight[j] ?? 0));
      alone[k] = total;
      if ((pieces[k] ?? 0) >= (demand[j] ?? 0) && total < (full[j] ?? 0)) full[j] = total;
    }
  }
  let most = 1;
  const offers = full.includes(Number.POSITIVE_INFINITY) ? offersByLine(draft, end) : [];
  for (let j = 0; j < demand.length; j++) {
    const isInParts = full[j] === Number.POSITIVE_INFINITY;
    const dearest = isInParts ? dearestNeeded(draft, alone, j, offers[j] ?? []) : (full[j] ?? 0);
    worthPaying[j] = Math.min(unfilledCost[j] ?? 0, dearest + 1);
    most += (demand[j] ?? 0) * (worthPaying[j] ?? 0);
  }
  for (let j = 0; j < demand.length; j++) {
    if ((worthPaying[j] ?? 0) < (unfilledCost[j] ?? 0)) unfilledCost[j] = Math.min(most, unfilledCost[j] ?? 0);
  }
};

type Staircases = readonly (Staircase | undefined)[];

/** The most that any location with the tariff could ship, in grams: no shipment has to be priced beyond that. */
const heaviestByTariff = (
  problem: Problem,
  draft: Draft,
  weight: Float64Array,
): Map<readonly ParcelPrice[], number> => {
  const { start, line, pieces } = draft;
  const heaviest = new Map<readonly ParcelPrice[], number>();
  for (let l = 0; l < problem.locations.length; l++) {
    const tariff = problem.locations[l]?.tariff;
    if (tariff === undefined || tariff.length === 0) continue;
    let grams = 0;
    for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) grams += (pieces[k] ?? 0) * (weight[line[k] ?? 0] ?? 0);
    heaviest.set(tariff, Math.max(grams, heaviest.get(tariff) ?? 0));
  }
  return heaviest;
};

const staircasesOf = (problem: Problem, draft: Draft, weight: Float64Array): Staircases => {
  const heaviest = heaviestByTariff(problem, draft, weight);
  if (heaviest.size === 0) return [];
  const known = new Map<readonly ParcelPrice[], Staircase>();
  return problem.locations.map(({ tariff }) => {
    const grams = tariff && heaviest.get(tariff);
    if (tariff === undefined || grams === undefined) return undefined;
    const staircase = known.get(tariff) ?? staircaseOf(tariff, grams);
    known.set(tariff, staircase);
    return staircase;
  });
};

/** Drops what cannot matter and states the rest in flat arrays. Every plan of the result costs what it costs in the problem. */
export const reduce = (problem: Problem): Instance => {
  const draft = draftOf(problem);
  const { demand, unfilledCost, size } = draft;
  const weight = size.map((units, j) => units * (problem.weight?.[j] ?? 0));
  const staircases = staircasesOf(problem, draft, weight);
  const countLimited = problem.maxLocations > 0 && problem.maxLocations < problem.locations.length;
  if (!countLimited && !draft.capacityBinds) {
    clipUnfilledCost(problem, draft, weight, staircases);
  }

  const lineOrigin: number[] = [];
  const lineOf = new Int32Array(demand.length);
  let constant = 0;
  let worth = 0;
  for (let j = 0; j < demand.length; j++) {
    const missing = (problem.demand[j] ?? 0) - (demand[j] ?? 0) * (size[j] ?? 0);
    constant += missing * (problem.unfilledCost[j] ?? 0);
    worth += (demand[j] ?? 0) * (unfilledCost[j] ?? 0);
    if ((demand[j] ?? 0) > 0) lineOf[j] = lineOrigin.push(j) - 1;
  }
  const compact = compactOffers(problem, draft, lineOf);
  const pick = (values: Float64Array): Float64Array => selected(values, lineOrigin);
  const locationCount = compact.locationOrigin.length;
  const instance: Omit<Instance, 'tied' | 'anyTied' | 'hardLeaves' | 'moneyStep'> = {
    lines: lineOrigin.length,
    locations: locationCount,
    demand: pick(demand),
    unfilledCost: pick(unfilledCost),
    worthPaying: pick(draft.worthPaying),
    size: pick(size),
    weight: pick(weight),
    ...compact,
    ...costsAndCapacities(problem, compact.locationOrigin),
    staircase: staircases.length === 0 ? [] : Array.from(compact.locationOrigin, (l) => staircases[l]),
    lineOrigin: Int32Array.from(lineOrigin),
    maxLocations: problem.maxLocations === 0 ? locationCount : Math.min(problem.maxLocations, locationCount),
    constant,
    quantum: quantumFor(worth),
    rounding: roundingOf(worth, lineOrigin.length + locationCount),
  };
  const tied = tiedLocations(instance);
  const anyTied = tied.includes(1);
  const hardLeaves = instance.staircase.some((steps) => steps !== undefined) || (anyTied && problem.wholeLines);
  // The search may have to decide about single offers of any location then.
  if (hardLeaves) tied.fill(1);
  return { ...instance, moneyStep: moneyStepOf(instance), tied, anyTied, hardLeaves };
};

const costsAndCapacities = (problem: Problem, kept: Int32Array): Pick<Instance, 'fixedCost' | 'capacity'> => {
  const fixedCost = new Float64Array(kept.length);
  const capacity = new Float64Array(kept.length).fill(Number.POSITIVE_INFINITY);
  for (let index = 0; index < kept.length; index++) {
    const location = problem.locations[kept[index] ?? 0];
    if (location === undefined) continue;
    fixedCost[index] = location.fixedCost;
    if (location.capacity > 0) capacity[index] = location.capacity;
  }
  return { fixedCost, capacity };
};

type Compact = Pick<Instance, 'start' | 'line' | 'units' | 'unitCost' | 'locationOrigin'>;

const compactOffers = (problem: Problem, draft: Draft, lineOf: Int32Array): Compact => {
  const { start, line, pieces, cost, demand, worthPaying } = draft;
  const count = problem.locations.length;
  const offers = start[count] ?? 0;
  const into = {
    start: new Int32Array(count + 1),
    line: new Int32Array(offers),
    units: new Float64Array(offers),
    unitCost: new Float64Array(offers),
    locationOrigin: new Int32Array(count),
  };
  let kept = 0;
  let end = 0;
  for (let l = 0; l < count; l++) {
    const to = start[l + 1] ?? 0;
    for (let k = start[l] ?? 0; k < to; k++) {
      const j = line[k] ?? 0;
      if ((cost[k] ?? 0) >= (worthPaying[j] ?? 0)) continue;
      into.line[end] = lineOf[j] ?? 0;
      into.units[end] = Math.min(pieces[k] ?? 0, demand[j] ?? 0);
      into.unitCost[end] = cost[k] ?? 0;
      end++;
    }
    if (end === into.start[kept]) continue;
    into.locationOrigin[kept++] = l;
    into.start[kept] = end;
  }
  return { ...into, start: into.start.subarray(0, kept + 1), locationOrigin: into.locationOrigin.subarray(0, kept) };
};

/** Marks the locations whose lines share a tariff or a capacity below their stock; a capacity that cannot bind is lifted. */
const tiedLocations = (instance: Omit<Instance, 'tied' | 'anyTied' | 'hardLeaves' | 'moneyStep'>): Uint8Array => {
  const { capacity, staircase, start, line, units, size } = instance;
  const tied = new Uint8Array(instance.locations);
  for (let l = 0; l < instance.locations; l++) {
    const limit = capacity[l] ?? 0;
    if (staircase[l] !== undefined) tied[l] = 1;
    if (limit === Number.POSITIVE_INFINITY) continue;
    let load = 0;
    for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) load += (units[k] ?? 0) * (size[line[k] ?? 0] ?? 0);
    if (load > limit) tied[l] = 1;
    else capacity[l] = Number.POSITIVE_INFINITY;
  }
  return tied;
};
