import { groupsOf } from '../groups.ts';
import { fingerprint } from '../values.ts';

/**
 * The references of stock movements that a location has seen, each with the fingerprint of what it said. They are kept for
 * ever, and hardly one is ever asked for again: so most of them stay text, and a location with a long history is read, copied
 * and written in a moment.
 */
export type References = {
  /** Those that came last, by key. */
  readonly recent: Map<string, string>;
  /** All others, by bucket of their key: `|key|fingerprint|key|fingerprint|`, or nothing. */
  readonly kept: string[];
  /** How many of these there are. */
  keptCount: number;
};

/** One is looked for in some 20 KB where there are 100,000. */
const BUCKETS = 256;
/** Of kept references that are written together. */
const CHARACTERS_PER_PART = 50_000;

export type ReferencesPart = readonly (readonly [bucket: number, text: string])[];

export const noReferences = (): References => ({
  recent: new Map(),
  kept: Array.from({ length: BUCKETS }, () => ''),
  keptCount: 0,
});

const bucketOf = (key: string): number => Number.parseInt(fingerprint(key).slice(0, 2), 16);

/** So that no key holds the mark between two entries. (A fingerprint is no key either: it has no colon.) */
const escaped = (key: string): string => key.replaceAll('%', '%25').replaceAll('|', '%7C');

export const noteReference = ({ recent }: References, key: string, said: string): void => void recent.set(key, said);

/** What the reference said; undefined: it was not seen. */
export const saidBy = ({ recent, kept }: References, key: string): string | undefined => {
  const last = recent.get(key);
  if (last !== undefined) return last;
  const text = kept[bucketOf(key)] ?? '';
  const mark = `|${escaped(key)}|`;
  const found = text.indexOf(mark);
  if (found === -1) return undefined;
  const start = found + mark.length;
  return text.slice(start, text.indexOf('|', start));
};

export const referenceCount = ({ recent, keptCount }: References): number => recent.size + keptCount;

/** Makes text of the recent ones, too, and answers all of them as they are now: the fold may go on meanwhile. */
export const keepAll = (references: References): readonly string[] => {
  const { recent, kept } = references;
  for (const [key, said] of recent) {
    const bucket = bucketOf(key);
    kept[bucket] = `${kept[bucket] || '|'}${escaped(key)}|${said}|`;
  }
  references.keptCount += recent.size;
  recent.clear();
  return [...kept];
};

export const referencesToParts = (kept: readonly string[]): Iterable<ReferencesPart> =>
  groupsOf(
    [...kept.entries()].filter(([, text]) => text !== ''),
    ([, text]) => text.length,
    CHARACTERS_PER_PART,
  );

export const restoreReferences = ({ kept }: References, part: ReferencesPart): void => {
  for (const [bucket, text] of part) kept[bucket] = text;
};

/** They go their own way. */
export const copyReferences = ({ recent, kept, keptCount }: References): References => ({
  recent: new Map(recent),
  kept: [...kept],
  keptCount,
});
