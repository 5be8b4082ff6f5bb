import { describe, expect, it } from 'vitest';
import { type StockLocationCommand, stockLocationDecider } from '../../../src/domain/stock-location/decide.ts';
import { exampleProfile } from '../../support/examples.ts';
import {
  adjust,
  balance,
  count,
  define,
  leeds,
  locationId,
  past,
  receive,
  reserve,
  resume,
  safetyStock,
  suspend,
} from '../../support/location-histories.ts';
import { spec } from '../../support/spec.ts';

const location = spec(stockLocationDecider);

describe('a stock location', () => {
  it('is registered, changed, and not changed when it is as said', () => {
    const dearer = exampleProfile({ costs: { perParcel: 300, perUnit: 10 } });
    const change: StockLocationCommand = { type: 'DefineLocation', data: { locationId, profile: dearer } };
    location.when(define).yields({ type: 'LocationRegistered', data: { locationId, profile: leeds } });
    location
      .given(...past())
      .when(define)
      .changesNothing();
    location
      .given(...past())
      .when(change)
      .yields({ type: 'LocationProfileChanged', data: { locationId, profile: dearer } });
  });

  it('refuses everything before it is registered', () => location.when(receive('asn-1')).refuses('location-unknown'));

  it('is suspended and resumed, each once', () => {
    location
      .given(...past())
      .when(suspend)
      .yields({ type: 'LocationSuspended', data: { locationId, reason: 'flood' } });
    location
      .given(...past(suspend))
      .when(suspend)
      .changesNothing();
    location
      .given(...past(suspend))
      .when(resume)
      .yields({ type: 'LocationResumed', data: { locationId } });
    location
      .given(...past())
      .when(resume)
      .changesNothing();
  });

  it('keeps safety stock, set once', () => {
    location
      .given(...past())
      .when(safetyStock(3))
      .yields({ type: 'SafetyStockSet', data: { locationId, sku: 'teapot', quantity: 3 } });
    location
      .given(...past(safetyStock(3)))
      .when(safetyStock(3))
      .changesNothing();
    location
      .given(...past())
      .when(safetyStock(0))
      .changesNothing();
  });
});

describe('a stock movement', () => {
  it('carries the balances after it, line by line', () => {
    location
      .given(...past())
      .when(receive('asn-2', ['teapot', 2], ['teapot', 3]))
      .yields({
        type: 'StockReceived',
        data: { locationId, reference: 'asn-2', lines: [balance('teapot', 2, 12, 0), balance('teapot', 3, 15, 0)] },
      });
    location
      .given(...past())
      .when(adjust('adj-1', ['teapot', -4]))
      .yields({
        type: 'StockAdjusted',
        data: {
          locationId,
          reference: 'adj-1',
          reason: 'damaged',
          lines: [{ sku: 'teapot', delta: -4, onHand: 6, reserved: 0 }],
        },
      });
    location
      .given(...past())
      .when(count('c-1', ['teapot', 7], ['urn', 1]))
      .yields({
        type: 'StockCounted',
        data: {
          locationId,
          reference: 'c-1',
          lines: [
            { sku: 'teapot', counted: 7, delta: -3, onHand: 7, reserved: 0 },
            { sku: 'urn', counted: 1, delta: 1, onHand: 1, reserved: 0 },
          ],
        },
      });
  });

  it('counts once per kind and reference', () => {
    for (const movement of [receive('ref', ['teapot', 1]), adjust('ref', ['teapot', 1]), count('ref', ['teapot', 1])])
      location
        .given(...past(movement))
        .when(movement)
        .changesNothing();
    const all = past(receive('ref', ['teapot', 1]), adjust('ref', ['teapot', 1]), count('ref', ['teapot', 1]));
    expect(all.map(({ type }) => type).slice(-3)).toEqual(['StockReceived', 'StockAdjusted', 'StockCounted']);
  });

  it('is the same with its lines in another order', () => {
    for (const movement of [receive, adjust, count])
      location
        .given(...past(movement('ref', ['teapot', 2], ['kettle', 1], ['teapot', 1])))
        .when(movement('ref', ['teapot', 1], ['teapot', 2], ['kettle', 1]))
        .changesNothing();
  });

  it('refuses a reference that says something else now', () => {
    const reused = { reference: 'ref' };
    location
      .given(...past(receive('ref', ['teapot', 1])))
      .when(receive('ref', ['teapot', 2]))
      .refuses('reference-reused', reused);
    location
      .given(...past(adjust('ref', ['teapot', 1])))
      .when(adjust('ref', ['kettle', 1]))
      .refuses('reference-reused', reused);
    location
      .given(...past(count('ref', ['teapot', 1])))
      .when(count('ref', ['teapot', 0]))
      .refuses('reference-reused', reused);
  });

  it('refuses to take what is not there, also by two lines together', () => {
    location
      .given(...past())
      .when(adjust('adj-1', ['teapot', -11]))
      .refuses('stock-below-zero', { onHand: 10 });
    location
      .given(...past())
      .when(adjust('adj-1', ['teapot', -6], ['teapot', -6]))
      .refuses('stock-below-zero', { onHand: 4 });
  });

  it('refuses to take what is reserved', () => {
    const given = location.given(...past(reserve(['teapot', 8])));
    given.when(adjust('adj-1', ['teapot', -3])).refuses('stock-below-reserved', { onHand: 10, reserved: 8 });
    given.when(count('c-1', ['teapot', 7])).refuses('stock-below-reserved');
    given.when(count('c-1', ['teapot', 8])).yields({
      type: 'StockCounted',
      data: { locationId, reference: 'c-1', lines: [{ sku: 'teapot', counted: 8, delta: -2, onHand: 8, reserved: 8 }] },
    });
  });

  it('refuses more units than can be counted exactly', () =>
    location
      .given(...past())
      .when(receive('asn-2', ['teapot', Number.MAX_SAFE_INTEGER]))
      .refuses('too-many-units'));
});
