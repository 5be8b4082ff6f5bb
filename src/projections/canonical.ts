/**
 * The same JSON value with the fields of every object in order of name. An event that was just decided and the same
 * event parsed from the log may list their fields differently: documents made of either must be equal byte for byte.
 */
export const canonical = <T>(value: T): T => sorted(value) as T;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return sortedItems(value);
  return isRecord(value) ? sortedFields(value) : value;
};

const sortedItems = (before: readonly unknown[]): readonly unknown[] => {
  const after = before.map(sorted);
  return after.every((item, index) => item === before[index]) ? before : after;
};

const sortedFields = (before: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const names = Object.keys(before);
  let same = isSorted(names);
  if (!same) names.sort();
  const after: Record<string, unknown> = {};
  for (const name of names) {
    const value = before[name];
    const field = sorted(value);
    if (field !== value || field === undefined) same = false;
    if (field !== undefined) after[name] = field;
  }
  return same ? before : after;
};

const isSorted = (names: readonly string[]): boolean => {
  let last = '';
  for (const name of names) {
    if (name < last) return false;
    last = name;
  }
  return true;
};
