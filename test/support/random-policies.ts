import fc from 'fast-check';
import { objectiveTerms } from '../../src/domain/sourcing/policy.ts';
import { locationKinds } from '../../src/domain/stock-location/stock-location.ts';

const id = fc.constantFrom('web-uk', 'b2b', 'leeds', 'york', 'hull', 'fragile', 'north');
const ids = fc.uniqueArray(id, { minLength: 1, maxLength: 3 });
const kinds = fc.uniqueArray(fc.constantFrom(...locationKinds), { minLength: 1, maxLength: 3 });
const count = fc.integer({ min: 1, max: 50 });
const amount = fc.integer({ min: 0, max: 100_000 });
const share = fc.double({ min: 0.1, max: 50, noNaN: true });

/** Any of the fields, all or none of them. */
const some = <Fields extends object>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) =>
  fc.record(fields, { requiredKeys: [] });

const range = fc.oneof(
  fc.record({ from: fc.integer({ min: 1, max: 5 }), to: fc.integer({ min: 5, max: 9 }) }),
  fc.record({ from: count }),
  fc.record({ to: count }),
);
const urgency = fc.record({ from: fc.integer({ min: 1, max: 9 }), to: fc.integer({ min: 9, max: 20 }) });
const area = fc.constantFrom(
  { country: 'GB', postcodeAreas: ['SW', 'S'] },
  { country: 'US', postcodeAreas: ['10'] },
  { country: 'HK' },
);
const at = fc.oneof(fc.record({ locations: ids }), fc.record({ kinds, groups: ids }));
const inOrOut = (list: fc.Arbitrary<string[]>) => fc.oneof(fc.record({ in: list }), fc.record({ notIn: list }));
const typed = <Type extends string>(type: Type, fields: fc.Arbitrary<object>) =>
  fc.tuple(fields, some({ soft: fc.boolean() })).map(([rule, soft]) => ({ type, ...rule, ...soft }));

const fence = fc.oneof(
  typed('kind', inOrOut(kinds)),
  typed('group', inOrOut(ids)),
  typed('location', inOrOut(ids)),
  typed('distance', fc.record({ atMostKilometres: share })),
  typed('deliveryPromise', some({ withinDays: count })),
  typed('capacity', some({ keepFree: count })),
  typed('recentRefusal', fc.record({ hours: share })),
  typed(
    'protectedStock',
    fc.record({ units: amount, weeksOfSupply: share, at, itemGroups: ids }, { requiredKeys: ['units'] }),
  ),
  typed(
    'ringFence',
    fc.record({ channels: ids, units: count, at, skus: ids }, { requiredKeys: ['channels', 'units'] }),
  ),
);

const split = fc.oneof(
  some({
    mode: fc.constant('byUnit'),
    mostFulfilments: fc.integer({ min: 3, max: 9 }),
    mostFulfilmentsPerLine: fc.integer({ min: 1, max: 3 }),
    smallestPartValue: amount,
    smallestRemainderValue: amount,
    togetherGroups: ids,
    partial: fc.boolean(),
  }),
  some({ mode: fc.constantFrom('never', 'byLine'), togetherGroups: ids }),
);

const terms = fc.uniqueArray(fc.constantFrom(...objectiveTerms), { minLength: 1, maxLength: 8 });
const objective = fc.oneof(
  terms.map((lexicographic) => ({ lexicographic })),
  fc
    .tuple(terms, count, some({ unfilledPerUnit: amount }))
    .map(([named, price, rest]) => ({ weighted: Object.fromEntries(named.map((term) => [term, price])), ...rest })),
  fc.record({ weighted: fc.constant({ priority: 5 }), sequence: ids }),
);

const otherwise = fc.oneof(
  fc.constantFrom({ do: 'nextRoute' }, { do: 'cancel' }),
  fc.tuple(some({ cancelAfterDays: count })).map(([rest]) => ({ do: 'backorder', ...rest })),
  some({ cancelAfterDays: count }).map((rest) => ({ do: 'park', queue: 'manual', ...rest })),
);

const when = some({
  channels: ids,
  markets: ids,
  methods: ids,
  itemGroups: ids,
  priority: urgency,
  value: range,
  ageHours: range,
  destinations: fc.array(area, { minLength: 1, maxLength: 2 }),
});

/** Routes as planners may write them, one by one without fault; together they may leave one that is never reached. */
export const anyPolicyInput = fc
  .tuple(
    fc.array(some({ when, fences: fc.array(fence, { maxLength: 4 }), split, objective, otherwise }), {
      minLength: 1,
      maxLength: 4,
    }),
    some({
      description: fc.constant('Any policy'),
      costs: some({
        perKilometre: amount,
        perParcel: amount,
        perUnit: amount,
        itemWeight: count,
        kilometresPerDay: count,
      }),
      runs: fc.constantFrom([], [{ queue: 'backorders', everyMinutes: 5 }]),
    }),
  )
  .map(([routes, rest]) => ({ ...rest, routes: routes.map((route, index) => ({ name: `route ${index}`, ...route })) }));
