import { describe, expect, it } from 'vitest';
import {
  builtInPolicy,
  type Fence,
  type Objective,
  type Policy,
  type Route,
} from '../../../src/domain/sourcing/policy.ts';
import { policyFaults } from '../../../src/domain/sourcing/policy-faults.ts';

const faultsIn = (policy: Policy) => policyFaults(policy).map(({ path, message }) => `${path}: ${message}`);
const ofRoutes = (...routes: readonly Route[]) => faultsIn({ routes });
const ofRoute = (route: Partial<Route>) => ofRoutes({ name: 'all', ...route });
const ofFence = (fence: Fence) => ofRoute({ fences: [fence] });
const ofObjective = (objective: Objective) => ofRoute({ objective });

describe('a policy without faults', () => {
  it.each<[string, Policy]>([
    ['the built-in one', builtInPolicy.policy],
    ['one route and nothing else', { routes: [{ name: 'all' }] }],
    [
      'a route that passes on what it leaves over',
      {
        routes: [
          { name: 'near', otherwise: { do: 'nextRoute' } },
          { name: 'far', otherwise: { do: 'cancel' } },
        ],
      },
    ],
    [
      'a promise that nothing may keep',
      { routes: [{ name: 'all', fences: [{ type: 'deliveryPromise' }], objective: { weighted: { lateness: 100 } } }] },
    ],
    [
      'a run of a queue that a route parks in',
      {
        routes: [{ name: 'all', otherwise: { do: 'park', queue: 'manual' } }],
        runs: [
          { queue: 'manual', everyMinutes: 5 },
          { queue: 'backorders', everyMinutes: 60 },
          { queue: 'no-route', everyMinutes: 60 },
        ],
      },
    ],
    [
      'a sequence with the term that goes by it',
      { routes: [{ name: 'all', objective: { lexicographic: ['priority', 'cost'], sequence: ['leeds', 'hull'] } }] },
    ],
    [
      'a group fence both ways',
      { routes: [{ name: 'all', fences: [{ type: 'group', in: ['north'], notIn: ['closing'] }] }] },
    ],
  ])('is %s', (_, policy) => expect(policyFaults(policy)).toEqual([]));
});

describe('a fault of routes is named', () => {
  it('when there is none', () => {
    expect(faultsIn({ routes: [] })).toEqual([
      'routes: is empty: at least one route is needed, such as {"name": "all"}',
    ]);
  });

  it('when two have one name', () => {
    const when = { channels: ['web'] };
    expect(ofRoutes({ name: 'a', when }, { name: 'a' })).toEqual([
      'routes[1].name: an earlier route is called "a": give each its own name',
    ]);
  });

  it('when the last one leads to a next one', () => {
    expect(ofRoute({ otherwise: { do: 'nextRoute' } })).toEqual([
      'routes[0].otherwise.do: no route follows the last one: use "backorder", "park" or "cancel"',
    ]);
  });

  it('when one can never be reached', () => {
    const [fault] = ofRoutes({ name: 'a', when: {} }, { name: 'b' });
    expect(fault).toMatch(/^routes\[1\]: is never reached: before it, "a" takes every order\..*nextRoute/);
    const web = { when: { channels: ['web'], value: { from: 1 } } };
    const same = { when: { value: { from: 1 }, channels: ['web'] } };
    expect(ofRoutes({ name: 'a', ...web }, { name: 'b', ...same }, { name: 'c' })).toEqual([
      expect.stringMatching(/^routes\[1\]: is never reached: before it, "a" takes the same orders\./),
    ]);
  });

  it('but not when those before it pass on what they leave over', () => {
    const otherwise = { do: 'nextRoute' } as const;
    expect(ofRoutes({ name: 'a', otherwise }, { name: 'b', otherwise }, { name: 'c' })).toEqual([]);
  });
});

describe('a fault of conditions is named', () => {
  it('when a list is empty', () => {
    const when = { channels: [], markets: [], methods: [], itemGroups: [], destinations: [] };
    expect(ofRoute({ when })).toEqual(
      Object.keys(when).map((name) => `routes[0].when.${name}: is empty: name at least one, or leave it out`),
    );
    expect(ofRoute({ when: { destinations: [{ country: 'GB', postcodeAreas: [] }] } })).toEqual([
      'routes[0].when.destinations[0].postcodeAreas: is empty: name at least one, or leave it out',
    ]);
  });

  it.each(['priority', 'value', 'ageHours'] as const)(
    'when a range of %s has no end, or ends before it begins',
    (name) => {
      expect(ofRoute({ when: { [name]: {} } })).toEqual([
        `routes[0].when.${name}: states neither \`from\` nor \`to\`: state one, or leave it out`,
      ]);
      expect(ofRoute({ when: { [name]: { from: 3, to: 2 } } })).toEqual([
        `routes[0].when.${name}: begins at 3 and ends at 2, so nothing fits it: exchange \`from\` and \`to\``,
      ]);
      expect(ofRoute({ when: { [name]: { from: 2, to: 2 } } })).toEqual([]);
    },
  );
});

describe('a fault of fences is named', () => {
  it.each(['kind', 'group', 'location'] as const)('when one of %s says neither what is in nor what is not', (type) => {
    expect(ofFence({ type })).toEqual([`routes[0].fences[0]: a ${type} fence needs \`in\`, \`notIn\`, or both`]);
    expect(ofFence({ type, in: [] })).toEqual(['routes[0].fences[0].in: is empty: name at least one, or leave it out']);
  });

  it('when the same is in and not in, or named twice', () => {
    expect(ofFence({ type: 'kind', in: ['store', 'warehouse'], notIn: ['supplier', 'store'] })).toEqual([
      'routes[0].fences[0].notIn[1]: "store" is also in `in`: take it out of one of the two',
    ]);
    expect(ofFence({ type: 'location', in: ['a', 'b', 'a'] })).toEqual([
      'routes[0].fences[0].in[2]: "a" is named before: name it once',
    ]);
  });

  it('when protected stock protects nothing, or nowhere', () => {
    expect(ofFence({ type: 'protectedStock' })).toEqual([
      'routes[0].fences[0]: protects nothing: state `units`, `weeksOfSupply`, or both',
    ]);
    expect(ofFence({ type: 'protectedStock', units: 2, at: {}, itemGroups: [] })).toEqual([
      'routes[0].fences[0].itemGroups: is empty: name at least one, or leave it out',
      'routes[0].fences[0].at: states nothing: leave it out to mean every location',
    ]);
  });

  it('when stock is ring-fenced for nobody', () => {
    expect(ofFence({ type: 'ringFence', channels: [], units: 5, at: { groups: [] }, skus: [] })).toEqual([
      'routes[0].fences[0].channels: is empty: name at least one, or leave it out',
      'routes[0].fences[0].skus: is empty: name at least one, or leave it out',
      'routes[0].fences[0].at.groups: is empty: name at least one, or leave it out',
    ]);
  });
});

describe('a fault of split rules is named', () => {
  it('when a limit says nothing beside the mode', () => {
    expect(ofRoute({ split: { mode: 'never', mostFulfilments: 2, mostFulfilmentsPerLine: 1 } })).toEqual([
      expect.stringMatching(/^routes\[0\]\.split\.mostFulfilments: says nothing beside `"mode": "never"`/),
      expect.stringMatching(/^routes\[0\]\.split\.mostFulfilmentsPerLine: says nothing beside `"mode": "never"`/),
    ]);
    expect(ofRoute({ split: { mode: 'byLine', mostFulfilments: 2, mostFulfilmentsPerLine: 1 } })).toEqual([
      expect.stringMatching(/^routes\[0\]\.split\.mostFulfilmentsPerLine: says nothing beside `"mode": "byLine"`/),
    ]);
  });

  it('when a line may be split further than its order', () => {
    expect(ofRoute({ split: { mostFulfilments: 2, mostFulfilmentsPerLine: 3 } })).toEqual([
      'routes[0].split.mostFulfilmentsPerLine: is more than `mostFulfilments`, 2: lower it, or leave it out',
    ]);
    expect(ofRoute({ split: { mostFulfilments: 2, mostFulfilmentsPerLine: 2 } })).toEqual([]);
  });

  it('when nothing stays together', () => {
    expect(ofRoute({ split: { togetherGroups: [] } })).toEqual([
      'routes[0].split.togetherGroups: is empty: name at least one, or leave it out',
    ]);
  });
});

describe('a fault of objectives is named', () => {
  it('when both kinds are stated', () => {
    expect(ofObjective({ weighted: { cost: 1 }, lexicographic: ['cost'] })).toEqual([
      'routes[0].objective: states both `weighted` and `lexicographic`: choose one',
    ]);
  });

  it('when nothing has a price or a rank', () => {
    const nothing = expect.stringMatching(/^routes\[0\]\.objective\.weighted: gives nothing a price/);
    expect(ofObjective({ weighted: {} })).toEqual([nothing]);
    expect(ofObjective({ weighted: { cost: 0, parcels: 0 } })).toEqual([nothing]);
    expect(ofObjective({ lexicographic: [] })).toEqual([
      'routes[0].objective.lexicographic: is empty: name at least one, or leave it out',
    ]);
  });

  it('when a term or a location is ranked twice', () => {
    expect(ofObjective({ lexicographic: ['cost', 'priority', 'cost'], sequence: ['a', 'a'] })).toEqual([
      'routes[0].objective.lexicographic[2]: "cost" is named before: name it once',
      'routes[0].objective.sequence[1]: "a" is named before: name it once',
    ]);
  });

  it('when what is unfilled has a price that nothing is compared with', () => {
    expect(ofObjective({ lexicographic: ['cost'], unfilledPerUnit: 5 })).toEqual([
      'routes[0].objective.unfilledPerUnit: goes with `weighted` only: `lexicographic` always fills the most it can',
    ]);
    expect(ofObjective({ unfilledPerUnit: 5 })).toEqual([]);
  });

  it('when a sequence has no effect', () => {
    const fault = expect.stringMatching(/^routes\[0\]\.objective\.sequence: has no effect without the term `priority`/);
    expect(ofObjective({ sequence: ['a'] })).toEqual([fault]);
    expect(ofObjective({ weighted: { cost: 1, priority: 0 }, sequence: ['a'] })).toEqual([fault]);
    expect(ofObjective({ lexicographic: ['cost'], sequence: ['a'] })).toEqual([fault]);
  });
});

describe('a fault of queues is named', () => {
  it('when orders are parked among the backorders', () => {
    expect(ofRoute({ otherwise: { do: 'park', queue: 'backorders' } })).toEqual([
      expect.stringMatching(/^routes\[0\]\.otherwise\.queue: is the queue of what is on backorder/),
    ]);
  });

  it('when a run has a queue that nothing is parked in, or that another run has', () => {
    const run = (queue: string) => ({ queue, everyMinutes: 5 });
    const routes = [{ name: 'all', otherwise: { do: 'park', queue: 'manual' } }] as const;
    expect(faultsIn({ routes, runs: [run('manual'), run('manuel'), run('backorders'), run('manual')] })).toEqual([
      'runs[1].queue: no route parks orders in "manuel": the queues are "backorders", "manual", "unknown-destination", "no-route", "objective-too-large"',
      'runs[3].queue: an earlier run sources "manual": keep one of the two',
    ]);
  });
});

describe('faults', () => {
  it('are all named at once', () => {
    const faults = policyFaults({
      routes: [
        { name: 'a', split: { togetherGroups: [] } },
        { name: 'a', otherwise: { do: 'nextRoute' } },
      ],
      runs: [{ queue: 'x', everyMinutes: 1 }],
    });
    expect(faults.map(({ path }) => path)).toEqual([
      'routes[0].split.togetherGroups',
      'routes[1].name',
      'routes[1]',
      'routes[1].otherwise.do',
      'runs[0].queue',
    ]);
  });
});
