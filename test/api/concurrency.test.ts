import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orderAnswer } from '../../src/api/answers.ts';
import type { DomainEvent } from '../../src/domain/event.ts';
import type { Client } from '../support/api-client.ts';
import { eventually, orderRequest, receive, setUp, stockOf } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const ORDERS = 500;
const UNITS = { leeds: 50, york: 30, hull: 20 };

/** What an event does to on hand and reserved, told from quantities alone and not from the balances it carries. */
const deltaOf = (event: DomainEvent, quantity: number): readonly [number, number] => {
  switch (event.type) {
    case 'StockReceived':
      return [quantity, 0];
    case 'StockReserved':
      return [0, quantity];
    case 'ReservationReleased':
      return [0, -quantity];
    case 'StockIssued':
    case 'ItemShortPicked':
      return [-quantity, -quantity];
    default:
      return [0, 0];
  }
};

describe('five hundred orders at once for a hundred units', () => {
  let running: RunningService;
  let admin: Client;

  beforeAll(async () => {
    running = await startService();
    admin = running.admin;
    await setUp(admin, UNITS);
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  const countOf = async (status: string): Promise<number> => {
    let count = 0;
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await admin.get(`/v1/orders?limit=200&status=${status}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      count += page.items(orderAnswer).length;
      cursor = (page.body as { readonly nextCursor: string | null }).nextCursor;
    }
    return count;
  };

  const history = async (): Promise<DomainEvent[]> => {
    const events: DomainEvent[] = [];
    for await (const recorded of running.service.eventStore.readAll()) {
      const decoded = running.service.codec.decode(recorded);
      if (decoded.ok) events.push(decoded.event);
    }
    return events;
  };

  it('are allocated a hundred times, never more, and all others wait', async () => {
    const lines = [{ sku: 'teapot', quantity: 1 }];
    const placing = Array.from({ length: ORDERS }, (_, index) =>
      admin.post('/v1/orders', orderRequest(`N-${index}`, { lines })),
    );
    const answers = await Promise.all(placing);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const statuses = answers.map((answer) => answer.as(orderAnswer).status);
    expect(statuses.filter((status) => status === 'allocated')).toHaveLength(100);
    expect(statuses.filter((status) => status === 'backordered')).toHaveLength(400);
    expect([await countOf('allocated'), await countOf('backordered')]).toEqual([100, 400]);
    expect(await stockOf(admin)).toEqual({ hull: [20, 20, 0], leeds: [50, 50, 0], york: [30, 30, 0] });
  });

  it('get what a receipt brings: as many orders as units', async () => {
    const before = await countOf('backordered');
    await receive(admin, 'hull', 25);
    await eventually(
      () => countOf('allocated'),
      (count) => count === 125,
    );
    expect(await countOf('backordered')).toBe(before - 25);
    expect(await stockOf(admin)).toMatchObject({ hull: [45, 45, 0] });
  });

  it('never held more reserved than on hand, at any moment of the log', async () => {
    const held = new Map<string, readonly [number, number]>();
    let checked = 0;
    for (const event of await history()) {
      if (!('lines' in event.data) || !('locationId' in event.data)) continue;
      for (const line of event.data.lines) {
        if (!('quantity' in line)) continue;
        const place = `${event.data.locationId} ${line.sku}`;
        const [onHand, reserved] = held.get(place) ?? [0, 0];
        const [more, bound] = deltaOf(event, line.quantity);
        const balances = [onHand + more, reserved + bound] as const;
        expect(balances[1]).toBeGreaterThanOrEqual(0);
        expect(balances[0]).toBeGreaterThanOrEqual(balances[1]);
        expect(line).toMatchObject({ onHand: balances[0], reserved: balances[1] });
        held.set(place, balances);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThanOrEqual(129);
    expect(Object.fromEntries(held)).toEqual({
      'hull teapot': [45, 45],
      'leeds teapot': [50, 50],
      'york teapot': [30, 30],
    });
  });
});
