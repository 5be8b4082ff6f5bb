import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inventoryItem, orderAnswer, quarantinedItem } from '../../src/api/answers.ts';
import { loadQuarantine } from '../../src/projections/quarantine.ts';
import type { Answer, Client } from '../support/api-client.ts';
import { place, receive, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const ORDERS = 23;
const cursorOf = ({ body }: Answer): string | null => (body as { readonly nextCursor: string | null }).nextCursor;
const withCursor = (path: string, cursor: string): string => `${path}&cursor=${encodeURIComponent(cursor)}`;

describe('lists', () => {
  let running: RunningService;
  let admin: Client;
  let tooFarAhead: Promise<Answer>;

  beforeAll(async () => {
    running = await startService();
    admin = running.admin;
    await setUp(admin, { leeds: 1, york: 1 });
    // Groups of the same instant: the order within them must hold, too.
    const placing = Array.from({ length: ORDERS }, (_, index) =>
      place(admin, `C-${index}`, { placedAt: `2026-03-0${1 + Math.floor(index / 5)}T10:00:00Z` }),
    );
    await Promise.all(placing);
    // Answered only after some seconds, so it is asked early.
    tooFarAhead = admin.get('/v1/inventory?minPosition=9000000000000000');
    for (let sku = 1; sku <= 12; sku += 1) await receive(admin, 'leeds', sku, `cup-${sku}`);
  });

  afterAll(async () => {
    expect(running.errors.filter((line) => !/read-model-behind|"status":503/.test(line))).toEqual([]);
    await running.stopAndRemove();
  });

  /** Every page of a list, the first one at the cursor if there is one. */
  const pages = async (path: string, from: string | null = null): Promise<Answer[]> => {
    const found: Answer[] = [];
    let cursor = from;
    do {
      const page = await admin.get(cursor === null ? path : withCursor(path, cursor));
      expect(page.status).toBe(200);
      found.push(page);
      cursor = cursorOf(page);
    } while (cursor !== null);
    return found;
  };

  it.each([1, 5, 7, 22, 23, 24, 200])('cover everything once, in order, by pages of %i', async (limit) => {
    const found = await pages(`/v1/orders?limit=${limit}`);
    expect(found).toHaveLength(Math.ceil(ORDERS / limit));
    const orders = found.flatMap((page) => page.items(orderAnswer));
    expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(ORDERS);
    expect(orders).toHaveLength(ORDERS);
    const instants = orders.map(({ placedAt }) => placedAt);
    expect(instants).toEqual([...instants].sort().reverse());
  });

  it('show nothing twice when something is added between two pages', async () => {
    const first = await admin.get('/v1/orders?limit=10');
    const { orderId } = await place(admin, 'C-new', { placedAt: '2026-04-01T10:00:00Z' });
    const rest = await pages('/v1/orders?limit=10', cursorOf(first));
    const ids = [first, ...rest].flatMap((page) => page.items(orderAnswer)).map(({ orderId }) => orderId);
    expect([ids.length, new Set(ids).size]).toEqual([ORDERS, ORDERS]);
    await admin.post(`/v1/orders/${orderId}/cancel`);
  });

  it('cover filtered lists as well', async () => {
    const stock = await pages('/v1/stock-locations/leeds/inventory?limit=5');
    const skus = stock.flatMap((page) => page.items(inventoryItem.omit({ locationId: true }))).map(({ sku }) => sku);
    expect(skus).toEqual([...skus].sort());
    expect(skus).toHaveLength(13);
    const backordered = await pages('/v1/orders?limit=4&status=backordered');
    expect(backordered.flatMap((page) => page.items(orderAnswer))).toHaveLength(ORDERS - 1);
  });

  it('cover the quarantine, the oldest event first', async () => {
    const events = Array.from({ length: 5 }, (_, index) => ({
      ...{ stream: 'channel-odd', version: index + 1, type: 'NotYetInvented', reason: 'unknown event type' },
      position: `000000000000010${index}`,
    }));
    const quarantine = await loadQuarantine(running.service.readStore);
    await quarantine.put(events);
    const found = await pages('/v1/quarantine?limit=2');
    expect(found.map((page) => page.items(quarantinedItem).length)).toEqual([2, 2, 1]);
    expect(found.flatMap((page) => page.items(quarantinedItem))).toEqual(events);
    await quarantine.release('channel-odd', null);
  });

  it('refuse a cursor that was changed, cut or made up', async () => {
    const cursor = cursorOf(await admin.get('/v1/orders?limit=3')) ?? '';
    const changed = [...cursor].map(
      (letter, index) => cursor.slice(0, index) + (letter === 'A' ? 'B' : 'A') + cursor.slice(index + 1),
    );
    const forged = Buffer.concat([Buffer.alloc(12), Buffer.from('["x"]')]).toString('base64url');
    for (const one of [...changed.slice(0, -1), cursor.slice(0, -4), `${cursor}AAAA`, forged, 'AAAA', '!', '{}']) {
      const answer = await admin.get(withCursor('/v1/orders?limit=3', one));
      expect([one, answer.status, answer.code]).toEqual([one, 400, 'cursor-invalid']);
    }
  });

  it('refuse the cursor of another query, list or API key', async () => {
    const cursor = cursorOf(await admin.get('/v1/orders?limit=3')) ?? '';
    const operator = await running.issue({ role: 'operator' });
    const answers = [
      await admin.get(withCursor('/v1/orders?limit=3&status=backordered', cursor)),
      await admin.get(withCursor('/v1/orders?limit=3&channelId=web-uk', cursor)),
      await admin.get(withCursor('/v1/inventory?limit=3', cursor)),
      await operator.get(withCursor('/v1/orders?limit=3', cursor)),
    ];
    expect(answers.map(({ code }) => code)).toEqual(answers.map(() => 'cursor-invalid'));
    expect((await admin.get(withCursor('/v1/orders?limit=9', cursor))).status).toBe(200);
  });

  it.each(['0', '-1', '201', '1.5', 'many', '', '1e999', 'NaN', '5&limit=6'])(
    'refuse a limit of "%s"',
    async (limit) => {
      const answer = await admin.get(`/v1/orders?limit=${limit}`);
      expect([answer.status, answer.code]).toEqual([400, 'request-invalid']);
    },
  );

  it('hold what somebody else wrote, for whoever asks for its position', async () => {
    const reporting = await running.issue({ role: 'reporting' });
    for (let round = 0; round < 10; round += 1) {
      const { position } = (await receive(admin, 'york', 1, `plate-${round}`)).body as { readonly position: string };
      const path = `/v1/inventory?sku=plate-${round}&minPosition=${position}`;
      expect((await reporting.get(path)).items(inventoryItem)).toMatchObject([{ locationId: 'york', onHand: 1 }]);
    }
  });

  it('hold at once what the same API key wrote', async () => {
    for (let round = 0; round < 10; round += 1) {
      await receive(admin, 'york', 1, `bowl-${round}`);
      expect((await admin.get(`/v1/inventory?sku=bowl-${round}`)).items(inventoryItem)).toHaveLength(1);
    }
  });

  it('say how far they are when a position is too far ahead', async () => {
    const answer = await tooFarAhead;
    expect([answer.status, answer.code, answer.headers.get('retry-after')]).toEqual([503, 'read-model-behind', '1']);
    expect(answer.body).toMatchObject({ position: expect.stringMatching(/^0\d+$/) });
    expect((await admin.get('/v1/inventory?minPosition=%27%20OR%201')).status).toBe(400);
    // Of no log, and of another one: nothing to wait for.
    for (const foreign of ['abc', '1', '9'.repeat(40)]) {
      const answer = await admin.get(`/v1/inventory?minPosition=${foreign}`);
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('`minPosition` is no position of this log.');
    }
  });
});
