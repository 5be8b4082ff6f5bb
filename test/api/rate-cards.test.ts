import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rateCardAnswer } from '../../src/api/policy-answers.ts';
import { rateCardSchema } from '../../src/api/policy-schema.ts';
import { eventually } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const band = {
  transitDays: 1,
  prices: [
    { upTo: 1_000, price: 400 },
    { upTo: 5_000, price: 700 },
  ],
};
const card = { carrier: 'Example Parcel', service: 'Next day', bands: [band] };

describe('rate cards', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  const put = (id: string, body: object, headers = {}) => running.admin.put(`/v1/rate-cards/${id}`, body, headers);
  const known = () => running.service.directory.rateCards().map(({ rateCardId }) => rateCardId);

  it('are introduced, changed, listed, withdrawn, and introduced once more', async () => {
    const first = await put('next-day', card);
    expect([first.status, first.etag]).toEqual([201, '"1"']);
    expect((await put('next-day', card)).etag).toBe('"1"');
    const changed = await put('next-day', { ...card, deliveryWeekdays: [1, 2, 3] });
    expect([changed.status, changed.as(rateCardAnswer).deliveryWeekdays]).toEqual([200, [1, 2, 3]]);
    await put('economy', { ...card, service: 'Economy' });
    const listed = (await running.admin.get('/v1/rate-cards')).items(rateCardSchema);
    expect(listed.map(({ rateCardId }) => rateCardId)).toEqual(['economy', 'next-day']);
    await eventually(
      async () => known(),
      (ids) => ids.join() === 'economy,next-day',
    );
    expect((await running.admin.delete('/v1/rate-cards/next-day')).status).toBe(204);
    expect((await running.admin.delete('/v1/rate-cards/next-day')).status).toBe(204);
    expect((await running.admin.get('/v1/rate-cards/next-day')).code).toBe('not-found');
    expect((await running.admin.get('/v1/rate-cards')).items(rateCardSchema)).toHaveLength(1);
    await eventually(
      async () => known(),
      (ids) => ids.join() === 'economy',
    );
    expect((await put('next-day', card)).status).toBe(201);
    expect((await running.admin.delete('/v1/rate-cards/unheard-of')).code).toBe('rate-card-unknown');
  });

  it('are guarded by entity tags', async () => {
    const { etag } = await put('guarded', card);
    expect((await put('guarded', { ...card, service: 'Mine' }, { 'if-match': etag })).status).toBe(200);
    expect((await put('guarded', { ...card, service: 'Yours' }, { 'if-match': etag })).code).toBe('version-mismatch');
    expect((await running.admin.delete('/v1/rate-cards/guarded', { 'if-match': etag })).code).toBe('version-mismatch');
  });

  it.each<[string, object]>([
    ['has no bands', { ...card, bands: [] }],
    ['has a band without prices', { ...card, bands: [{ ...band, prices: [] }] }],
    ['goes from heavy to light', { ...card, bands: [{ ...band, prices: band.prices.toReversed() }] }],
    [
      'has two prices of one weight',
      {
        ...card,
        bands: [
          {
            ...band,
            prices: [
              { upTo: 1, price: 1 },
              { upTo: 1, price: 2 },
            ],
          },
        ],
      },
    ],
    ['has a price below nothing', { ...card, bands: [{ ...band, prices: [{ upTo: 1, price: -1 }] }] }],
    ['carries nothing', { ...card, bands: [{ ...band, prices: [{ upTo: 0, price: 1 }] }] }],
    ['is there before it leaves', { ...card, bands: [{ ...band, transitDays: -1 }] }],
    ['delivers on no day', { ...card, deliveryWeekdays: [] }],
    ['delivers on an eighth day', { ...card, deliveryWeekdays: [8] }],
    ['names a day twice', { ...card, deliveryWeekdays: [1, 1] }],
    ['goes to no area', { ...card, bands: [{ ...band, to: [] }] }],
    ['has a field of another name', { ...card, bands: [{ ...band, transitdays: 1 }] }],
  ])('are refused when one %s', async (_, body) => {
    expect((await put('refused', body)).code).toBe('request-invalid');
    expect((await running.admin.get('/v1/rate-cards/refused')).code).toBe('not-found');
  });
});
