import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minorUnits } from '../../src/application/import-rows.ts';

describe('minorUnits', () => {
  it('reads every price of whole pence exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (pence) => {
        expect(minorUnits(`${Math.floor(pence / 100)}.${String(pence % 100).padStart(2, '0')}`)).toBe(pence);
      }),
    );
    expect(['2.5', '2', '1.10', '0.30000', '4.35'].map(minorUnits)).toEqual([250, 200, 110, 30, 435]);
    expect(['', '.5', '5.', '1e3', '1,5', '-0.01', '0.001', '999999999999999'].map(minorUnits)).toEqual(
      Array(8).fill(null),
    );
  });
});
