import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInstant } from '../../src/domain/instant.ts';

const two = (count: number): string => String(count).padStart(2, '0');

describe('an instant as RFC 3339 writes it', () => {
  it.each([
    ['2026-11-23T14:20:00Z', '2026-11-23T14:20:00.000Z'],
    ['2026-11-23t14:20:00z', '2026-11-23T14:20:00.000Z'],
    ['2026-11-23t14:20:00.5+01:00', '2026-11-23T13:20:00.500Z'],
    ['2026-11-23T14:20:00-00:00', '2026-11-23T14:20:00.000Z'],
    ['2026-11-23T14:20:00.12399999999999999999Z', '2026-11-23T14:20:00.123Z'],
    ['2024-02-29T23:00:00-05:30', '2024-03-01T04:30:00.000Z'],
    ['0000-02-29T00:00:00Z', '0000-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['10000-01-01T00:00:00Z', null],
    ['9999-12-31T23:59:59-00:01', null],
    ['0000-01-01T00:00:00+00:01', null],
  ])('%s is %s', (written, expected) => expect(readInstant(written)).toBe(expected));

  it.each([
    ['1990-12-31T23:59:60Z', '1990-12-31T23:59:59.000Z'],
    ['1990-12-31T15:59:60-08:00', '1990-12-31T23:59:59.000Z'],
    ['2017-01-01t05:29:60.75+05:30', '2016-12-31T23:59:59.750Z'],
    ['2012-06-30T23:59:60z', '2012-06-30T23:59:59.000Z'],
    ['2024-02-29T23:59:60Z', '2024-02-29T23:59:59.000Z'],
  ])('counts a leap second as the second before it: %s', (written, expected) => {
    expect(readInstant(written)).toBe(expected);
  });

  it.each(['1990-12-30T23:59:60Z', '1990-12-31T23:58:60Z', '1990-12-31T23:59:60-08:00', '1990-12-31T23:59:61Z'])(
    'is no leap second where a month does not end: %s',
    (written) => expect(readInstant(written)).toBeNull(),
  );

  it.each([
    ...['', 'yesterday', '2026-11-23', '2026-11-23T14:20:00', '2026-11-23T14:20Z', '2026-11-23 14:20:00Z'],
    ...['2026-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-10T00:00:00Z'],
    ...['2026-11-00T00:00:00Z', '2026-11-23T24:00:00Z', '2026-11-23T14:60:00Z', '2026-11-23T14:20:00+24:00'],
    ...['2026-11-23T14:20:00+0100', '2026-11-23T14:20:00.Z', '2026-11-23T14:20:00,5Z', ' 2026-11-23T14:20:00Z'],
    ...['2026-11-23T14:20:00Z\n', '+002026-11-23T14:20:00Z', '２０２６-11-23T14:20:00Z'],
  ])('is none: "%s"', (written) => expect(readInstant(written)).toBeNull());

  it('is the same with whichever offset and letters it is written', () => {
    const instant = fc.date({ min: new Date('1000-01-01'), max: new Date('9000-01-01'), noInvalidDate: true });
    const minutes = fc.integer({ min: -1_439, max: 1_439 });
    fc.assert(
      fc.property(instant, minutes, fc.boolean(), (date, offset, isSmall) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(offset);
        const written = `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
        expect(readInstant(isSmall ? written.toLowerCase() : written)).toBe(date.toISOString());
        expect(readInstant(date.toISOString().toLowerCase())).toBe(date.toISOString());
      }),
    );
  });
});
