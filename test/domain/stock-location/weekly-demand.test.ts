import { describe, expect, it } from 'vitest';
import { type WeekIssued, weeklyDemand, withIssued } from '../../../src/domain/stock-location/weekly-demand.ts';

const leaving = (...issued: readonly (readonly [at: string, units: number])[]): readonly WeekIssued[] =>
  issued.reduce<readonly WeekIssued[]>((weeks, [day, units]) => withIssued(weeks, `${day}T12:00:00.000Z`, units), []);
const on = (day: string): number => Date.parse(`${day}T00:00:00.000Z`);

describe('weekly demand', () => {
  it('adds up what left from Monday to Sunday', () => {
    expect(leaving(['2026-03-02', 1], ['2026-03-08', 2], ['2026-03-09', 4])).toEqual([
      { week: '2026-03-02', units: 3 },
      { week: '2026-03-09', units: 4 },
    ]);
  });

  it('is the average of the last four whole weeks: the one under way does not count, nor does the fifth', () => {
    const weeks = leaving(['2026-02-02', 100], ['2026-02-09', 8], ['2026-03-02', 4], ['2026-03-09', 1000]);
    expect(weeklyDemand(weeks, on('2026-03-11'))).toBe(3);
    expect(weeklyDemand(weeks, on('2026-03-16'))).toBe(251);
    expect(weeklyDemand([], on('2026-03-11'))).toBe(0);
  });

  it('keeps no more weeks than can count', () => {
    const weeks = leaving(['2026-01-05', 1], ['2026-02-02', 1], ['2026-02-09', 1], ['2026-03-09', 1]);
    expect(weeks.map(({ week }) => week)).toEqual(['2026-02-09', '2026-03-09']);
  });
});
