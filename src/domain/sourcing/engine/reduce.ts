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
  let last = -1;
  for (let k = 0; k < offers.length; k++) {
    const line = offers[k]?.line ?? 0;
    if (line <= last) return false;
    last = line;
  }
  return true;
};

const draftOf = (problem: Problem): Draft => {
  const { locations, wholeLines } = problem;
  let offered = 0;
  for (let l = 0; l < locations.length; l++) offered += locations[l]?.offers.length ?? 0;
  const start = new Int32Array(locations.length + 1);
  const line = new Int32Array(offered);
  const pieces = new Float64Array(offered);
  const cost = new Float64Array(offered);
  const wanted = Float64Array.from(problem.demand);
  const priceless = Float64Array.from(problem.unfilledCost);
  const fillable = new Float64Array(wanted.length);
  let worth = 0;
  for (let j = 0; j < wanted.length; j++) worth += (wanted[j] ?? 0) * (priceless[j] ?? 0);
  let end = 0;
  let capacityBinds = false;
  for (let l = 0; l < locations.length; l++) {
    start[l + 1] = end;
    const location = locations[l];
    // Shipping nothing costs no more than opening this one: its costs might be too large for exact sums, too.
    if (location === undefined || location.fixedCost >= worth) continue;
    const { capacity } = location;
    const offers = isSorted(location.offers) ? location.offers : location.offers.toSorted((a, b) => a.line - b.line);
    let load = 0;
    for (let index = 0; index < offers.length; index++) {
      const offer = offers[index];
      if (offer === undefined) continue;
      const j = offer.line;
      const demand = wanted[j] ?? 0;
      const most = Math.min(offer.units, demand, capacity === 0 ? demand : capacity);
      if (most === 0 || offer.unitCost >= (priceless[j] ?? 0) || (wholeLines && most < demand)) continue;
      line[end] = j;
      pieces[end] = wholeLines ? 1 : most;
      cost[end] = wholeLines ? offer.unitCost * demand : offer.unitCost;
      fillable[j] = (fillable[j] ?? 0) + (wholeLines ? 1 : most);
      load += most;
      end++;
    }
    if (capacity > 0 && load > capacity) capacityBinds = true;
    start[l + 1] = end;
  }
  const size = wholeLines ? wanted : new Float64Array(wanted.length).fill(1);
  const unfilledCost = size.map((units, j) => units * (priceless[j] ?? 0));
  return {
    start,
    line,
    pieces,
    cost,
    demand: fillable.map((found, j) => Math.min(found, wholeLines ? Math.min(wanted[j] ?? 0, 1) : (wanted[j] ?? 0))),
    unfilledCost,
    worthPaying: unfilledCost.slice(),
    size,
    capacityBinds,
  };
};

/** What a location asks for shipping one piece of an offer and nothing else. */
type PaidAlone = (l: number, k: number) => number;

const paidAlone =
  (problem: Problem, { line, cost }: Draft, weight: Float64Array, staircases: Staircases): PaidAlone =>
  (l, k) => {
    const staircase = staircases[l];
    const parcels = staircase === undefined ? 0 : priceOf(staircase, weight[line[k] ?? 0] ?? 0);
    return (problem.locations[l]?.fixedCost ?? 0) + (cost[k] ?? 0) + parcels;
  };

/** By line: the cheapest offer, paid alone, that fills it; Infinity where none does. */
const cheapestInFull = ({ start, line, pieces, demand }: Draft, alone: PaidAlone): Float64Array => {
  const full = new Float64Array(demand.length).fill(Number.POSITIVE_INFINITY);
  for (let l = 0; l + 1 < start.length; l++) {
    const end = start[l + 1] ?? 0;
    for (let k = start[l] ?? 0; k < end; k++) {
      const j = line[k] ?? 0;
      if ((pieces[k] ?? 0) >= (demand[j] ?? 0)) full[j] = Math.min(full[j] ?? 0, alone(l, k));
    }
  }
  return full;
};

/** By line, where several partial stocks are needed: the dearest of the cheapest offers, each paid alone, that together fill it. */
const dearestNeeded = ({ start, line, pieces, demand }: Draft, alone: PaidAlone): Float64Array => {
  const offers = Array.from(demand, (): { readonly price: number; readonly pieces: number }[] => []);
  for (let l = 0; l + 1 < start.length; l++) {
    for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
      offers[line[k] ?? 0]?.push({ price: alone(l, k), pieces: pieces[k] ?? 0 });
    }
  }
  return demand.map((wanted, j) => {
    let left = wanted;
    for (const offer of (offers[j] ?? []).sort((a, b) => a.price - b.price)) {
      left -= offer.pieces;
      if (left <= 0) return offer.price;
    }
    return Number.POSITIVE_INFINITY;
  });
};

/**
 * Where nothing limits a location but its stock, the last of d pieces never costs more than the dearest of the d cheapest offers,
 * each paid alone: that much is worth paying. A piece is left unfilled only if its unfilled cost is no more than that; any larger
 * unfilled cost only says "never", which a cost above that of a whole plan says as well, without spoiling bounds.
 */
const clipUnfilledCost = (draft: Draft, alone: PaidAlone): void => {
  const { demand, unfilledCost, worthPaying } = draft;
  const full = cheapestInFull(draft, alone);
  const inParts = full.includes(Number.POSITIVE_INFINITY) ? dearestNeeded(draft, alone) : full;
  let most = 1;
  for (let j = 0; j < demand.length; j++) {
    const dearest = full[j] === Number.POSITIVE_INFINITY ? (inParts[j] ?? 0) : (full[j] ?? 0);
    worthPaying[j] = Math.min(unfilledCost[j] ?? 0, dearest + 1);
    most += (demand[j] ?? 0) * (worthPaying[j] ?? 0);
  }
  for (let j = 0; j < demand.length; j++) {
    if ((worthPaying[j] ?? 0) < (unfilledCost[j] ?? 0)) unfilledCost[j] = Math.min(most, unfilledCost[j] ?? 0);
  }
};

type Staircases = readonly (Staircase | undefined)[];

/** A tariff with the most that any location could ship by it, in grams: no shipment has to be priced beyond that. */
type Weighed = { readonly tariff: readonly ParcelPrice[]; heaviest: number; staircase: Staircase | undefined };

/** By location; undefined where it has no tariff. Locations mostly share few of them. */
const weighedTariffs = (
  problem: Problem,
  { start, line, pieces }: Draft,
  weight: Float64Array,
): (Weighed | undefined)[] => {
  const known = new Map<readonly ParcelPrice[], Weighed>();
  return problem.locations.map(({ tariff }, l) => {
    if (tariff === undefined || tariff.length === 0) return undefined;
    let weighed = known.get(tariff);
    if (weighed === undefined) {
      weighed = { tariff, heaviest: 0, staircase: undefined };
      known.set(tariff, weighed);
    }
    let grams = 0;
    const end = start[l + 1] ?? 0;
    for (let k = start[l] ?? 0; k < end; k++) grams += (pieces[k] ?? 0) * (weight[line[k] ?? 0] ?? 0);
    weighed.heaviest = Math.max(weighed.heaviest, grams);
    return weighed;
  });
};

const staircasesOf = (problem: Problem, draft: Draft, weight: Float64Array): Staircases => {
  if (problem.locations.every(({ tariff }) => tariff === undefined || tariff.length === 0)) return [];
  return weighedTariffs(problem, draft, weight).map((weighed) => {
    if (weighed === undefined) return undefined;
    weighed.staircase ??= staircaseOf(weighed.tariff, weighed.heaviest);
    return weighed.staircase;
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
    clipUnfilledCost(draft, paidAlone(problem, draft, weight, staircases));
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
  const locationCount = compact.locations;
  const instance: Omit<Instance, 'tied' | 'anyTied' | 'hardLeaves' | 'moneyStep'> = {
    lines: lineOrigin.length,
    demand: pick(demand),
    unfilledCost: pick(unfilledCost),
    worthPaying: pick(draft.worthPaying),
    size: pick(size),
    weight: pick(weight),
    ...compact,
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

type Compact = Pick<
  Instance,
  'start' | 'line' | 'units' | 'unitCost' | 'locationOrigin' | 'fixedCost' | 'capacity' | 'locations'
>;

/** The offers worth their cost and the locations that have any, moved together in the draft's own arrays. */
const compactOffers = (problem: Problem, draft: Draft, lineOf: Int32Array): Compact => {
  const { start, line, pieces, cost, demand, worthPaying } = draft;
  const count = problem.locations.length;
  const locationOrigin = new Int32Array(count);
  const fixedCost = new Float64Array(count);
  const capacity = new Float64Array(count);
  let kept = 0;
  let end = 0;
  let k = 0;
  for (let l = 0; l < count; l++) {
    const from = end;
    for (const to = start[l + 1] ?? 0; k < to; k++) {
      const j = line[k] ?? 0;
      if ((cost[k] ?? 0) >= (worthPaying[j] ?? 0)) continue;
      line[end] = lineOf[j] ?? 0;
      pieces[end] = Math.min(pieces[k] ?? 0, demand[j] ?? 0);
      cost[end] = cost[k] ?? 0;
      end++;
    }
    if (end === from) continue;
    const location = problem.locations[l];
    fixedCost[kept] = location?.fixedCost ?? 0;
    capacity[kept] = (location?.capacity ?? 0) === 0 ? Number.POSITIVE_INFINITY : (location?.capacity ?? 0);
    locationOrigin[kept++] = l;
    start[kept] = end;
  }
  return {
    locations: kept,
    start: start.subarray(0, kept + 1),
    line: line.subarray(0, end),
    units: pieces.subarray(0, end),
    unitCost: cost.subarray(0, end),
    locationOrigin: locationOrigin.subarray(0, kept),
    fixedCost: fixedCost.subarray(0, kept),
    capacity: capacity.subarray(0, kept),
  };
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
