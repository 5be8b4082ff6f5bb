import type { Share } from './branching.ts';
import type { Instance } from './instance.ts';
import { type Located, type Mix, memberSets, mixOf } from './mix.ts';
import { LEAST_PART, roundUp, type WeightCut, weightCut } from './weight-cuts.ts';

/** Rows broken by less are left as they are. */
const BROKEN = 0.02;
const MOST_AT_ONCE = 4;
/** Of the sets broken most, so many are tried with one location taken to stand elsewhere. */
const MOST_MOVED = 50;
/** What a look at one location in one row counts. */
const TRIAL_STEPS = 4;
/** Scales are what lies between two steps, and these parts of it. */
const PARTS = [1, 2, 3];

export type Separation = { readonly cuts: readonly WeightCut[]; readonly steps: number };

/** A location's steps in use: grams of members that each carries, and its share. Nothing is the first. */
type Points = { readonly grams: number[]; readonly share: number[] };

const pointsOf = ({ carried }: Located, stock: number): Points => {
  const points = new Map<number, number>([[0, 1]]);
  for (const [carries, share] of carried) {
    const grams = Math.min(carries, stock);
    points.set(grams, (points.get(grams) ?? 0) + share);
    points.set(0, (points.get(0) ?? 0) - share);
  }
  const used = [...points].filter(([, share]) => share > 1e-6).sort((a, b) => a[0] - b[0]);
  return { grams: used.map(([grams]) => grams), share: used.map(([, share]) => share) };
};

const usualOf = ({ grams, share }: Points): number => grams[share.indexOf(Math.max(...share))] ?? 0;

/** Where locations are taken to stand: at their usual steps, or all at the least or the most. */
const plainBases = (points: readonly Points[]): number[][] => [
  points.map(usualOf),
  points.map(({ grams }) => grams[0] ?? 0),
  points.map(({ grams }) => grams.at(-1) ?? 0),
];

/** At their usual steps, but for one location. */
const movedBases = (points: readonly Points[]): number[][] => {
  const usual = points.map(usualOf);
  return points.flatMap(({ grams }, at) =>
    [...new Set([grams[0] ?? 0, grams.at(-1) ?? 0])]
      .filter((base) => base !== usual[at])
      .map((base) => usual.with(at, base)),
  );
};

const scalesOf = (points: readonly Points[]): Set<number> => {
  const scales = new Set<number>();
  for (const { grams } of points) {
    for (const more of grams)
      for (const less of grams) if (more > less) for (const part of PARTS) scales.add((more - less) / part);
  }
  return scales;
};

/** The lines that count in a row, with what follows from these alone. */
type Members = {
  readonly member: Uint8Array;
  readonly grams: number;
  readonly stock: Float64Array;
  readonly points: readonly Points[];
  readonly scales: ReadonlySet<number>;
};

const membersOf = (
  { lines, locations, demand, start, line, units, weight }: Instance,
  mix: Mix,
  member: Uint8Array,
): Members => {
  let grams = 0;
  for (let j = 0; j < lines; j++) if (member[j] === 1) grams += (demand[j] ?? 0) * (weight[j] ?? 0);
  const stock = new Float64Array(locations);
  for (let l = 0; l < locations; l++) {
    for (let k = start[l] ?? 0; k < (start[l + 1] ?? 0); k++) {
      const j = line[k] ?? 0;
      if (member[j] === 1) stock[l] = (stock[l] ?? 0) + (units[k] ?? 0) * (weight[j] ?? 0);
    }
  }
  const points = [...mix.byLocation].map(([l, located]) => pointsOf(located, stock[l] ?? 0));
  return { member, grams, stock, points, scales: scalesOf(points) };
};

type Found = { readonly cut: WeightCut; readonly by: number; readonly grams: number };

/** Weight cuts that the shares break most. */
export const separate = (instance: Instance, shares: readonly Share[], known: readonly WeightCut[]): Separation => {
  const mix = mixOf(instance, shares);
  const used = [...mix.byLocation.keys()];
  const found: Found[] = [];
  let steps = 0;
  /** Returns by how much the shares break the worst of these rows; below 0 if they keep all. */
  const tryBases = (members: Members, all: readonly (readonly number[])[]): number => {
    let most = Number.NEGATIVE_INFINITY;
    for (const bases of all) {
      for (const scale of members.scales) {
        const by = brokenBy(members, bases, scale, instance, mix);
        most = Math.max(most, by);
        if (by <= BROKEN) continue;
        const base = new Float64Array(instance.locations);
        for (const [at, l] of used.entries()) base[l] = bases[at] ?? 0;
        const cut = weightCut({ ...members, base }, members.grams, scale);
        if (cut !== undefined) found.push({ cut, by, grams: members.grams });
      }
    }
    steps += TRIAL_STEPS * all.length * members.scales.size * used.length;
    return most;
  };
  const tried = memberSets(instance, mix).map((member) => {
    const members = membersOf(instance, mix, member);
    steps += instance.line.length;
    return { members, most: tryBases(members, plainBases(members.points)) };
  });
  tried.sort((a, b) => b.most - a.most);
  for (const { members } of tried.slice(0, MOST_MOVED)) tryBases(members, movedBases(members.points));
  return { cuts: worst(found, known), steps };
};

/** The rows broken most, none of them like another one. */
const worst = (found: Found[], known: readonly WeightCut[]): WeightCut[] => {
  found.sort((a, b) => (Math.abs(a.by - b.by) > 1e-9 ? b.by - a.by : b.grams - a.grams));
  const cuts: WeightCut[] = [];
  for (const { cut } of found) {
    if (cuts.length === MOST_AT_ONCE) break;
    if (![...known, ...cuts].some((other) => isAlike(other, cut))) cuts.push(cut);
  }
  return cuts;
};

const isAlike = (a: WeightCut, b: WeightCut): boolean => a.scale === b.scale && a.remainder === b.remainder;

/** By how much the shares break the row, found without making it. */
const brokenBy = (
  { member, points, grams }: Members,
  bases: readonly number[],
  scale: number,
  { lines, demand, weight }: Instance,
  { shipped }: Mix,
): number => {
  let asked = grams;
  for (const base of bases) asked -= base;
  const whole = Math.floor(asked / scale);
  const remainder = asked - whole * scale;
  if (remainder < LEAST_PART * scale) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let at = 0; at < points.length; at++) {
    const own = points[at];
    const base = bases[at] ?? 0;
    for (let point = 0; own !== undefined && point < own.grams.length; point++) {
      sum += (own.share[point] ?? 0) * roundUp(scale, remainder, (own.grams[point] ?? 0) - base);
    }
  }
  for (let j = 0; j < lines; j++) {
    const missing = (demand[j] ?? 0) - (shipped[j] ?? 0);
    if (member[j] === 1 && missing > 1e-6) sum += missing * roundUp(scale, remainder, weight[j] ?? 0);
  }
  return whole + 1 - sum;
};
