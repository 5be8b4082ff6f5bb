import type { z } from 'zod';
import { pathText, type Segment } from './shape-faults.ts';

export type SoundPart<Value> = {
  /** Undefined where nothing is left. */
  readonly value: Value | undefined;
  /** The place in the input of what stands at this place of the value: entries of lists move up when others are left out. */
  readonly original: (path: string) => string;
  /** Where parts were left out of the input. */
  readonly left: ReadonlySet<string>;
};

/** By the path of a list in the input: where the entries that remain stood before. */
type Kept = Map<string, readonly number[]>;

/**
 * What remains of the input when everything is left out that does not have the schema's shape: first the part itself,
 * then, where it cannot be missing, what it belongs to.
 */
export const soundPart = <Value>(schema: z.ZodType<Value>, input: unknown): SoundPart<Value> => {
  const left = new Set<string>();
  let kept: Kept = new Map();
  let remaining = input;
  for (;;) {
    const original = (path: string): string => originalPath(path, kept);
    const parsed = schema.safeParse(remaining);
    if (parsed.success) return { value: parsed.data, original, left };
    for (const issue of parsed.error.issues) {
      const places = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
      for (const place of places) leave(place, original, left);
    }
    if (left.has('')) return { value: undefined, original, left };
    kept = new Map();
    remaining = without(input, '', left, kept);
  }
};

/** What was left out before, and is missed now, takes what it belongs to with it. */
const leave = (place: readonly Segment[], original: (path: string) => string, left: Set<string>): void => {
  for (let end = place.length; end >= 0; end -= 1) {
    const path = original(pathText(place.slice(0, end)));
    if (end > 0 && left.has(path)) continue;
    left.add(path);
    return;
  }
};

const without = (value: unknown, path: string, left: ReadonlySet<string>, kept: Kept): unknown => {
  if (Array.isArray(value)) {
    const entries = [...value.keys()].filter((index) => !left.has(`${path}[${index}]`));
    kept.set(path, entries);
    return entries.map((index) => without(value[index], `${path}[${index}]`, left, kept));
  }
  if (typeof value !== 'object' || value === null) return value;
  const remaining: [string, unknown][] = [];
  for (const [name, field] of Object.entries(value)) {
    const place = path === '' ? name : `${path}.${name}`;
    if (!left.has(place)) remaining.push([name, without(field, place, left, kept)]);
  }
  return Object.fromEntries(remaining);
};

const originalPath = (path: string, kept: Kept): string => {
  if (kept.size === 0) return path;
  let original = '';
  for (const [part, , index] of path.matchAll(/(\.?[^.[\]]+)|\[(\d+)\]/g)) {
    original += index === undefined ? part : `[${kept.get(original)?.[Number(index)] ?? index}]`;
  }
  return original;
};
