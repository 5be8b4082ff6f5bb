import { beforeEach, describe, expect, it } from 'vitest';
import { createAvailabilityIndex } from '../../src/application/availability.ts';
import { type CapacityWatch, createCapacityWatch } from '../../src/application/capacity-watch.ts';
import type { LocationProfile } from '../../src/domain/stock-location/stock-location.ts';
import { exampleProfile } from '../support/examples.ts';

describe('watching what locations can do in a day', () => {
  let now: Date;
  let index: ReturnType<typeof createAvailabilityIndex>;
  let watch: CapacityWatch;
  const at = (instant: string): void => {
    now = new Date(instant);
  };
  const register = (locationId: string, overrides: Partial<LocationProfile>): void =>
    index.restoreLocation({ locationId, profile: exampleProfile(overrides), suspended: false });

  beforeEach(() => {
    at('2026-03-02T20:00:00.000Z');
    index = createAvailabilityIndex();
    watch = createCapacityWatch({ availability: index, now: () => now });
    register('chicago', { timeZone: 'America/Chicago', capacity: { fulfilmentsPerDay: 2 } });
    register('leeds', { cutOff: '15:00', capacity: { fulfilmentsPerDay: 2 } });
    register('york', {});
  });

  it('tells where there is room for one more, on the day on which it would be dispatched', () => {
    const rooms = () => ['chicago', 'leeds', 'york', 'nowhere'].map(watch.hasRoom);
    expect(rooms()).toEqual([true, true, true, false]);
    index.restoreLoad('chicago', { day: '2026-03-02', fulfilments: 2 });
    index.restoreLoad('leeds', { day: '2026-03-02', fulfilments: 2 });
    expect(rooms()).toEqual([false, true, true, false]);
    index.restoreLoad('leeds', { day: '2026-03-03', fulfilments: 2 });
    expect(rooms()).toEqual([false, false, true, false]);
    index.restoreLoad('leeds', { day: '2026-03-03', fulfilments: 1 });
    expect(rooms()).toEqual([false, true, true, false]);
    register('leeds', { calendar: { closedWeekdays: [1, 2, 3, 4, 5, 6, 7] }, capacity: { fulfilmentsPerDay: 2 } });
    expect(rooms()).toEqual([false, false, true, false]);
  });

  it('tells each day that begins once, by the time zone and the cut-off of its location', () => {
    expect(watch.daysBegun()).toEqual(['chicago', 'leeds']);
    expect(watch.daysBegun()).toEqual([]);
    at('2026-03-03T05:59:59.999Z');
    expect(watch.daysBegun()).toEqual([]);
    at('2026-03-03T06:00:00.000Z');
    expect(watch.daysBegun()).toEqual(['chicago']);
    at('2026-03-03T15:00:00.001Z');
    expect(watch.daysBegun()).toEqual(['leeds']);
    expect(watch.daysBegun()).toEqual([]);
  });
});
