import { describe, expect, it } from 'vitest';
import { judgePolicy } from '../../src/api/judge-policy.ts';
import { builtInPolicy } from '../../src/domain/sourcing/policy.ts';

const faultsIn = (input: unknown) => judgePolicy(input).faults.map(({ path, message }) => `${path}: ${message}`);
const ofRoute = (route: object) => faultsIn({ routes: [{ name: 'all', ...route }] });

describe('judging a policy', () => {
  it('finds nothing wrong with the built-in one', () => {
    expect(judgePolicy(builtInPolicy.policy)).toEqual({ policy: builtInPolicy.policy, faults: [] });
  });

  it('names an unknown field, with the closest known one as the fix', () => {
    expect(ofRoute({ fenses: [], when: { chanels: ['web'] } })).toEqual([
      'routes[0].when.chanels: "chanels" is not a field here. Did you mean "channels"?',
      'routes[0].fenses: "fenses" is not a field here. Did you mean "fences"?',
    ]);
    expect(faultsIn({ routes: [{ name: 'all' }], colour: 'blue' })).toEqual([
      'colour: "colour" is not a field here. Those are description, routes, costs, runs.',
    ]);
  });

  it('names an unknown value, with what it may be', () => {
    expect(ofRoute({ fences: [{ type: 'distanse', atMostKilometres: 3 }] })).toEqual([
      'routes[0].fences[0].type: must be one of "kind", "group", "location", "distance", "deliveryPromise", "capacity", "recentRefusal", "protectedStock", "ringFence", not "distanse". Did you mean "distance"?',
    ]);
    expect(ofRoute({ otherwise: { queue: 'manual' } })).toEqual([
      'routes[0].otherwise.do: must be one of "nextRoute", "backorder", "park", "cancel", but is missing.',
    ]);
    expect(ofRoute({ split: { mode: 'NEVER' } })[0]).toMatch(/Did you mean "never"\?$/);
    expect(ofRoute({ split: { mode: 'byline' } })).toEqual([
      'routes[0].split.mode: must be one of "never", "byLine", "byUnit", not "byline". Did you mean "byLine"?',
    ]);
  });

  it.each<[object, string]>([
    [{ objective: { weighted: { cost: -1 } } }, 'routes[0].objective.weighted.cost: must be at least 0, not -1'],
    [{ objective: { weighted: { cost: 0.5 } } }, 'routes[0].objective.weighted.cost: must be a whole number, not 0.5'],
    [{ split: { mostFulfilments: 0 } }, 'routes[0].split.mostFulfilments: must be at least 1, not 0'],
    [{ fences: [{ type: 'distance' }] }, 'routes[0].fences[0].atMostKilometres: must be a number, but is missing'],
    [
      { fences: [{ type: 'distance', atMostKilometres: 0 }] },
      'routes[0].fences[0].atMostKilometres: must be above 0, not 0',
    ],
    [{ fences: [{ type: 'ringFence', channels: [], units: 1 }] }, 'routes[0].fences[0].channels: must not be empty'],
    [{ fences: {} }, 'routes[0].fences: must be a list, not {}'],
    [
      { otherwise: { do: 'backorder', cancelAfterDays: 0 } },
      'routes[0].otherwise.cancelAfterDays: must be at least 1, not 0',
    ],
    [{ name: '' }, 'routes[0].name: must not be empty'],
    [
      { when: { destinations: [{ country: 'uk' }] } },
      'routes[0].when.destinations[0].country: must be an ISO 3166-1 alpha-2 code, such as GB',
    ],
  ])('names a value out of bounds: %j', (route, fault) => expect(ofRoute(route)).toEqual([fault]));

  it('names a priority that no order has', () => {
    expect(ofRoute({ when: { priority: { from: 12 } } })).toEqual([
      'routes[0].when.priority.from: no order is less urgent than 9: lower it',
    ]);
    expect(ofRoute({ when: { priority: { to: 0 } } })).toEqual([
      'routes[0].when.priority.to: must be at least 1, not 0',
    ]);
    expect(ofRoute({ when: { priority: { from: 9, to: 12 } } })).toEqual([]);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    [
      'GB',
      ['SW', 'S', 'SW1A', 'sw'],
      ['no postcode area of GB begins with "SW1A": areas are coarse, such as "SW"', '"sw"'],
    ],
    ['US', ['1', '101', '10118'], ['begins with "10118": areas are coarse, such as "101"']],
    ['DE', ['10', 'D', '101'], ['"D"', '"101": areas are coarse, such as "10"']],
    ['HK', ['1'], ['no postcode area of HK begins with "1": it has none that are known, so leave them out']],
  ])('names beginnings that no postcode area has: %s', (country, postcodeAreas, messages) => {
    const faults = ofRoute({ when: { destinations: [{ country, postcodeAreas }] } });
    expect(faults).toEqual(messages.map((message) => expect.stringContaining(message)));
  });

  it('names what has the wrong shape and what makes no sense in one answer', () => {
    const faults = faultsIn({
      routes: [
        { name: 'a', when: { chanels: ['web'] }, split: { togetherGroups: [] } },
        { name: 'a', fences: [{ type: 'kind', in: ['shop'] }, { type: 'group' }] },
        { name: 'b', otherwise: { do: 'nextRoute' }, split: { mode: 'seldom' } },
      ],
      runs: [{ queue: 'manual', everyMinutes: 0 }],
    });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'routes[0].when.chanels',
      'routes[1].fences[0].in[0]',
      'routes[2].split.mode',
      'runs[0].everyMinutes',
      'routes[0].split.togetherGroups',
      'routes[1].fences[1]',
      'routes[1].name',
      'routes[2]',
      'routes[2].otherwise.do',
    ]);
  });

  it('draws no conclusion from a part that has the wrong shape', () => {
    // The condition is misspelt, so nobody knows whether the second route is reached.
    expect(faultsIn({ routes: [{ name: 'a', when: { chanels: ['web'] } }, { name: 'b' }] })).toHaveLength(1);
    const channels = ['web'];
    const narrower = { channels, markts: ['UK'] };
    expect(
      faultsIn({
        routes: [
          { name: 'a', when: { channels } },
          { name: 'b', when: narrower },
        ],
      }),
    ).toHaveLength(1);
    expect(
      faultsIn({ routes: [{ otherwise: { do: 'park', queue: 'x' } }], runs: [{ queue: 'x', everyMinutes: 1 }] }),
    ).toEqual(['routes[0].name: must be a text, but is missing']);
    expect(ofRoute({ fences: [{ type: 'kind', in: 'store' }] })).toEqual([
      'routes[0].fences[0].in: must be a list, not "store"',
    ]);
    expect(faultsIn({ routes: [{ name: 'a', otherwise: { do: 'nextRoute' } }, 7] })).toEqual([
      'routes[1]: must be an object, not 7',
    ]);
  });

  it('names places as its author wrote them, whatever stands before them', () => {
    const fences = [{ type: 'knd' }, 'x', { type: 'group' }, {}, { type: 'location', in: ['leeds', 7, 'leeds'] }];
    expect(ofRoute({ fences }).filter((fault) => !fault.includes('must be'))).toEqual([
      'routes[0].fences[2]: a group fence needs `in`, `notIn`, or both',
      'routes[0].fences[4].in[2]: "leeds" is named before: name it once',
    ]);
  });

  it.each([undefined, null, 7, 'policy', [], true])('says what a policy is, to one who sends %j', (input) => {
    const { policy, faults } = judgePolicy(input);
    expect(policy).toBeNull();
    expect(faults).toEqual([{ path: '', message: expect.stringMatching(/^must be an object/) }]);
  });

  it('stays brief before a flood of faults', () => {
    const { faults } = judgePolicy({
      routes: [{ name: 'all' }],
      ...Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field ${index}`, 7])),
    });
    expect(faults).toHaveLength(1_001);
    expect(faults.at(-1)).toEqual({ path: '', message: 'There are 4000 more: correct these first.' });
  });

  it('gets through a flood of parts that must be left out one after the other', () => {
    const fences = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? { type: 'group' } : { type: index }));
    const routes = Array.from({ length: 200 }, (_, index) => ({ name: `route ${index}`, fences }));
    expect(judgePolicy({ routes }).faults).toHaveLength(1_001);
    expect(judgePolicy({ routes: routes.slice(0, 4) }).faults).toHaveLength(403);
  });

  it('survives field names that look like paths', () => {
    const input = { routes: [{ name: 'a', 'x[0]': 1, 'a.b': 2, '': 3 }], 'routes[0]': 4, '[0]': 5, __proto__: 6 };
    expect(judgePolicy(input).faults.length).toBeGreaterThan(4);
  });
});
