import { describe, expect, it } from 'vitest';
import { createAvailabilityIndex } from '../../src/application/availability.ts';
import { createDirectory } from '../../src/application/directory.ts';
import type { AnyEvent } from '../../src/domain/event.ts';
import { exampleProfile } from '../support/examples.ts';
import { asRecorded, type Happening } from '../support/history.ts';

const at = (event: AnyEvent): Happening => ['stockLocation-x', event];
const registered = (locationId: string, priority?: number): Happening =>
  at({
    type: 'LocationRegistered',
    data: { locationId, profile: exampleProfile(priority === undefined ? {} : { priority }) },
  });
const received = (locationId: string, sku: string, onHand: number, reserved = 0): Happening =>
  at({ type: 'StockReceived', data: { locationId, reference: 'r', lines: [{ sku, onHand, reserved, quantity: 1 }] } });
const reserved = (locationId: string, sku: string, onHand: number, units: number): Happening =>
  at({
    type: 'StockReserved',
    data: { locationId, fulfilmentId: 'f', orderId: 'o', lines: [{ sku, onHand, reserved: units, quantity: 1 }] },
  });
const safety = (locationId: string, sku: string, quantity: number): Happening =>
  at({ type: 'SafetyStockSet', data: { locationId, sku, quantity } });

const indexOf = (...happenings: readonly Happening[]) => {
  const index = createAvailabilityIndex();
  for (const event of asRecorded(happenings)) index.apply(event);
  return index;
};

describe('the availability index', () => {
  it('tells what each location could promise: on hand, less reserved, less safety stock, never less than nothing', () => {
    const index = indexOf(
      registered('leeds'),
      registered('york'),
      received('leeds', 'teapot', 10),
      received('york', 'teapot', 2),
      received('leeds', 'kettle', 4),
      reserved('leeds', 'teapot', 10, 3),
      safety('leeds', 'teapot', 2),
      safety('york', 'teapot', 9),
    );
    const { locations, available, logPosition } = index.network(['teapot', 'kettle', 'mug']);
    expect(locations.map(({ locationId }) => locationId)).toEqual(['leeds', 'york']);
    expect(available).toEqual([
      [5, 0],
      [4, 0],
      [0, 0],
    ]);
    expect(logPosition).toBe('0000000000000008');
    expect([index.holdersOf('teapot'), index.holdersOf('mug')]).toEqual([['leeds'], []]);
    expect([index.skusAt('leeds'), index.skusAt('york')]).toEqual([['teapot', 'kettle'], []]);
  });

  it('goes on to tell what is so after each event, and leaves what it told before as it was', () => {
    const index = indexOf(registered('leeds'), registered('york'), received('leeds', 'teapot', 10));
    const asked = [index.network(['teapot', 'mug'])];
    const next = (...happenings: readonly Happening[]) => {
      for (const event of asRecorded(happenings)) index.apply(event);
      asked.push(index.network(['teapot', 'mug']));
    };
    next(reserved('leeds', 'teapot', 10, 3), received('york', 'mug', 2));
    next(safety('leeds', 'teapot', 1), registered('bath', 1), received('bath', 'mug', 5));
    expect(asked.map(({ available }) => available)).toEqual([
      [
        [10, 0],
        [0, 0],
      ],
      [
        [7, 0],
        [0, 2],
      ],
      [
        [0, 6, 0],
        [5, 0, 2],
      ],
    ]);
  });

  it('lists locations by priority, then by id, whenever they came', () => {
    const index = indexOf(registered('b'), registered('c', 2), registered('a'));
    expect(index.network([]).locations.map(({ locationId }) => locationId)).toEqual(['c', 'a', 'b']);
    for (const event of asRecorded([registered('d', 1)])) index.apply(event);
    expect(index.network([]).locations[0]?.locationId).toBe('d');
  });

  it('keeps a location suspended when its profile changes, until it is resumed', () => {
    const profile = exampleProfile({ name: 'Leeds 2' });
    const suspended = at({ type: 'LocationSuspended', data: { locationId: 'leeds', reason: 'flood' } });
    const changed = at({ type: 'LocationProfileChanged', data: { locationId: 'leeds', profile } });
    const resumed = at({ type: 'LocationResumed', data: { locationId: 'leeds' } });
    const stateAfter = (...more: readonly Happening[]) => indexOf(registered('leeds'), ...more).network([]).locations;
    expect(stateAfter(suspended, changed)).toEqual([{ locationId: 'leeds', profile, suspended: true }]);
    expect(stateAfter(suspended, changed, resumed)).toEqual([{ locationId: 'leeds', profile, suspended: false }]);
    expect(indexOf(registered('leeds')).knows('york')).toBe(false);
  });

  it('comes to the same when it starts from a read model and sees its newest events once more', () => {
    const history = [registered('leeds'), received('leeds', 'teapot', 10), reserved('leeds', 'teapot', 10, 3)];
    const more = [safety('leeds', 'teapot', 1), reserved('leeds', 'teapot', 10, 4)];
    const restored = createAvailabilityIndex();
    restored.restoreLocation({ locationId: 'leeds', profile: exampleProfile(), suspended: false });
    restored.restoreStock('leeds', 'teapot', { onHand: 10, reserved: 3, safetyStock: 0 });
    for (const event of asRecorded([...history, ...more])) restored.apply(event);
    expect(restored.network(['teapot'])).toEqual(indexOf(...history, ...more).network(['teapot']));
  });
});

describe('the directory', () => {
  const grant = { keyId: 'k1', name: 'Till', role: 'operator' } as const;
  const issued: Happening = [
    'apiKey-k1',
    { type: 'ApiKeyIssued', data: { ...grant, secretHash: 'abc', issuedAt: '2026-03-02T09:00:00.000Z' } },
  ];
  const revoked: Happening = ['apiKey-k1', { type: 'ApiKeyRevoked', data: { keyId: 'k1', revokedAt: 'then' } }];
  const directoryOf = (...happenings: readonly Happening[]) => {
    const directory = createDirectory();
    for (const event of asRecorded(happenings)) directory.apply(event);
    return directory;
  };

  it('knows an API key from its issue to its revocation, and never after', () => {
    expect(directoryOf().keyByHash('abc')).toBeUndefined();
    expect(directoryOf(issued).keyByHash('abc')).toEqual({ ...grant, secretHash: 'abc' });
    expect(directoryOf(issued, revoked).keyByHash('abc')).toBeUndefined();
    const restored = createDirectory();
    restored.restoreKey({ ...grant, secretHash: 'abc' });
    for (const event of asRecorded([revoked])) restored.apply(event);
    expect(restored.keyByHash('abc')).toBeUndefined();
  });

  it('knows the newest profile of a channel', () => {
    const channel = (type: 'ChannelRegistered' | 'ChannelChanged', name: string): Happening => [
      'channel-web',
      { type, data: { channelId: 'web', profile: { name, kind: 'web' } } },
    ];
    const directory = directoryOf(channel('ChannelRegistered', 'Web'), channel('ChannelChanged', 'Shop'));
    expect(directory.channel('web')).toEqual({ name: 'Shop', kind: 'web' });
    expect(directory.channel('b2b')).toBeUndefined();
  });
});
