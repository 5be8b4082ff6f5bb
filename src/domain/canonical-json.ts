const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

/** The value as JSON with the fields of every object in order of name: equal values are equal texts. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_name, field: unknown) =>
    isRecord(field) ? Object.fromEntries(Object.entries(field).sort(byName)) : field,
  );
