import { describe, expect, it } from 'vitest';
import { type StockLocationCommand, stockLocationDecider } from '../../../src/domain/stock-location/decide.ts';
import {
  balance,
  issue,
  named,
  onReservation,
  past,
  reserve,
  safetyStock,
  suspend,
} from '../../support/location-histories.ts';
import { fold, spec } from '../../support/spec.ts';

const location = spec(stockLocationDecider);

describe('ReserveStock', () => {
  const reserved = (...units: ReturnType<typeof balance>[]) =>
    ({ type: 'StockReserved', data: { ...named, lines: units } }) as const;

  it('reserves all lines, two lines of one SKU as one demand', () => {
    location
      .given(...past())
      .when(reserve(['teapot', 4], ['kettle', 1], ['teapot', 6]))
      .yields(reserved(balance('teapot', 10, 10, 10), balance('kettle', 1, 4, 1)));
    location
      .given(...past())
      .when(reserve(['teapot', 5], ['teapot', 6]))
      .refuses('stock-insufficient', { shortages: [{ sku: 'teapot', requested: 11, available: 10 }] });
  });

  it('refuses as a whole when one SKU falls short', () =>
    location
      .given(...past())
      .when(reserve(['teapot', 1], ['kettle', 5], ['urn', 1]))
      .refuses('stock-insufficient', {
        shortages: [
          { sku: 'kettle', requested: 5, available: 4 },
          { sku: 'urn', requested: 1, available: 0 },
        ],
      }));

  it('leaves safety stock alone, even when less than that is there', () => {
    location
      .given(...past(safetyStock(3)))
      .when(reserve(['teapot', 8]))
      .refuses('stock-insufficient');
    location
      .given(...past(safetyStock(30)))
      .when(reserve(['teapot', 1]))
      .refuses('stock-insufficient', { shortages: [{ sku: 'teapot', requested: 1, available: 0 }] });
  });

  it('refuses while the location is suspended, but knows what it has reserved', () => {
    location
      .given(...past(suspend))
      .when(reserve(['teapot', 1]))
      .refuses('location-suspended');
    location
      .given(...past(reserve(['teapot', 1]), suspend))
      .when(reserve(['teapot', 1]))
      .changesNothing();
  });

  it('changes nothing when repeated, or asked late for more', () => {
    location
      .given(...past(reserve(['teapot', 4])))
      .when(reserve(['teapot', 4]))
      .changesNothing();
    location
      .given(...past(reserve(['teapot', 4])))
      .when(reserve(['teapot', 5]))
      .changesNothing();
  });

  it('gives back the surplus when asked for less', () =>
    location
      .given(...past(reserve(['teapot', 4])))
      .when(reserve(['teapot', 3]))
      .yields({ type: 'ReservationReleased', data: { ...named, lines: [balance('teapot', 1, 10, 3)] } }));

  it.each<[string, StockLocationCommand]>([
    ['issued', issue],
    ['given back', onReservation('ReleaseReservation')],
    ['written off', onReservation('RecordShortPick')],
  ])('never opens again what was %s', (_case, closing) =>
    location
      .given(...past(reserve(['teapot', 4]), closing))
      .when(reserve(['teapot', 4]))
      .refuses('reservation-closed'),
  );

  it('remembers the last ten thousand closed reservations', () => {
    const closeMany = (state: ReturnType<typeof stockLocationDecider.initialState>) => {
      for (let index = 0; index < 10_001; index += 1) {
        const data = { ...named, fulfilmentId: `f${index}`, lines: [balance('teapot', 1, 10, 1)] };
        stockLocationDecider.evolve(state, { type: 'StockReserved', data });
        stockLocationDecider.evolve(state, {
          type: 'ReservationReleased',
          data: { ...data, lines: [balance('teapot', 1, 10, 0)] },
        });
      }
      return state;
    };
    const { closed } = closeMany(fold(stockLocationDecider, past()));
    expect(closed.size).toBe(10_000);
    expect(closed.has('f0')).toBe(false);
    expect(closed.has('f1')).toBe(true);
    expect(closed.has('f10000')).toBe(true);
  });
});

describe('ReleaseReservation, RecordShortPick and IssueStock', () => {
  const held = past(reserve(['teapot', 4], ['kettle', 2]));

  it('release all but what stays', () =>
    location
      .given(...held)
      .when(onReservation('ReleaseReservation', ['teapot', 1], ['teapot', 2]))
      .yields({
        type: 'ReservationReleased',
        data: { ...named, lines: [balance('teapot', 1, 10, 3), balance('kettle', 2, 4, 0)] },
      }));

  it('write off what was not found: it leaves on hand, too', () =>
    location
      .given(...held)
      .when(onReservation('RecordShortPick', ['teapot', 3], ['kettle', 2]))
      .yields({ type: 'ItemShortPicked', data: { ...named, lines: [balance('teapot', 1, 9, 3)] } }));

  it('issue what is reserved', () =>
    location
      .given(...held)
      .when(issue)
      .yields({
        type: 'StockIssued',
        data: { ...named, lines: [balance('teapot', 4, 6, 0), balance('kettle', 2, 2, 0)] },
      }));

  it('work while the location is suspended', () => {
    expect(past(reserve(['teapot', 4]), suspend, issue).at(-1)?.type).toBe('StockIssued');
    expect(past(reserve(['teapot', 4]), suspend, onReservation('ReleaseReservation')).at(-1)?.type).toBe(
      'ReservationReleased',
    );
  });

  it.each<[string, StockLocationCommand]>([
    ['ReleaseReservation', onReservation('ReleaseReservation', ['teapot', 3])],
    ['RecordShortPick', onReservation('RecordShortPick', ['teapot', 3])],
    ['IssueStock', issue],
  ])('%s changes nothing when repeated, or when nothing is reserved', (_type, command) => {
    location
      .given(...held, ...past(reserve(['teapot', 4], ['kettle', 2]), command).slice(held.length))
      .when(command)
      .changesNothing();
    location
      .given(...past())
      .when(command)
      .changesNothing();
  });

  it('never write off twice: a short pick after its release finds nothing more to take', () => {
    const cancelled = past(
      reserve(['teapot', 4]),
      onReservation('RecordShortPick', ['teapot', 3]),
      onReservation('ReleaseReservation', ['teapot', 1]),
    );
    location
      .given(...cancelled)
      .when(onReservation('RecordShortPick', ['teapot', 3]))
      .changesNothing();
  });
});
