import type { Share } from './branching.ts';
import type { Instance } from './instance.ts';

const MOST_SETS = 160;
/** Of the locations that are used in part, so many are looked at one by one and in pairs. */
const MOST_BROKEN = 24;
/** Shares nearer to nothing or to all are whole. */
const WHOLE = 0.01;

/** What the master problem's shares come to. */
export type Mix = {
  readonly shipped: Float64Array;
  /** By location in use: its pieces by line, and how much of it pays for how many grams; the rest of 1 ships nothing. */
  readonly byLocation: ReadonlyMap<number, Located>;
};
export type Located = {
  readonly pieces: Float64Array;
  readonly carried: Map<number, number>;
  readonly isBroken: boolean;
};

export const mixOf = ({ lines }: Instance, shares: readonly Share[]): Mix => {
  const shipped = new Float64Array(lines);
  const byLocation = new Map<number, { pieces: Float64Array; carried: Map<number, number>; isBroken: boolean }>();
  for (const { column, share } of shares) {
    const own = byLocation.get(column.location) ?? {
      pieces: new Float64Array(lines),
      carried: new Map(),
      isBroken: false,
    };
    byLocation.set(column.location, own);
    own.carried.set(column.carries, (own.carried.get(column.carries) ?? 0) + share);
    own.isBroken ||= share < 1 - WHOLE;
    for (const [at, j] of column.lines.entries()) {
      const part = share * (column.pieces[at] ?? 0);
      shipped[j] = (shipped[j] ?? 0) + part;
      own.pieces[j] = (own.pieces[j] ?? 0) + part;
    }
  }
  return { shipped, byLocation };
};

/** Lines whose grams may be worth counting: all, those of one or two locations, those offered there, and all but those that they ship. */
export const memberSets = ({ lines, demand, start, line }: Instance, { byLocation }: Mix): Uint8Array[] => {
  const sets: Uint8Array[] = [];
  const known = new Set<string>();
  const add = (isMember: (j: number) => boolean): void => {
    const member = Uint8Array.from({ length: lines }, (_, j) => (isMember(j) ? 1 : 0));
    const key = member.join('');
    if (sets.length >= MOST_SETS || known.has(key)) return;
    known.add(key);
    sets.push(member);
  };
  const used = [...byLocation.entries()];
  const broken = used.filter(([, { isBroken }]) => isBroken).slice(0, MOST_BROKEN);
  add(() => true);
  for (const [l, { pieces }] of broken) {
    const offered = new Set(line.subarray(start[l] ?? 0, start[l + 1] ?? 0));
    add((j) => (pieces[j] ?? 0) > 0);
    add((j) => offered.has(j));
  }
  const mostly = (pieces: number, j: number): boolean => pieces > 0.5 * (demand[j] ?? 0);
  for (const [, { pieces }] of used) add((j) => !mostly(pieces[j] ?? 0, j));
  for (const [at, [, { pieces }]] of broken.entries()) {
    for (const [, other] of broken.slice(at + 1)) {
      const both = (j: number): number => (pieces[j] ?? 0) + (other.pieces[j] ?? 0);
      add((j) => both(j) > 0);
      add((j) => mostly(both(j), j));
      add((j) => !mostly(both(j), j));
    }
  }
  return sets;
};
