const isSorted = (keys: readonly string[]): boolean =>
  keys.every((key, index) => index === 0 || key > (keys[index - 1] ?? ''));

/**
 * The same JSON value with the fields of every object in order of name. An event that was just decided and the same
 * event parsed from the log may list their fields differently: documents made of either must be equal byte for byte.
 */
export const canonical = <T>(value: T): T => sorted(value) as T;

const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return keepIfSame(value, value.map(sorted));
  const keys = Object.keys(value);
  const entries: [string, unknown][] = [];
  let same = isSorted(keys);
  for (const key of same ? keys : keys.sort()) {
    const before: unknown = Reflect.get(value, key);
    const after = sorted(before);
    if (after !== before || after === undefined) same = false;
    if (after !== undefined) entries.push([key, after]);
  }
  return same ? value : Object.fromEntries(entries);
};

const keepIfSame = (before: readonly unknown[], after: readonly unknown[]): readonly unknown[] =>
  after.every((item, index) => item === before[index]) ? before : after;
