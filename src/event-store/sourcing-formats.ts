import { z } from 'zod';
import { objectiveTerms } from '../domain/sourcing/policy.ts';
import { locationKinds } from '../domain/stock-location/stock-location.ts';

// What planners define, as it stands in the log: policies, rate cards and items.

const text = z.string();
const texts = z.array(text);
const number = z.number();
const integer = z.int();
const strict = z.strictObject;
const kinds = z.array(z.enum(locationKinds));

const range = strict({ from: number.exactOptional(), to: number.exactOptional() });
const area = strict({ country: text, postcodeAreas: texts.exactOptional() });
const locationFilter = strict({
  locations: texts.exactOptional(),
  kinds: kinds.exactOptional(),
  groups: texts.exactOptional(),
});

const soft = { soft: z.boolean().exactOptional() };
const inOrOut = { in: texts.exactOptional(), notIn: texts.exactOptional() };
const fence = z.discriminatedUnion('type', [
  strict({ type: z.literal('kind'), in: kinds.exactOptional(), notIn: kinds.exactOptional(), ...soft }),
  strict({ type: z.literal('group'), ...inOrOut, ...soft }),
  strict({ type: z.literal('location'), ...inOrOut, ...soft }),
  strict({ type: z.literal('distance'), atMostKilometres: number, ...soft }),
  strict({ type: z.literal('deliveryPromise'), withinDays: number.exactOptional(), ...soft }),
  strict({ type: z.literal('capacity'), keepFree: integer.exactOptional(), ...soft }),
  strict({ type: z.literal('recentRefusal'), hours: number, ...soft }),
  strict({
    type: z.literal('protectedStock'),
    units: integer.exactOptional(),
    weeksOfSupply: number.exactOptional(),
    at: locationFilter.exactOptional(),
    itemGroups: texts.exactOptional(),
    ...soft,
  }),
  strict({
    type: z.literal('ringFence'),
    channels: texts,
    units: integer,
    at: locationFilter.exactOptional(),
    itemGroups: texts.exactOptional(),
    skus: texts.exactOptional(),
    ...soft,
  }),
]);

const when = strict({
  channels: texts.exactOptional(),
  markets: texts.exactOptional(),
  methods: texts.exactOptional(),
  itemGroups: texts.exactOptional(),
  priority: range.exactOptional(),
  value: range.exactOptional(),
  destinations: z.array(area).exactOptional(),
  ageHours: range.exactOptional(),
});

const split = strict({
  mode: z.enum(['never', 'byLine', 'byUnit']).exactOptional(),
  mostFulfilments: integer.exactOptional(),
  mostFulfilmentsPerLine: integer.exactOptional(),
  smallestPartValue: integer.exactOptional(),
  smallestRemainderValue: integer.exactOptional(),
  togetherGroups: texts.exactOptional(),
  partial: z.boolean().exactOptional(),
});

const objective = strict({
  weighted: z.partialRecord(z.enum(objectiveTerms), number).exactOptional(),
  lexicographic: z.array(z.enum(objectiveTerms)).exactOptional(),
  sequence: texts.exactOptional(),
  unfilledPerUnit: integer.exactOptional(),
});

const cancelAfterDays = { cancelAfterDays: number.exactOptional() };
const otherwise = z.discriminatedUnion('do', [
  strict({ do: z.literal('nextRoute') }),
  strict({ do: z.literal('backorder'), ...cancelAfterDays }),
  strict({ do: z.literal('park'), queue: text, ...cancelAfterDays }),
  strict({ do: z.literal('cancel') }),
]);

export const policyFormat = strict({
  description: text.exactOptional(),
  routes: z.array(
    strict({
      name: text,
      when: when.exactOptional(),
      fences: z.array(fence).exactOptional(),
      split: split.exactOptional(),
      objective: objective.exactOptional(),
      otherwise: otherwise.exactOptional(),
    }),
  ),
  costs: strict({
    perKilometre: number.exactOptional(),
    perParcel: integer.exactOptional(),
    perUnit: integer.exactOptional(),
    itemWeight: number.exactOptional(),
    kilometresPerDay: number.exactOptional(),
  }).exactOptional(),
  runs: z.array(strict({ queue: text, everyMinutes: number })).exactOptional(),
});

export const rateCardFormat = strict({
  rateCardId: text,
  carrier: text,
  service: text,
  at: locationFilter.exactOptional(),
  bands: z.array(
    strict({
      to: z.array(area).exactOptional(),
      fromCountries: texts.exactOptional(),
      upToKilometres: number.exactOptional(),
      transitDays: integer,
      prices: z.array(strict({ upTo: number, price: integer })),
    }),
  ),
  deliveryWeekdays: z.array(integer).exactOptional(),
});

export const itemFormat = strict({
  sku: text,
  name: text.exactOptional(),
  weight: number.exactOptional(),
  groups: texts.exactOptional(),
});
