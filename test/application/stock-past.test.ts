import { describe, expect, it } from 'vitest';
import { createAvailabilityIndex } from '../../src/application/availability.ts';
import type { DomainEvent } from '../../src/domain/event.ts';
import type { StockLocationEvent } from '../../src/domain/stock-location/stock-location.ts';
import { inventory } from '../../src/projections/inventory.ts';
import { locationLoad } from '../../src/projections/location-load.ts';
import { exampleProfile } from '../support/examples.ts';
import { bodiesOf, foldDocuments } from '../support/fold-documents.ts';
import { asRecorded } from '../support/history.ts';

const WEEK = 7 * 86_400_000;
const START = Date.UTC(2026, 2, 2, 9);
const needs = { weeklyDemand: true, refusals: true };

type Units = { readonly at: string; readonly weeks: number; readonly quantity: number };

const change = ({ at, quantity }: Units) => ({
  locationId: at,
  fulfilmentId: 'f1',
  orderId: 'o1',
  lines: [{ sku: 'teapot', quantity, onHand: 9, reserved: 1 }],
});
/** Events with the weeks, counted from a Monday, in which they happened. */
const story = (...told: readonly (readonly [weeks: number, event: StockLocationEvent])[]): readonly DomainEvent[] =>
  asRecorded(told.map(([, event]) => [`stockLocation-${event.data.locationId}`, event] as const)).map(
    (event, index) => {
      const recordedAt = new Date(START + (told[index]?.[0] ?? 0) * WEEK).toISOString();
      return { ...event, metadata: { ...event.metadata, recordedAt } };
    },
  );

const profile = exampleProfile({ capacity: { fulfilmentsPerDay: 9 } });
const registered = (locationId: string): StockLocationEvent => ({
  type: 'LocationRegistered',
  data: { locationId, profile },
});
const issued = (at: string, weeks: number, quantity: number) =>
  [weeks, { type: 'StockIssued', data: change({ at, weeks, quantity }) }] as const;
const notFound = (at: string, weeks: number) =>
  [weeks, { type: 'ItemShortPicked', data: change({ at, weeks, quantity: 1 }) }] as const;
const released = (at: string, weeks: number, cause?: 'rejected') =>
  [
    weeks,
    { type: 'ReservationReleased', data: { ...change({ at, weeks, quantity: 1 }), ...(cause && { cause }) } },
  ] as const;
const received = (at: string, weeks: number, reserved = 0) =>
  [
    weeks,
    {
      type: 'StockReceived',
      data: { locationId: at, reference: `r${weeks}`, lines: [{ sku: 'teapot', quantity: 1, onHand: 9, reserved }] },
    },
  ] as const;
const promised = (at: string, day: string, fulfilments: number) =>
  [
    0,
    { type: 'StockReserved', data: { ...change({ at, weeks: 0, quantity: 1 }), load: { day, fulfilments } } },
  ] as const;

const history = story(
  [0, registered('leeds')],
  [0, registered('york')],
  received('leeds', 0),
  promised('leeds', '2026-03-02', 1),
  promised('leeds', '2026-03-02', 2),
  promised('leeds', '2026-03-03', 1),
  issued('leeds', 0, 4),
  issued('york', 1, 1),
  notFound('york', 1),
  received('york', 1.5),
  issued('leeds', 2, 2),
  released('leeds', 2, 'rejected'),
  released('york', 3),
  issued('leeds', 3, 100),
);
const AT = START + 3 * WEEK;

const indexOf = (events: readonly DomainEvent[]) => {
  const index = createAvailabilityIndex();
  for (const event of events) index.apply(event);
  return index;
};
const seenBy = (index: ReturnType<typeof indexOf>) => index.network(['teapot', 'mug'], { needs, at: AT });

describe('what sourcing may ask of the past', () => {
  it('is how much of a SKU leaves a location in a week, on average', () => {
    expect(seenBy(indexOf(history)).weeklyDemand).toEqual([
      [1.5, 0.25],
      [0, 0],
    ]);
  });

  it('is when a SKU was last not found there or rejected: one that is given back is no refusal', () => {
    expect(seenBy(indexOf(history)).refusedAt).toEqual([
      [START + 2 * WEEK, START + WEEK],
      [0, 0],
    ]);
  });

  it('is when more of it came in where it had been refused before', () => {
    const index = indexOf(history);
    expect(index.restockedAt('york', 'teapot')).toBe(new Date(START + 1.5 * WEEK).toISOString());
    expect([index.restockedAt('leeds', 'teapot'), index.restockedAt('york', 'mug')]).toEqual([null, null]);
  });

  it.each([0, 1, 2, 3])(
    'is also when it came in while some were reserved, which may be rejected by then: %i',
    (known) => {
      const early = [received('york', 1), received('york', 1.6, 1)];
      const rejected = story(...early, released('york', 1.7, 'rejected'));
      const index = createAvailabilityIndex();
      for (const { body, position } of foldDocuments(inventory, rejected.slice(0, known)).values()) {
        const { restockedAt, refusedAt } = body;
        index.restorePast('york', 'teapot', {
          ...(restockedAt && { restockedAt }),
          ...(refusedAt && { refusedAt }),
          position,
        });
      }
      for (const event of rejected.slice(known)) index.apply(event);
      expect(index.restockedAt('york', 'teapot')).toBe(new Date(START + 1.6 * WEEK).toISOString());
      expect(indexOf(story(received('york', 1))).restockedAt('york', 'teapot')).toBeNull();
    },
  );

  it('is how many fulfilments a location has promised by day of dispatch', () => {
    const [leeds, york] = indexOf(history).network([]).locations;
    expect([...(leeds?.load ?? [])]).toEqual([
      ['2026-03-02', 2],
      ['2026-03-03', 1],
    ]);
    expect(york?.load).toBeUndefined();
  });

  it('is looked up only where a policy asks for it', () => {
    const { weeklyDemand, refusedAt } = indexOf(history).network(['teapot'], {
      needs: { weeklyDemand: false, refusals: false },
      at: AT,
    });
    expect([weeklyDemand, refusedAt]).toEqual([undefined, undefined]);
  });

  it.each([0, 5, 8, 11, history.length])(
    'comes back from read models, whose newest events are seen again: %i',
    (known) => {
      const before = history.slice(0, known);
      const index = createAvailabilityIndex();
      for (const locationId of ['leeds', 'york'])
        if (known > 0) index.restoreLocation({ locationId, profile, suspended: false });
      for (const { body, position } of foldDocuments(inventory, before).values()) {
        index.restoreStock(body.locationId, body.sku, body);
        const { issued: weeks, refusedAt, restockedAt } = body;
        index.restorePast(body.locationId, body.sku, {
          ...(weeks && { issued: weeks }),
          ...(refusedAt && { refusedAt }),
          ...(restockedAt && { restockedAt }),
          position,
        });
      }
      for (const { locationId, ...load } of Object.values(bodiesOf(locationLoad, before)))
        index.restoreLoad(locationId, load);
      for (const event of history.slice(Math.max(0, known - 2))) index.apply(event);
      expect(seenBy(index)).toEqual(seenBy(indexOf(history)));
      expect(index.restockedAt('york', 'teapot')).toBe(indexOf(history).restockedAt('york', 'teapot'));
    },
  );
});
