import { z } from 'zod';
import { objectiveTerms } from '../domain/sourcing/policy.ts';
import { areaOf, beginsSomeArea } from '../domain/sourcing/postcode-areas.ts';
import { locationKinds } from '../domain/stock-location/stock-location.ts';
import { MOST_LINES } from '../domain/values.ts';
import { country, id, money, sku, text, whole } from './schemas.ts';
import { shape } from './shape-faults.ts';

const MOST_ROUTES = 200;
const MOST_FENCES = 100;
const MOST_NAMES = 10_000;
const MOST_KILOMETRES = 50_000;

const named = text(64);
const names = z.array(named).max(MOST_NAMES);
const ids = z.array(id).max(MOST_NAMES);
const kinds = z.array(z.enum(locationKinds)).max(locationKinds.length);
const days = whole.min(0).max(3_650);
const price = money.max(1e9);
const weight = whole.min(0).max(1_000_000);

const range = (bound: z.ZodType<number>) => shape({ from: bound.exactOptional(), to: bound.exactOptional() });

/** Beginnings that no area has would keep the rule from ever applying, and nobody would be told. */
const area = shape({
  country,
  postcodeAreas: z.array(text(10)).max(MOST_NAMES).exactOptional(),
}).superRefine(({ country: code, postcodeAreas = [] }, context) => {
  postcodeAreas.forEach((beginning, index) => {
    if (beginsSomeArea(code, beginning)) return;
    const known = areaOf(code, beginning);
    const fix =
      known === null ? 'it has none that are known, so leave them out' : `areas are coarse, such as "${known}"`;
    const message = `no postcode area of ${code} begins with "${beginning}": ${fix}`;
    context.addIssue({ code: 'custom', path: ['postcodeAreas', index], message });
  });
});

const locationFilter = shape({
  locations: ids.exactOptional(),
  kinds: kinds.exactOptional(),
  groups: ids.exactOptional(),
});

const when = shape({
  channels: ids.exactOptional(),
  markets: names.exactOptional(),
  methods: names.exactOptional(),
  itemGroups: ids.exactOptional(),
  priority: range(whole.min(1)).exactOptional(),
  value: range(whole.min(0)).exactOptional(),
  destinations: z.array(area).max(MOST_NAMES).exactOptional(),
  ageHours: range(z.number().min(0)).exactOptional(),
});

const soft = { soft: z.boolean().exactOptional() };
const stockOf = { at: locationFilter.exactOptional(), itemGroups: ids.exactOptional(), ...soft };

const fence = z.discriminatedUnion('type', [
  shape({ type: z.literal('kind'), in: kinds.exactOptional(), notIn: kinds.exactOptional(), ...soft }),
  shape({ type: z.literal('group'), in: ids.exactOptional(), notIn: ids.exactOptional(), ...soft }),
  shape({ type: z.literal('location'), in: ids.exactOptional(), notIn: ids.exactOptional(), ...soft }),
  shape({ type: z.literal('distance'), atMostKilometres: z.number().positive().max(MOST_KILOMETRES), ...soft }),
  shape({ type: z.literal('deliveryPromise'), withinDays: days.exactOptional(), ...soft }),
  shape({ type: z.literal('capacity'), keepFree: whole.min(0).exactOptional(), ...soft }),
  shape({
    type: z.literal('recentRefusal'),
    hours: z
      .number()
      .positive()
      .max(24 * 366),
    ...soft,
  }),
  shape({
    type: z.literal('protectedStock'),
    units: whole.min(0).exactOptional(),
    weeksOfSupply: z.number().positive().max(520).exactOptional(),
    ...stockOf,
  }),
  shape({
    type: z.literal('ringFence'),
    channels: ids.min(1),
    units: whole.min(1),
    skus: z.array(sku).max(MOST_NAMES).exactOptional(),
    ...stockOf,
  }),
]);

const split = shape({
  mode: z.enum(['never', 'byLine', 'byUnit']).exactOptional(),
  mostFulfilments: whole.min(1).exactOptional(),
  mostFulfilmentsPerLine: whole.min(1).exactOptional(),
  smallestPartValue: money.exactOptional(),
  smallestRemainderValue: money.exactOptional(),
  togetherGroups: ids.exactOptional(),
  partial: z.boolean().exactOptional(),
});

const objective = shape({
  weighted: shape({
    cost: weight.exactOptional(),
    parcels: weight.exactOptional(),
    lateness: weight.exactOptional(),
    distance: weight.exactOptional(),
    priority: weight.exactOptional(),
    stockOutRisk: weight.exactOptional(),
    stockBalance: weight.exactOptional(),
    load: weight.exactOptional(),
  }).exactOptional(),
  lexicographic: z.array(z.enum(objectiveTerms)).exactOptional(),
  sequence: ids.exactOptional(),
  unfilledPerUnit: price.exactOptional(),
});

const cancelAfterDays = { cancelAfterDays: days.min(1).exactOptional() };

const otherwise = z.discriminatedUnion('do', [
  shape({ do: z.literal('nextRoute') }),
  shape({ do: z.literal('backorder'), ...cancelAfterDays }),
  shape({ do: z.literal('park'), queue: id, ...cancelAfterDays }),
  shape({ do: z.literal('cancel') }),
]);

const routes = z
  .array(
    shape({
      name: text(100),
      when: when.exactOptional(),
      fences: z.array(fence).max(MOST_FENCES).exactOptional(),
      split: split.exactOptional(),
      objective: objective.exactOptional(),
      otherwise: otherwise.exactOptional(),
    }),
  )
  .max(MOST_ROUTES);

/** The shape of a policy. Whether it makes sense is told by `judgePolicy`. */
export const policySchema = shape({
  description: text(2_000).exactOptional(),
  routes,
  costs: shape({
    perKilometre: price.exactOptional(),
    perParcel: price.exactOptional(),
    perUnit: price.exactOptional(),
    itemWeight: whole.min(1).exactOptional(),
    kilometresPerDay: whole.min(1).max(MOST_KILOMETRES).exactOptional(),
  }).exactOptional(),
  runs: z
    .array(shape({ queue: id, everyMinutes: whole.min(1).max(60 * 24 * 7) }))
    .max(MOST_ROUTES)
    .exactOptional(),
});

/** Named twice in the API's document, since answers may grow fields that requests may not have. */
export const policyInRequest = policySchema.meta({ id: 'Policy' });
export const policyInAnswer = policySchema.meta({ id: 'StoredPolicy' });

const itemFields = {
  name: text(200).exactOptional(),
  weight: whole.min(0).max(1e9).exactOptional(),
  groups: ids.max(50).exactOptional(),
};

export const itemFacts = shape(itemFields);
export const itemSchema = shape({ sku, ...itemFields });

const isAscending = (steps: readonly { readonly upTo: number }[]): boolean =>
  steps.every(({ upTo }, index) => index === 0 || upTo > (steps[index - 1]?.upTo ?? 0));

const rateCardFields = {
  carrier: text(100),
  service: text(100),
  at: locationFilter.exactOptional(),
  bands: z
    .array(
      shape({
        to: z.array(area).min(1).max(MOST_NAMES).exactOptional(),
        fromCountries: z.array(country).min(1).max(300).exactOptional(),
        upToKilometres: z.number().positive().max(MOST_KILOMETRES).exactOptional(),
        transitDays: whole.min(0).max(365),
        prices: z
          .array(shape({ upTo: whole.min(1).max(1e9), price }))
          .min(1)
          .max(200)
          .refine(isAscending, 'must go from light to heavy: each `upTo` above the one before'),
      }),
    )
    .min(1)
    .max(MOST_LINES),
  deliveryWeekdays: z
    .array(whole.min(1).max(7))
    .min(1)
    .max(7)
    .refine((weekdays) => new Set(weekdays).size === weekdays.length, 'must not name a weekday twice')
    .exactOptional(),
};

export const rateCardTerms = shape(rateCardFields);
export const rateCardSchema = shape({ rateCardId: id, ...rateCardFields });
