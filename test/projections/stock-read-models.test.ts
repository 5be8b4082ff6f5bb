import { describe, expect, it } from 'vitest';
import type { StockLocationEvent } from '../../src/domain/stock-location/stock-location.ts';
import { apiKeys } from '../../src/projections/api-keys.ts';
import { availability } from '../../src/projections/availability.ts';
import { channels } from '../../src/projections/channels.ts';
import { inventory } from '../../src/projections/inventory.ts';
import { locations } from '../../src/projections/locations.ts';
import { stockLedger } from '../../src/projections/stock-ledger.ts';
import { exampleProfile } from '../support/examples.ts';
import { bodiesOf } from '../support/fold-documents.ts';
import { asRecorded, type Happening, instant } from '../support/history.ts';

const at = (event: StockLocationEvent): Happening => [`stockLocation-${event.data.locationId}`, event];

const received = (locationId: string) =>
  at({
    type: 'StockReceived',
    data: {
      locationId,
      reference: 'r1',
      lines: [
        { sku: 'teapot', quantity: 3, onHand: 3, reserved: 0 },
        { sku: 'kettle', quantity: 4, onHand: 4, reserved: 0 },
        { sku: 'teapot', quantity: 2, onHand: 5, reserved: 0 },
      ],
    },
  });
const safety = (locationId: string, quantity: number) =>
  at({ type: 'SafetyStockSet', data: { locationId, sku: 'teapot', quantity } });
const reserved = (locationId: string) =>
  at({
    type: 'StockReserved',
    data: {
      locationId,
      fulfilmentId: 'f1',
      orderId: 'o1',
      lines: [{ sku: 'teapot', quantity: 2, onHand: 5, reserved: 2 }],
    },
  });

const history = asRecorded([received('north'), received('south'), safety('north', 1), reserved('north')]);

describe('inventory', () => {
  it('shows what each location holds of each SKU, by the last line that names it', () => {
    const held = { locationId: 'north', sku: 'teapot', onHand: 5, reserved: 2, safetyStock: 1, available: 2 };
    const documents = bodiesOf(inventory, history);
    expect(documents['north/teapot']).toEqual(held);
    expect(documents['south/teapot']).toEqual({
      ...held,
      locationId: 'south',
      reserved: 0,
      safetyStock: 0,
      available: 5,
    });
    expect(Object.keys(documents)).toHaveLength(4);
  });

  it('never shows less than nothing as available', () => {
    expect(bodiesOf(inventory, asRecorded([safety('north', 9)]))['north/teapot']).toMatchObject({
      onHand: 0,
      available: 0,
    });
  });
});

describe('availability', () => {
  it('adds up what each location can promise, and nothing of those that are suspended or do not ship', () => {
    const stock = (locationId: string, available: number) => ({
      locationId,
      sku: 'teapot',
      onHand: 9,
      reserved: 9 - available,
      safetyStock: 0,
      available,
    });
    const location = (locationId: string, status: 'active' | 'suspended', ships = true) =>
      [
        locationId,
        { locationId, status, profile: exampleProfile({ capabilities: ships ? ['ship'] : ['pickup'] }) },
      ] as const;
    const answer = availability(
      'teapot',
      [stock('north', 4), stock('south', 3), stock('shop', 2), stock('west', 1)],
      new Map([
        location('north', 'active'),
        location('south', 'suspended'),
        location('shop', 'active', false),
        location('west', 'active'),
      ]),
    );
    expect(answer.available).toBe(5);
    expect(answer.byLocation.map(({ available }) => available)).toEqual([4, 0, 0, 1]);
    const plenty = Number.MAX_SAFE_INTEGER;
    const locations = new Map([location('north', 'active'), location('west', 'active')]);
    expect(availability('teapot', [stock('north', plenty), stock('west', plenty)], locations).available).toBe(plenty);
  });
});

describe('the stock ledger', () => {
  it('has one entry per line of each movement, with the balances after it', () => {
    const ledger = bodiesOf(stockLedger, history);
    expect(Object.keys(ledger)).toHaveLength(7);
    expect(ledger['0000000000000001/north/teapot/2']).toEqual({
      locationId: 'north',
      sku: 'teapot',
      at: instant(1),
      movement: 'StockReceived',
      onHandDelta: 2,
      reservedDelta: 0,
      onHand: 5,
      reserved: 0,
      reference: 'r1',
      reason: null,
      fulfilmentId: null,
      orderId: null,
      actor: 'tester',
      position: '0000000000000001',
    });
  });

  it('says which way each kind of movement goes, so that the deltas add up to the balances', () => {
    const change = { locationId: 'north', fulfilmentId: 'f1', orderId: 'o1' };
    const line = (quantity: number, onHand: number, left: number) => [
      { sku: 'teapot', quantity, onHand, reserved: left },
    ];
    const story = asRecorded([
      at({ type: 'StockReceived', data: { locationId: 'north', reference: 'r', lines: line(9, 9, 0) } }),
      at({ type: 'StockReserved', data: { ...change, lines: line(6, 9, 6) } }),
      at({ type: 'ItemShortPicked', data: { ...change, lines: line(1, 8, 5) } }),
      at({ type: 'ReservationReleased', data: { ...change, lines: line(2, 8, 3) } }),
      at({ type: 'StockIssued', data: { ...change, lines: line(3, 5, 0) } }),
      at({
        type: 'StockAdjusted',
        data: {
          locationId: 'north',
          reference: 'a',
          reason: 'broken',
          lines: [{ sku: 'teapot', delta: -1, onHand: 4, reserved: 0 }],
        },
      }),
      at({
        type: 'StockCounted',
        data: {
          locationId: 'north',
          reference: 'c',
          lines: [{ sku: 'teapot', counted: 6, delta: 2, onHand: 6, reserved: 0 }],
        },
      }),
    ]);
    let [onHand, held] = [0, 0];
    for (const entry of Object.values(bodiesOf(stockLedger, story))) {
      onHand += entry.onHandDelta;
      held += entry.reservedDelta;
      expect([entry.onHand, entry.reserved]).toEqual([onHand, held]);
    }
    expect(onHand).toBe(6);
  });
});

describe('locations, channels and API keys', () => {
  it('show the newest profile and whether the location is suspended', () => {
    const profile = exampleProfile();
    const changed = exampleProfile({ name: 'Leeds' });
    const story = asRecorded([
      at({ type: 'LocationRegistered', data: { locationId: 'north', profile } }),
      at({ type: 'LocationRegistered', data: { locationId: 'south', profile } }),
      at({ type: 'LocationProfileChanged', data: { locationId: 'north', profile: changed } }),
      at({ type: 'LocationSuspended', data: { locationId: 'south', reason: 'flood' } }),
    ]);
    expect(bodiesOf(locations, story)).toEqual({
      north: { locationId: 'north', profile: changed, status: 'active' },
      south: { locationId: 'south', profile, status: 'suspended' },
    });
  });

  it('show the newest profile of each channel', () => {
    const profile = (name: string) => ({ name, kind: 'web' as const });
    const story = asRecorded([
      ['channel-uk', { type: 'ChannelRegistered', data: { channelId: 'uk', profile: profile('UK') } }],
      ['channel-de', { type: 'ChannelRegistered', data: { channelId: 'de', profile: profile('DE') } }],
      ['channel-uk', { type: 'ChannelChanged', data: { channelId: 'uk', profile: profile('Great Britain') } }],
    ]);
    expect(bodiesOf(channels, story)).toEqual({
      uk: { channelId: 'uk', profile: profile('Great Britain') },
      de: { channelId: 'de', profile: profile('DE') },
    });
  });

  it('show what each key may do, and that it was revoked', () => {
    const key = (keyId: string) => ({
      keyId,
      name: keyId,
      role: 'auditor' as const,
      secretHash: 'h',
      issuedAt: instant(0),
    });
    const story = asRecorded([
      ['apiKey-k1', { type: 'ApiKeyIssued', data: key('k1') }],
      ['apiKey-k2', { type: 'ApiKeyIssued', data: key('k2') }],
      ['apiKey-k1', { type: 'ApiKeyRevoked', data: { keyId: 'k1', revokedAt: instant(9) } }],
    ]);
    expect(bodiesOf(apiKeys, story)).toEqual({
      k1: { ...key('k1'), status: 'revoked', revokedAt: instant(9) },
      k2: { ...key('k2'), status: 'active', revokedAt: null },
    });
  });
});
