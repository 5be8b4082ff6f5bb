import { describe, expect, it } from 'vitest';
import { locationProfile } from '../../src/api/schemas.ts';
import { exampleProfile } from '../support/examples.ts';

const takes = (timeZone: string): boolean => locationProfile.safeParse(exampleProfile({ timeZone })).success;

describe('the time zone of a location', () => {
  it.each(['Europe/London', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia', 'UTC', 'Asia/Calcutta', '+05:30'])(
    'may be %s',
    (timeZone) => expect(takes(timeZone)).toBe(true),
  );

  it('may be any that is in use', () => {
    expect(Intl.supportedValuesOf('timeZone').filter((timeZone) => !takes(timeZone))).toEqual([]);
  });

  it.each(['', 'London', 'Europe/Londres', 'BST', 'PST', 'IST', '2026-01-01T00:00[Europe/London]', 'Z', '+25:00'])(
    'may not be "%s"',
    (timeZone) => expect(takes(timeZone)).toBe(false),
  );
});
