import { describe, expect, it } from 'vitest';
import type { RateCard } from '../../../src/domain/rate-card.ts';
import { explain } from '../../../src/domain/sourcing/explain.ts';
import type { Fence } from '../../../src/domain/sourcing/policy.ts';
import { isReplayable, replay } from '../../../src/domain/sourcing/replay.ts';
import { sourcingRecord } from '../../../src/event-store/sourcing-record.ts';
import { units } from '../../support/examples.ts';
import { leeds, NOW, networkOf, planned, policyOf } from './sourcing-cases.ts';

const card = (rateCardId: string, transitDays: number, price: number): RateCard => ({
  rateCardId,
  carrier: 'Example Parcel',
  service: rateCardId,
  bands: [{ transitDays, prices: [{ upTo: 9_000, price }] }],
});
const rateCards = [card('economy', 4, 100), card('express', 1, 300)];
const site = { parcel: 50, unit: 0, kilometres: 0, priority: 1 };
const elsewhere: Fence = { type: 'location', notIn: ['l0'] };
const tomorrow: Fence = { type: 'deliveryPromise', withinDays: 1 };

const sourced = (...routes: readonly (readonly Fence[])[]) => {
  const policy = policyOf(
    ...routes.map((fences, index) => ({
      fences,
      ...(index < routes.length - 1 && { otherwise: { do: 'nextRoute' as const } }),
    })),
  );
  const order = { placedAt: NOW };
  return { policy, ...planned([units('1', 'teapot', 1)], networkOf([site], [[5]]), { policy, rateCards, order }) };
};

describe('a route that promises another day than the one before', () => {
  it('sends by the services that keep its own promise', () => {
    const { fulfilments } = sourced([elsewhere], [tomorrow]);
    expect(fulfilments).toMatchObject([{ locationId: 'l0', cost: 350, deliveryDay: '2026-03-03' }]);
  });

  it('pays for no faster service than it needs', () => {
    const { fulfilments } = sourced([elsewhere, tomorrow], []);
    expect(fulfilments).toMatchObject([{ locationId: 'l0', cost: 150, deliveryDay: '2026-03-06' }]);
  });

  it('is recorded as it was seen: stored, explained and made again', () => {
    const { record, policy, fulfilments } = sourced([elsewhere], [tomorrow]);
    expect(sourcingRecord.parse(record)).toEqual(record);
    if (!isReplayable(record)) throw new Error('it says when and for whom it was made');
    expect(replay(record, policy, leeds)).toEqual(record.passes);
    expect(explain(record, policy)?.why.map(({ cost }) => cost)).toEqual(fulfilments.map(({ cost }) => cost));
  });

  it('adds nothing to the record of an order that was promised a day itself', () => {
    const policy = policyOf({ fences: [elsewhere], otherwise: { do: 'nextRoute' } }, { fences: [tomorrow] });
    const order = { placedAt: NOW, deliverBy: '2026-03-03' };
    const network = networkOf([site], [[5]]);
    const { record, fulfilments } = planned([units('1', 'teapot', 1)], network, { policy, rateCards, order });
    expect(record.candidates.byPromise).toBeUndefined();
    expect(fulfilments).toMatchObject([{ cost: 350, deliveryDay: '2026-03-03' }]);
  });
});
