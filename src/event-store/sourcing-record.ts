import { z } from 'zod';
import type { SourcingRecord } from '../domain/sourcing/record.ts';

const text = z.string();
const count = z.int().nonnegative();
const integer = z.int();
const strict = z.strictObject;
const list = z.array;

/** Entry by entry, the columns of one decision would take longer to parse than all else that happens to its order. */
const column = <Entry>(holds: (entry: unknown) => entry is Entry, what: string): z.ZodType<readonly Entry[]> =>
  z.custom<readonly Entry[]>((value) => Array.isArray(value) && value.every(holds), `expected ${what}`);

const isText = (entry: unknown): entry is string => typeof entry === 'string';
const isNumber = (entry: unknown): entry is number => Number.isFinite(entry);
const isInteger = (entry: unknown): entry is number => Number.isSafeInteger(entry);
const isCount = (entry: unknown): entry is number => isInteger(entry) && entry >= 0;
const orNull =
  <Entry>(holds: (entry: unknown) => entry is Entry) =>
  (entry: unknown): entry is Entry | null =>
    entry === null || holds(entry);

const texts = column(isText, 'texts');
const numbers = column(isNumber, 'numbers');
const integers = column(isInteger, 'whole numbers');
const counts = column(isCount, 'whole numbers from 0');
const countsOrNull = column(orNull(isCount), 'whole numbers from 0, or null');
const integersOrNull = column(orNull(isInteger), 'whole numbers, or null');

const wantedSku = strict({
  sku: text,
  quantity: count,
  weight: count.exactOptional(),
  groups: list(text).exactOptional(),
  value: integer.exactOptional(),
});

const sourcedOrder = strict({
  channelId: text,
  market: text.nullable(),
  method: text,
  priority: integer.nullable(),
  value: integer.nullable(),
  placedAt: text,
  deliverBy: text.nullable(),
});

const candidates = strict({
  locationId: texts,
  kilometres: numbers,
  parcelCost: integers,
  unitCost: integers,
  available: list(counts),
  dispatchDay: integers.exactOptional(),
  deliveryDay: integers.exactOptional(),
  tariff: countsOrNull.exactOptional(),
  tariffs: list(list(strict({ upTo: count, price: count }))).exactOptional(),
  byPromise: list(
    strict({ promisedDay: integer.nullable(), deliveryDay: integers, tariff: countsOrNull }),
  ).exactOptional(),
  kind: texts.exactOptional(),
  groups: list(texts).exactOptional(),
  priority: integersOrNull.exactOptional(),
  capacityLeft: countsOrNull.exactOptional(),
  load: integers.exactOptional(),
  weeklyDemand: list(numbers).exactOptional(),
  refusedHoursAgo: list(integersOrNull).exactOptional(),
});

const fenced = strict({
  fence: count,
  type: text,
  expected: text,
  candidates: counts,
  actual: list(z.union([z.number(), text, z.null()])),
});

const pass = strict({
  route: text,
  softFencesDropped: z.boolean(),
  wanted: counts,
  fenced: list(fenced),
  withheld: list(counts).exactOptional(),
  plan: list(strict({ location: count, line: count, units: count })),
  objective: z.number(),
  bound: z.number(),
  proven: z.boolean(),
  nodes: count,
  stages: list(strict({ term: text, value: z.number(), bound: z.number() })).exactOptional(),
  runnerUp: strict({ locationIds: list(text), objective: z.number() }).nullable(),
});

export const sourcingRecord: z.ZodType<SourcingRecord> = strict({
  policy: strict({ version: integer, hash: text }),
  logPosition: text.nullable(),
  at: text.nullable(),
  order: sourcedOrder.nullable(),
  demand: list(wantedSku),
  excluded: list(strict({ locationId: text, sku: text.nullable() })),
  candidates,
  ruledOut: list(strict({ locationId: text, reason: text })),
  passes: list(pass),
});

const firstRecord = z.looseObject({
  policy: strict({ version: integer, hash: text }),
  logPosition: text.nullable(),
  demand: list(strict({ sku: text, quantity: count })),
  candidates: z.looseObject({ locationId: list(text) }),
  ruledOut: z.unknown(),
  objective: integer,
  bound: integer,
  proven: z.boolean(),
  nodes: count,
  runnerUp: z.unknown(),
});
const firstDecision = z.looseObject({
  fulfilments: list(z.looseObject({ locationId: text, lines: list(z.looseObject({ sku: text, quantity: count })) })),
  record: firstRecord,
});

/** Decisions of schema version 1 had one route and one pass, and did not say when and for whom they were made. */
export const recordOfFirstRelease = (data: unknown): unknown => {
  const decision = firstDecision.parse(data);
  const { policy, logPosition, demand, candidates, ruledOut, ...outcome } = decision.record;
  const skus = demand.map(({ sku }) => sku);
  const plan = decision.fulfilments.flatMap(({ locationId, lines }) =>
    [...Map.groupBy(lines, ({ sku }) => sku)].map(([sku, own]) => ({
      location: candidates.locationId.indexOf(locationId),
      line: skus.indexOf(sku),
      units: own.reduce((sum, { quantity }) => sum + quantity, 0),
    })),
  );
  const wanted = demand.map(({ quantity }) => quantity);
  return {
    ...decision,
    record: {
      policy: { ...policy, version: 0 },
      ...{ logPosition, at: null, order: null, demand, excluded: [], candidates, ruledOut },
      passes: [{ route: 'cheapest', softFencesDropped: false, wanted, fenced: [], plan, ...outcome }],
    },
  };
};
