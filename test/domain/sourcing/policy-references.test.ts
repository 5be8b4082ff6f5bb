import { describe, expect, it } from 'vitest';
import { referencesIn } from '../../../src/domain/sourcing/policy-references.ts';

describe('the references of a policy', () => {
  it('are all that it names, each with its place', () => {
    const found = referencesIn({
      routes: [
        {
          name: 'web',
          when: { channels: ['web-uk', 'web-de'], markets: ['UK'] },
          fences: [
            { type: 'group', in: ['north'] },
            { type: 'location', in: ['leeds'], notIn: ['hull'] },
            { type: 'protectedStock', units: 1, at: { locations: ['york'], groups: ['south'] } },
            { type: 'ringFence', channels: ['b2b'], units: 1, at: { locations: ['bath'] } },
          ],
        },
        { name: 'all', objective: { weighted: { priority: 1 }, sequence: ['leeds', 'york'] } },
      ],
    });
    expect(found.map(({ path, kind, id }) => `${kind} ${id} at ${path}`)).toEqual([
      'channel web-uk at routes[0].when.channels[0]',
      'channel web-de at routes[0].when.channels[1]',
      'market UK at routes[0].when.markets[0]',
      'location group north at routes[0].fences[0].in[0]',
      'location leeds at routes[0].fences[1].in[0]',
      'location hull at routes[0].fences[1].notIn[0]',
      'location york at routes[0].fences[2].at.locations[0]',
      'location group south at routes[0].fences[2].at.groups[0]',
      'channel b2b at routes[0].fences[3].channels[0]',
      'location bath at routes[0].fences[3].at.locations[0]',
      'location leeds at routes[1].objective.sequence[0]',
      'location york at routes[1].objective.sequence[1]',
    ]);
  });

  it('are none where all is said by kind, capacity and distance', () => {
    expect(
      referencesIn({
        routes: [{ name: 'all', fences: [{ type: 'distance', atMostKilometres: 5 }, { type: 'capacity' }] }],
      }),
    ).toEqual([]);
  });
});
