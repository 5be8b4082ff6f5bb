import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { londonInstant } from '../../src/application/import-london-time.ts';

describe('londonInstant', () => {
  it('reads the clocks of London as that zone’s own rules do', () => {
    const shown = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/London',
      dateStyle: 'short',
      timeStyle: 'short',
    });
    const minutes = fc.integer({ min: Date.UTC(1997) / 60_000, max: Date.UTC(2037) / 60_000 });
    fc.assert(
      fc.property(minutes, (at) => {
        const text = shown.format(at * 60_000);
        const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/\D/).map(Number);
        const instant = londonInstant({ year, month, day, hour, minute, second: 0 }) ?? '';
        expect(shown.format(Date.parse(instant))).toBe(text);
      }),
    );
    const at = (day: number, month: number, hour: number) =>
      londonInstant({ year: 2011, month, day, hour, minute: 30, second: 0 });
    expect([at(27, 3, 0), at(27, 3, 1), at(27, 3, 2)]).toEqual([
      '2011-03-27T00:30:00.000Z',
      '2011-03-27T01:30:00.000Z',
      '2011-03-27T01:30:00.000Z',
    ]);
    expect([at(30, 10, 1), at(30, 10, 2)]).toEqual(['2011-10-30T00:30:00.000Z', '2011-10-30T02:30:00.000Z']);
  });
});
