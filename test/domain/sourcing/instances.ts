import type { Location, Offer, ParcelPrice, Problem } from '../../../src/domain/sourcing/problem.ts';

export const families = ['consumer', 'stores', 'business', 'adversarial', 'cover', 'constrained', 'tariffs'] as const;
export type Family = (typeof families)[number];

export const profiles = ['cost', 'split', 'dist', 'lex'] as const;
export type Profile = (typeof profiles)[number];

export type Shape = {
  readonly family: Family;
  readonly profile: Profile;
  readonly locations: number;
  readonly lines: number;
  readonly seed: number;
};

export type Random = { readonly next: () => number; readonly whole: (from: number, to: number) => number };

/** Mulberry32: small, seeded, the same on every machine. */
export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return { next, whole: (from, to) => from + Math.floor(next() * (to - from + 1)) };
};

type Site = { readonly kind: 'warehouse' | 'store'; readonly kilometres: number; readonly priority: number };

const siteOf = (random: Random, family: Family): Site => {
  const warehouse = family !== 'stores' && random.next() < 0.04;
  const across = random.next() * 900 - 450;
  const along = random.next() * 900 - 450;
  return {
    kind: warehouse ? 'warehouse' : 'store',
    kilometres: Math.floor(Math.sqrt(across * across + along * along)),
    priority: warehouse ? 1 : random.whole(1, 4),
  };
};

const bandOf = (kilometres: number): number =>
  kilometres < 50 ? 0 : kilometres < 150 ? 60 : kilometres < 350 ? 140 : 260;

const fixedCostOf = (site: Site, profile: Profile): number => {
  const handling = site.kind === 'warehouse' ? 180 : 420;
  const cost = handling + 390 + bandOf(site.kilometres) + 40 * (site.priority - 1) + (site.kilometres > 400 ? 150 : 0);
  if (profile === 'split') return cost + 1500;
  if (profile === 'dist') return 20 + site.kilometres * 4;
  if (profile === 'lex') return 100_000 + cost;
  return cost;
};

const unitCostOf = (random: Random, site: Site, profile: Profile, grams: number): number => {
  const pick = site.kind === 'warehouse' ? 35 : 90;
  const risk = site.kind === 'store' ? random.whole(0, 120) : random.whole(0, 20);
  const carriage = Math.floor((grams * (20 + bandOf(site.kilometres) / 4)) / 1000);
  return profile === 'dist' ? Math.floor((site.kilometres * grams) / 2000) : pick + risk + carriage;
};

const demandOf = (random: Random, family: Family): number => {
  if (family === 'business') return random.whole(4, 50);
  if (family === 'cover' || family === 'adversarial') return 1;
  const draw = random.next();
  return draw < 0.75 ? 1 : draw < 0.9 ? 2 : random.whole(3, family === 'constrained' ? 12 : 9);
};

const stockOf = (random: Random, site: Site, family: Family, demand: number): number => {
  if (family === 'business')
    return site.kind === 'warehouse' ? random.whole(1, demand) : random.whole(1, Math.ceil(demand / 3));
  if (site.kind === 'warehouse') return random.whole(5, 60);
  return random.whole(1, 4);
};

const offersOf = (
  random: Random,
  site: Site,
  shape: Shape,
  demand: readonly number[],
  weight: readonly number[],
): Offer[] => {
  const width = site.kind === 'warehouse' ? 0.75 : shape.family === 'business' ? 0.4 : 0.12 + 0.25 * random.next();
  const offers: Offer[] = [];
  demand.forEach((wanted, line) => {
    if (random.next() >= width) return;
    const unitCost = unitCostOf(random, site, shape.profile, weight[line] ?? 0);
    offers.push({ line, units: stockOf(random, site, shape.family, wanted), unitCost });
  });
  return offers;
};

const tariffOf = (random: Random): ParcelPrice[] => {
  const level = random.whole(80, 160);
  const steps = [1000, 2000, 5000, 10_000, 20_000, 31_500];
  const first = random.whole(0, 1);
  // Rate cards are not linear: now and then a step up costs more than two smaller parcels.
  return steps.slice(first, first + random.whole(2, 5)).map((upTo) => ({
    upTo,
    price: Math.floor((level * (350 + Math.floor(upTo / 45) + random.whole(0, 200))) / 100),
  }));
};

/** Koerkel and Ghosh: every location serves every line, unit and fixed costs in one narrow band each. */
const adversarial = (random: Random, locations: number, lines: number): Location[] =>
  Array.from({ length: locations }, () => ({
    fixedCost: random.whole(100, 200) * 10,
    capacity: 0,
    offers: Array.from({ length: lines }, (_, line) => ({ line, units: 1, unitCost: random.whole(1000, 2000) })),
  }));

/** Random set cover: only the number of locations counts. */
const cover = (random: Random, locations: number, lines: number): Location[] =>
  Array.from({ length: locations }, () => ({
    fixedCost: 1,
    capacity: 0,
    offers: Array.from({ length: lines }, (_, line) => ({ line, units: 1, unitCost: 0 })).filter(
      () => random.next() < 0.15,
    ),
  }));

/** A problem with what rule-based engines look at: how far each location is, and its priority (1 is first). */
export type Situation = {
  readonly problem: Problem;
  readonly kilometres: readonly number[];
  readonly priority: readonly number[];
};

export const instance = (shape: Shape): Problem => situation(shape).problem;

export const situation = (shape: Shape): Situation => {
  const random = randomFrom(shape.seed * 7919 + shape.locations * 31 + shape.lines);
  const lines = Array.from({ length: shape.lines }, (_, line) => line);
  const demand = lines.map(() => demandOf(random, shape.family));
  const weight = lines.map(() => random.whole(8, 600) * 10);
  const unfilledCost = lines.map(() =>
    shape.family === 'cover' ? shape.locations + 1 : shape.profile === 'lex' ? 20_000_000 : random.whole(15, 70) * 100,
  );
  const limits = { maxLocations: 0, wholeLines: false };
  if (shape.family === 'adversarial' || shape.family === 'cover') {
    const make = shape.family === 'cover' ? cover : adversarial;
    const locations = make(random, shape.locations, shape.lines);
    return { problem: { demand, unfilledCost, ...limits, locations }, kilometres: [], priority: [] };
  }
  const constrained = shape.family === 'constrained';
  const sites: Site[] = [];
  const locations = Array.from({ length: shape.locations }, (): Location => {
    const site = siteOf(random, shape.family);
    sites.push(site);
    const capacity = constrained && random.next() < 0.5 ? random.whole(1, 12) : 0;
    const offers = offersOf(random, site, shape, demand, weight);
    const fixedCost = fixedCostOf(site, shape.profile);
    return shape.family === 'tariffs'
      ? { fixedCost: Math.floor(fixedCost / 2), capacity, tariff: tariffOf(random), offers }
      : { fixedCost, capacity, offers };
  });
  const problem: Problem = {
    demand,
    unfilledCost,
    weight,
    locations,
    maxLocations: constrained ? random.whole(0, 3) : 0,
    wholeLines: constrained && random.next() < 0.4,
  };
  return { problem, kilometres: sites.map((site) => site.kilometres), priority: sites.map((site) => site.priority) };
};
