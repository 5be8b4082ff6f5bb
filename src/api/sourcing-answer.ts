import { z } from 'zod';
import type { SourcingCandidates, SourcingPass, SourcingRecord } from '../domain/sourcing/record.ts';

const text = z.string();
const integer = z.int();
const count = z.int().min(0);
const nullableText = text.nullable();
const lineUnits = z.object({ lineId: text, sku: text, quantity: count });

const candidate = z.object({
  locationId: text,
  kilometres: z.number(),
  parcelCost: integer.describe('Minor units: handling and, where no tariff applies, carriage.'),
  unitCost: integer,
  available: z.array(z.object({ sku: text, quantity: count })),
  dispatchDay: integer.optional().describe('Days after the UTC day of the decision.'),
  deliveryDay: integer.optional(),
  tariff: z.array(z.object({ upTo: count, price: count })).optional(),
  byPromise: z
    .array(
      z.object({
        promisedDay: integer.nullable(),
        deliveryDay: integer.optional(),
        tariff: z.array(z.object({ upTo: count, price: count })).optional(),
      }),
    )
    .optional()
    .describe('The same for routes that promise another day than the first one.'),
  kind: text.optional(),
  groups: z.array(text).optional(),
  priority: integer.nullable().optional(),
  capacityLeft: count.nullable().optional(),
  load: integer.optional().describe("Percent of the day's capacity used."),
});

export const passSchema = z.object({
  route: text,
  softFencesDropped: z.boolean(),
  wanted: z.array(z.object({ sku: text, quantity: count })),
  fenced: z
    .array(
      z.object({
        fence: count,
        type: text,
        locationId: text,
        expected: text,
        actual: z.union([z.number(), text, z.null()]),
      }),
    )
    .describe('Which locations a fence kept out, and what it saw.'),
  withheld: z
    .array(z.object({ locationId: text, sku: text, quantity: count }))
    .describe('Units that stock fences kept back.'),
  plan: z.array(z.object({ locationId: text, sku: text, quantity: count })),
  objective: z.number(),
  bound: z.number(),
  proven: z.boolean(),
  nodes: count,
  stages: z.array(z.object({ term: text, value: z.number(), bound: z.number() })).optional(),
  runnerUp: z.object({ locationIds: z.array(text), objective: z.number() }).nullable(),
});

const difference = z.object({
  term: text.describe('The first term of the objective that tells the plans apart.'),
  by: z.number(),
  exact: z.boolean().describe('False: the search ended before it was proven.'),
});

export const explanationSchema = z.object({
  summary: text,
  why: z.array(
    z.object({
      locationId: text,
      units: count,
      kilometres: z.number(),
      cost: integer,
      margin: difference
        .nullable()
        .describe('How much dearer its parcel could get before it were left out; null: without it, less is filled.'),
    }),
  ),
  split: z.object({
    isSplit: z.boolean(),
    reason: text,
    bestSingle: z.object({ locationId: text, difference }).nullable(),
  }),
});

export const whyNotSchema = z.object({
  locationId: text,
  verdict: z.enum(['chosen', 'unknown-or-no-stock', 'ruled-out', 'fenced', 'nothing-usable', 'not-better']),
  reason: text,
  stock: z.array(z.object({ sku: text, wanted: count, available: count })),
  difference: difference.nullable().describe('How much worse the best plan is that pays for this location.'),
  flips: z.array(
    z.object({
      type: z.enum(['cost', 'stock', 'stockOfAll', 'fences']),
      route: text.optional().describe('Of `cost` and `fences`: the route in which it would have been chosen so.'),
      term: text.optional(),
      by: z.number().optional(),
      sku: text.optional(),
      units: count.optional(),
      exact: z.boolean().optional(),
      fences: z
        .array(z.object({ type: text, expected: text, actual: z.union([z.number(), text, z.null()]) }))
        .optional(),
      sufficient: z.boolean().optional(),
    }),
  ),
});

/** One decision, with all that it was made of. */
export const decisionSchema = z.object({
  policy: z.object({ version: integer.describe('0: the built-in one; -1: one that was never published.'), hash: text }),
  logPosition: nullableText,
  at: nullableText,
  order: z.unknown(),
  demand: z.array(
    z.object({
      sku: text,
      quantity: count,
      weight: count.optional(),
      groups: z.array(text).optional(),
      value: integer.optional(),
    }),
  ),
  excluded: z.array(z.object({ locationId: text, sku: nullableText })),
  candidates: z.array(candidate),
  ruledOut: z.array(z.object({ locationId: text, reason: text })),
  passes: z.array(passSchema),
  objective: z.number().describe('Of all passes together.'),
  bound: z.number(),
  proven: z.boolean(),
  gap: z
    .number()
    .describe(
      'How much better a plan could be at most, as a share of the objective; 0 when proven, 1 when it is not even proven that no more could be filled.',
    ),
  nodes: count,
  runnerUp: passSchema.shape.runnerUp,
});

export const plannedSchema = z.object({
  locationId: text,
  lines: z.array(lineUnits),
  cost: integer.describe('Minor units.'),
  dispatchDay: text.optional(),
  deliveryDay: text.optional(),
  withinCapacity: z.boolean().optional().describe("The location refuses it when the day's capacity is used up."),
});

const columns = (candidates: SourcingCandidates, demand: SourcingRecord['demand'], index: number) => {
  const tariff = candidates.tariffs?.[candidates.tariff?.[index] ?? -1];
  const optional = {
    dispatchDay: candidates.dispatchDay?.[index],
    deliveryDay: candidates.deliveryDay?.[index],
    tariff,
    byPromise: candidates.byPromise?.map((own) => ({
      promisedDay: own.promisedDay,
      deliveryDay: own.deliveryDay[index],
      tariff: candidates.tariffs?.[own.tariff[index] ?? -1],
    })),
    kind: candidates.kind?.[index],
    groups: candidates.groups?.[index],
    priority: candidates.priority?.[index],
    capacityLeft: candidates.capacityLeft?.[index],
    load: candidates.load?.[index],
  };
  return {
    locationId: candidates.locationId[index],
    kilometres: candidates.kilometres[index],
    parcelCost: candidates.parcelCost[index],
    unitCost: candidates.unitCost[index],
    available: demand.map(({ sku }, wanted) => ({ sku, quantity: candidates.available[wanted]?.[index] ?? 0 })),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
};

export const passAnswer = ({ fenced, withheld = [], wanted, plan, ...rest }: SourcingPass, record: SourcingRecord) => {
  const { demand, candidates } = record;
  const skuOf = (line: number) => demand[line]?.sku ?? '';
  const idOf = (index: number) => candidates.locationId[index] ?? '';
  return {
    ...rest,
    wanted: wanted.map((quantity, line) => ({ sku: skuOf(line), quantity })),
    fenced: fenced.flatMap(({ fence, type, expected, candidates: kept, actual }) =>
      kept.map((index, at) => ({ fence, type, locationId: idOf(index), expected, actual: actual[at] ?? null })),
    ),
    withheld: withheld.flatMap((row, line) =>
      row.flatMap((quantity, index) =>
        quantity === 0 ? [] : [{ locationId: idOf(index), sku: skuOf(line), quantity }],
      ),
    ),
    plan: plan.map(({ location, line, units }) => ({ locationId: idOf(location), sku: skuOf(line), quantity: units })),
  };
};

const sum = (passes: readonly SourcingPass[], of: (pass: SourcingPass) => number): number =>
  passes.reduce((total, pass) => total + of(pass), 0);

/** The share that is open, term by term: of the first that is. All of it where even more units could perhaps be filled. */
const gapOf = (passes: readonly SourcingPass[]): number => {
  const unproven = passes.filter(({ proven }) => !proven);
  if (unproven.length === 0) return 0;
  const objective = sum(passes, (pass) => pass.objective);
  const open = objective - sum(passes, (pass) => pass.bound);
  if (open > 0) return open / objective;
  const term = unproven.flatMap(({ stages = [] }) => stages).find(({ value, bound }) => bound < value);
  return term === undefined ? 1 : (term.value - term.bound) / term.value;
};

/** The recorded columns as one entry per candidate, and what the passes come to together. */
export const decisionAnswer = (record: SourcingRecord) => {
  const { candidates, passes, ...rest } = record;
  const objective = sum(passes, (pass) => pass.objective);
  const bound = sum(passes, (pass) => pass.bound);
  const proven = passes.every((pass) => pass.proven);
  return {
    ...rest,
    candidates: candidates.locationId.map((_, index) => columns(candidates, record.demand, index)),
    passes: passes.map((pass) => passAnswer(pass, record)),
    objective,
    bound,
    proven,
    gap: gapOf(passes),
    nodes: sum(passes, ({ nodes }) => nodes),
    runnerUp: passes[0]?.runnerUp ?? null,
  };
};
