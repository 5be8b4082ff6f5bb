import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type BackorderOffers, createBackorderOffers } from '../../src/application/backorder-offers.ts';
import type { ReadModels } from '../../src/projections/read-models.ts';
import type { Query, Stored } from '../../src/projections/read-store.ts';
import { cause } from '../support/process-bench.ts';

const UP_TO = '0000000000000005';

describe('offering what came free', () => {
  let offers: BackorderOffers;
  let backorders: Stored[];
  let asked: string[];
  /** Places that are left in the day of a location. */
  let rooms: Map<string, number>;
  let take: (orderId: string) => void;
  const holders: Record<string, readonly string[]> = { cup: ['leeds'], saucer: ['leeds', 'york'], spoon: ['york'] };
  const reached = vi.fn<ReadModels['reached']>();

  const find = async (_name: string, { equals, after, limit }: Query) => {
    const items = backorders
      .filter(({ body }) => equals === undefined || body.sku === equals.sku)
      .filter(({ id, body }) => after === undefined || `${body.since} ${id}` > `${after.value} ${after.id}`);
    return { items: items.slice(0, limit), position: null };
  };
  /** In the order in which they began to wait. */
  const waiting = (...all: readonly (readonly [orderId: string, sku: string])[]): void => {
    backorders = all.map(([orderId, sku], index) => ({
      id: `${orderId}/${sku}`,
      position: '1',
      body: { orderId, sku, since: `2026-03-02T09:00:00.${String(index).padStart(3, '0')}Z` },
    }));
  };
  const came = (...skus: readonly string[]) => offers.offer([{ position: UP_TO, cause, skus }]);
  const toTheEnd = async () => {
    while (await offers.turn(UP_TO));
    return asked;
  };

  beforeEach(() => {
    asked = [];
    backorders = [];
    rooms = new Map([
      ['leeds', 1],
      ['york', 1],
    ]);
    take = () => undefined;
    reached.mockReset().mockResolvedValue(true);
    offers = createBackorderOffers({
      readModels: { find, reached },
      availability: { holdersOf: (sku) => holders[sku] ?? [] },
      capacity: { hasRoom: (locationId) => (rooms.get(locationId) ?? 0) > 0 },
      startsAfter: '0000000000000001',
      startedBy: cause,
      ask: async (orderId) => {
        asked.push(orderId);
        take(orderId);
      },
    });
    offers.waitsFor(['cup', 'saucer', 'spoon', 'plate']);
  });

  it('asks those who wait for it, and looks for nobody where there is none of it', async () => {
    waiting(['o1', 'cup'], ['o2', 'plate'], ['o3', 'saucer']);
    came('cup', 'plate', 'fork');
    expect(await toTheEnd()).toEqual(['o1']);
  });

  it('lets nobody wait behind the many who wait for something else', async () => {
    waiting(...Array.from({ length: 500 }, (_, index) => [`cup-${index}`, 'cup'] as const), ['late', 'spoon']);
    came('cup', 'spoon');
    expect(await offers.turn(UP_TO)).toBe(true);
    expect(asked).toContain('late');
    expect(asked.length).toBeLessThan(100);
    expect(new Set(await toTheEnd()).size).toBe(501);
  });

  it('gives places of the day to the longest wait for anything that is held there, as long as there is room', async () => {
    waiting(['o1', 'spoon'], ['o2', 'saucer'], ['o3', 'cup'], ['o4', 'saucer']);
    take = () => void rooms.set('leeds', 0);
    offers.offerPlacesAt(['leeds'], cause);
    expect(await toTheEnd()).toEqual(['o2']);
  });

  it('gives all that a location holds to those who wait when it can be asked again, full or not', async () => {
    waiting(['o1', 'spoon'], ['o2', 'saucer'], ['o3', 'cup']);
    const resumed = { position: UP_TO, cause, stockOf: 'leeds' };
    offers.offer([resumed]);
    expect(await toTheEnd()).toEqual(['o2', 'o3']);
    rooms.set('leeds', 0);
    offers.offer([resumed]);
    expect((await toTheEnd()).slice(2).sort()).toEqual(['o2', 'o3']);
  });

  it('looks nowhere for those who wait for what nobody waits for', async () => {
    came('cup');
    await toTheEnd();
    waiting(['o1', 'cup']);
    came('cup');
    expect(await toTheEnd()).toEqual([]);
    offers.waitsFor(['cup']);
    came('cup');
    expect(await toTheEnd()).toEqual(['o1']);
  });

  it('forgets nobody while the read model may lack somebody', async () => {
    reached.mockResolvedValueOnce(false);
    came('cup');
    expect(await offers.turn(UP_TO)).toBe(true);
    waiting(['o1', 'cup']);
    expect(await toTheEnd()).toEqual(['o1']);
  });

  it('learns who waited before the start once the read model tells, and offers them what there is', async () => {
    holders.fork = ['leeds'];
    waiting(...Array.from({ length: 300 }, (_, index) => [`o${index}`, index === 250 ? 'fork' : 'plate'] as const));
    reached.mockResolvedValueOnce(false);
    expect(await offers.readOn()).toBe(false);
    expect(await toTheEnd()).toEqual([]);
    while (!(await offers.readOn()));
    expect(await toTheEnd()).toEqual(['o250']);
    came('fork');
    expect(await toTheEnd()).toEqual(['o250', 'o250']);
  });
});
