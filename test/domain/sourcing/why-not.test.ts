import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exclusions } from '../../../src/domain/sourcing/network.ts';
import type { SourcingRecord } from '../../../src/domain/sourcing/record.ts';
import { whyNot } from '../../../src/domain/sourcing/why-not.ts';
import { units } from '../../support/examples.ts';
import { anyPolicy, anySite, cheapest, replayable, site } from './explaining-cases.ts';
import { type Circumstances, networkOf, planned, policyOf } from './sourcing-cases.ts';

describe('why not a location, and what would have flipped it', () => {
  const demand = [units('1', 'teapot', 4)];

  it('tells by how much its parcel would have to be cheaper', () => {
    const network = networkOf([site(100), site(160)], [[5, 5]]);
    const { record } = planned(demand, network, { policy: cheapest });
    const answer = whyNot(replayable(record), cheapest, 'l1');
    expect(answer).toMatchObject({ verdict: 'not-better', flips: [{ type: 'cost', by: 60, exact: true }] });
    const flipped = planned(demand, networkOf([site(100), site(160 - 61)], [[5, 5]]), { policy: cheapest });
    expect(flipped.fulfilments.map(({ locationId }) => locationId)).toEqual(['l1']);
  });

  it('goes term by term: no price brings in a location that would be a parcel more', () => {
    const policy = policyOf({ objective: { lexicographic: ['parcels', 'cost'] } });
    const network = networkOf([site(100), site(250), site(250)], [[5, 1, 5]]);
    const record = replayable(planned(demand, network, { policy }).record);
    expect(whyNot(record, policy, 'l1')).toMatchObject({ difference: { term: 'parcels', by: 1 } });
    expect(whyNot(record, policy, 'l1')?.flips.filter(({ type }) => type === 'cost')).toEqual([]);
    expect(whyNot(record, policy, 'l2')?.flips).toEqual([
      { type: 'cost', route: 'route 1', term: 'cost', by: 150, exact: true },
    ]);
  });

  it('tells how many more units of which SKU it would have needed', () => {
    const stock = [[5, 2]];
    const { record } = planned(demand, networkOf([site(500), site(100)], stock), { policy: cheapest });
    expect(record.passes[0]?.plan.map(({ location }) => location)).toEqual([0]);
    expect(whyNot(replayable(record), cheapest, 'l1')?.flips).toContainEqual({
      type: 'stock',
      sku: 'teapot',
      units: 2,
      exact: true,
    });
  });

  it('names each fence that kept it out with what it asks and what it saw, and whether it would be chosen inside', () => {
    const policy = policyOf({
      fences: [
        { type: 'distance', atMostKilometres: 100 },
        { type: 'kind', in: ['store'] },
      ],
      otherwise: { do: 'backorder' },
    });
    const { record } = planned(demand, networkOf([site(100, { kilometres: 200 })], [[5]]), { policy });
    expect(whyNot(replayable(record), policy, 'l0')).toMatchObject({
      verdict: 'fenced',
      flips: [
        {
          type: 'fences',
          sufficient: true,
          fences: [
            { type: 'distance', expected: 'at most 100 km', actual: 200 },
            { type: 'kind', expected: 'one of store', actual: 'warehouse' },
          ],
        },
      ],
    });
  });

  it('knows who is in the plan, who was suspended, and who had nothing', () => {
    const { locations, ...rest } = networkOf([site(100), site(100)], [[5, 5]]);
    const network = { ...rest, locations: locations.map((one, at) => ({ ...one, suspended: at === 1 })) };
    const record = replayable(planned(demand, network, { policy: cheapest }).record);
    expect(['l0', 'l1', 'elsewhere'].map((id) => whyNot(record, cheapest, id)?.verdict)).toEqual([
      'chosen',
      'ruled-out',
      'unknown-or-no-stock',
    ]);
  });
});

describe('what would have flipped a decision', () => {
  const chosen = (...asked: Parameters<typeof planned>) => planned(...asked).fulfilments.map((one) => one.locationId);
  const asked = (sites: Parameters<typeof networkOf>[0], stock: number[][], circumstances: Circumstances) => {
    const demand = stock.map((_, at) => units(`${at + 1}`, `sku${at}`, at === 0 ? 5 : 1));
    const policy = circumstances.policy ?? cheapest;
    const { record } = planned(demand, networkOf(sites, stock), { ...circumstances, policy });
    return {
      whyNot: (locationId: string) => whyNot(replayable(record), policy, locationId),
      with: (more: number, sku: number, location: number) => {
        const raised = stock.map((row, at) => (at === sku ? row.with(location, (row[location] ?? 0) + more) : row));
        return chosen(demand, networkOf(sites, raised), { ...circumstances, policy });
      },
    };
  };

  it('counts what stock fences keep back', () => {
    const policy = policyOf({ fences: [{ type: 'protectedStock', units: 2 }] });
    const order = asked(
      [site(100), site(500)],
      [
        [7, 9],
        [0, 9],
      ],
      { policy },
    );
    expect(order.whyNot('l0')?.flips).toContainEqual({ type: 'stock', sku: 'sku1', units: 3, exact: true });
    expect([order.with(2, 1, 0), order.with(3, 1, 0)]).toEqual([['l1'], ['l0']]);
  });

  it('names the stock fences that keep back all there is, and what is missing then', () => {
    const policy = policyOf({
      fences: [
        { type: 'protectedStock', units: 5 },
        { type: 'ringFence', channels: ['other'], units: 1 },
      ],
    });
    const order = asked([site(100), site(500)], [[5, 30]], { policy });
    expect(order.whyNot('l0')).toMatchObject({
      verdict: 'nothing-usable',
      flips: [
        {
          type: 'fences',
          sufficient: true,
          fences: [
            { type: 'protectedStock', expected: 'more than 5 units of sku0', actual: 5 },
            { type: 'ringFence', expected: 'more than 1 units of sku0', actual: 5 },
          ],
        },
        { type: 'stock', units: 6, exact: true },
      ],
    });
    expect([order.with(5, 0, 0), order.with(6, 0, 0)]).toEqual([['l1'], ['l0']]);
  });

  it('asks every route: what the first one lacked, though the second one fences it out', () => {
    const policy = policyOf(
      {
        split: { mode: 'never', partial: false },
        fences: [{ type: 'distance', atMostKilometres: 50 }],
        otherwise: { do: 'nextRoute' },
      },
      { fences: [{ type: 'location', in: ['l1'] }] },
    );
    const order = asked([site(100), site(100, { kilometres: 90 })], [[4, 9]], { policy });
    const answer = order.whyNot('l0');
    expect(answer).toMatchObject({
      verdict: 'not-better',
      flips: [
        { type: 'fences', route: 'route 2', sufficient: false },
        { type: 'stock', sku: 'sku0', units: 1, exact: true },
      ],
    });
    expect(answer?.reason).toMatch(/^Route route 1: Nothing could be filled .* Route route 2: Kept out by location/);
    expect(order.with(1, 0, 0)).toEqual(['l0']);
  });

  it('tells by how much it lost in the route in which it took part', () => {
    const policy = policyOf(
      { fences: [{ type: 'location', in: ['l0'] }], otherwise: { do: 'nextRoute' } },
      { fences: [{ type: 'location', notIn: ['l0'] }] },
    );
    const answer = asked([site(100), site(300), site(350)], [[3, 9, 9]], { policy }).whyNot('l2');
    expect(answer).toMatchObject({ verdict: 'not-better', difference: { term: 'objective', by: 50 } });
    expect(answer?.flips).toContainEqual({ type: 'cost', route: 'route 2', term: 'objective', by: 50, exact: true });
  });

  it('promises nothing of units that the location rejected', () => {
    const flipsOf = (excluded: Exclusions) =>
      asked(
        [site(100), site(50)],
        [
          [0, 1],
          [9, 9],
        ],
        { excluded },
      ).whyNot('l0')?.flips;
    expect(flipsOf([])).toEqual([{ type: 'stock', sku: 'sku0', units: 1, exact: true }]);
    expect(flipsOf([{ locationId: 'l0', sku: 'sku0' }])).toEqual([]);
  });

  it('is so: with these units the location is chosen, with one fewer it is not', () => {
    let flipped = 0;
    fc.assert(
      fc.property(
        anyPolicy,
        fc.array(anySite, { minLength: 2, maxLength: 5 }),
        fc.array(fc.array(fc.nat(6), { minLength: 5, maxLength: 5 }), { minLength: 2, maxLength: 2 }),
        (policy, sites, stock) => {
          const demand = stock.map((_, at) => units(`${at + 1}`, `sku${at}`, 2 + at));
          const { record } = planned(demand, networkOf(sites, stock), { policy });
          const stored = replayable(JSON.parse(JSON.stringify(record)) as SourcingRecord);
          for (const [location] of sites.entries()) {
            const locationId = `l${location}`;
            for (const flip of whyNot(stored, policy, locationId)?.flips ?? []) {
              if (flip.type !== 'stock') continue;
              const withMore = (more: number) =>
                chosen(
                  demand,
                  networkOf(
                    sites,
                    stock.map((row, at) =>
                      `sku${at}` === flip.sku ? row.with(location, (row[location] ?? 0) + more) : row,
                    ),
                  ),
                  { policy },
                );
              flipped += 1;
              expect(withMore(flip.units)).toContain(locationId);
              expect(withMore(flip.units - 1)).not.toContain(locationId);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(flipped).toBeGreaterThan(50);
  });
});
