import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../src/domain/error.ts';
import { type StockLocationCommand, stockLocationDecider } from '../../../src/domain/stock-location/decide.ts';
import type { StockLocationEvent } from '../../../src/domain/stock-location/stock-location.ts';
import { exampleProfile } from '../../support/examples.ts';
import { balance, receive } from '../../support/location-histories.ts';
import { fold, historyOf, spec } from '../../support/spec.ts';

const location = spec(stockLocationDecider);
const locationId = 'leeds';
const monday = '2026-03-02';
const tuesday = '2026-03-03';

const define = (fulfilmentsPerDay?: number): StockLocationCommand => ({
  type: 'DefineLocation',
  data: {
    locationId,
    profile: exampleProfile(fulfilmentsPerDay === undefined ? {} : { capacity: { fulfilmentsPerDay } }),
  },
});
const named = (fulfilmentId: string) => ({ locationId, fulfilmentId, orderId: 'o1' });
const reserve = (fulfilmentId: string, day?: string, withinCapacity = true): StockLocationCommand => ({
  type: 'ReserveStock',
  data: {
    ...named(fulfilmentId),
    lines: [{ sku: 'teapot', quantity: 2 }],
    ...(day === undefined ? {} : { day, withinCapacity }),
  },
});
const keep = (fulfilmentId: string, quantity: number, cause?: 'rejected'): StockLocationCommand => ({
  type: 'ReleaseReservation',
  data: { ...named(fulfilmentId), lines: quantity === 0 ? [] : [{ sku: 'teapot', quantity }], ...(cause && { cause }) },
});
const issue = (fulfilmentId: string): StockLocationCommand => ({ type: 'IssueStock', data: named(fulfilmentId) });
const writeOff = (fulfilmentId: string): StockLocationCommand => ({
  type: 'RecordShortPick',
  data: { ...named(fulfilmentId), lines: [] },
});

/** A location for two fulfilments a day, with teapots enough. */
const past = (...commands: readonly StockLocationCommand[]): StockLocationEvent[] =>
  historyOf(stockLocationDecider, [define(2), receive('asn-1', ['teapot', 100]), ...commands]);

describe('the capacity of a day', () => {
  it('is taken by each fulfilment to be dispatched on it', () =>
    location
      .given(...past(reserve('f1', monday), reserve('f2', tuesday)))
      .when(reserve('f3', monday))
      .yields({
        type: 'StockReserved',
        data: { ...named('f3'), lines: [balance('teapot', 2, 100, 6)], load: { day: monday, fulfilments: 2 } },
      }));

  it('refuses one fulfilment more, and says which day is full', () => {
    const full = past(reserve('f1', monday), reserve('f2', monday));
    location
      .given(...full)
      .when(reserve('f3', monday))
      .refuses('capacity-used-up', { locationId, day: monday, fulfilmentsPerDay: 2 });
    expect(past(reserve('f1', monday), reserve('f2', monday), reserve('f3', tuesday))).toHaveLength(5);
  });

  it('lets pass what the policy does not keep within it, and counts it', () =>
    location
      .given(...past(reserve('f1', monday), reserve('f2', monday)))
      .when(reserve('f3', monday, false))
      .yields({
        type: 'StockReserved',
        data: { ...named('f3'), lines: [balance('teapot', 2, 100, 6)], load: { day: monday, fulfilments: 3 } },
      }));

  it('is nobody’s matter where none is stated, or no day is known', () => {
    const unlimited = historyOf(stockLocationDecider, [define(), receive('asn-1', ['teapot', 9])]);
    const stated = past();
    for (const [history, command, onHand] of [
      [unlimited, reserve('f1', monday), 9],
      [stated, reserve('f1'), 100],
    ] as const)
      location
        .given(...history)
        .when(command)
        .yields({ type: 'StockReserved', data: { ...named('f1'), lines: [balance('teapot', 2, onHand, 2)] } });
  });

  it('is free again when nothing of a fulfilment stays reserved, and not before', () => {
    const two = [reserve('f1', monday), reserve('f2', monday)];
    location
      .given(...past(...two))
      .when(keep('f1', 1))
      .yields({ type: 'ReservationReleased', data: { ...named('f1'), lines: [balance('teapot', 1, 100, 3)] } });
    location
      .given(...past(...two, keep('f1', 1)))
      .when(keep('f1', 0))
      .yields({
        type: 'ReservationReleased',
        data: { ...named('f1'), lines: [balance('teapot', 1, 100, 2)], load: { day: monday, fulfilments: 1 } },
      });
    expect(past(...two, keep('f1', 0), reserve('f3', monday)).at(-1)?.type).toBe('StockReserved');
  });

  it('stays taken by what was dispatched, and by what was looked for in vain', () => {
    for (const ended of [issue('f1'), writeOff('f1')])
      location
        .given(...past(reserve('f1', monday), reserve('f2', monday), ended))
        .when(reserve('f3', monday))
        .refuses('capacity-used-up');
  });

  it('is remembered for the newest sixty days', () => {
    const state = fold(stockLocationDecider, past());
    for (let day = 0; day < 61; day += 1) {
      const load = { day: new Date(Date.UTC(2026, 0, 61 - day)).toISOString().slice(0, 10), fulfilments: 1 };
      stockLocationDecider.evolve(state, { type: 'StockReserved', data: { ...named(`f${day}`), lines: [], load } });
    }
    expect([state.load.size, state.load.has('2026-01-01'), state.load.has('2026-01-02')]).toEqual([60, false, true]);
  });
});

describe('a released reservation', () => {
  it('says that the location rejected it', () =>
    location
      .given(...past(reserve('f1')))
      .when(keep('f1', 0, 'rejected'))
      .yields({
        type: 'ReservationReleased',
        data: { ...named('f1'), lines: [balance('teapot', 2, 100, 0)], cause: 'rejected' },
      }));
});

describe('the load of a day', () => {
  const fulfilmentId = fc.constantFrom('f1', 'f2', 'f3', 'f4', 'f5');
  const day = fc.constantFrom(monday, tuesday);
  const command = fc.oneof(
    fc.tuple(fulfilmentId, day, fc.boolean()).map((drawn) => reserve(...drawn)),
    fc.tuple(fulfilmentId, fc.nat(2)).map((drawn) => keep(...drawn)),
    fulfilmentId.map(issue),
    fulfilmentId.map(writeOff),
  );

  it('is how many fulfilments were promised for it and not given back, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const state = fold(stockLocationDecider, past());
        const days = new Map<string, string>();
        for (const one of commands) {
          const { fulfilmentId: id } = one.data as { fulfilmentId: string };
          const held = state.reservations.has(id);
          try {
            for (const event of stockLocationDecider.decide(one, state)) stockLocationDecider.evolve(state, event);
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
          }
          if (one.type === 'ReserveStock' && !held && state.reservations.has(id)) days.set(id, one.data.day ?? '');
          if (one.type === 'ReleaseReservation' && held && !state.reservations.has(id)) days.delete(id);
          for (const which of [monday, tuesday])
            expect(state.load.get(which) ?? 0).toBe([...days.values()].filter((taken) => taken === which).length);
        }
      }),
    );
  });
});
