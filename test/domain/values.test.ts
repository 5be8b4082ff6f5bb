import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceInKilometres, fingerprint, mergeBySku } from '../../src/domain/values.ts';

describe('distanceInKilometres', () => {
  const london = { latitude: 51.5074, longitude: -0.1278 };
  const paris = { latitude: 48.8566, longitude: 2.3522 };
  const place = fc.record({
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  });
  const halfTheEarth = Math.PI * 6371.0088;

  it('knows London from Paris', () => expect(distanceInKilometres(london, paris)).toBeCloseTo(343.6, 0));

  it('is a quarter of the globe from the pole to the equator', () =>
    expect(distanceInKilometres({ latitude: 90, longitude: 0 }, { latitude: 0, longitude: 77 })).toBeCloseTo(
      halfTheEarth / 2,
      6,
    ));

  it('crosses the date line the short way', () =>
    expect(distanceInKilometres({ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 })).toBeCloseTo(
      111.195,
      2,
    ));

  it('is the same both ways, nothing from a place to itself, and never more than half the globe', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const distance = distanceInKilometres(a, b);
        expect(distance).toBeCloseTo(distanceInKilometres(b, a), 6);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(halfTheEarth + 1e-6);
        expect(distanceInKilometres(a, a)).toBe(0);
      }),
    );
  });
});

describe('mergeBySku', () => {
  it('adds up the lines of one SKU, in order of first appearance', () =>
    expect(
      mergeBySku([
        { sku: 'teapot', quantity: 2 },
        { sku: 'kettle', quantity: 1 },
        { sku: 'teapot', quantity: 3 },
      ]),
    ).toEqual([
      { sku: 'teapot', quantity: 5 },
      { sku: 'kettle', quantity: 1 },
    ]));

  it('loses no unit and names no SKU twice, whatever the SKUs are called', () => {
    const sku = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'teapot'), fc.string());
    fc.assert(
      fc.property(fc.array(fc.record({ sku, quantity: fc.nat(99) })), (lines) => {
        const merged = mergeBySku(lines);
        const sum = (of: readonly { quantity: number }[]) => of.reduce((total, { quantity }) => total + quantity, 0);
        expect(sum(merged)).toBe(sum(lines));
        expect(new Set(merged.map((line) => line.sku)).size).toBe(merged.length);
      }),
    );
  });
});

describe('fingerprint', () => {
  it('is the published FNV-1a hash of the published examples', () => {
    expect(fingerprint('')).toBe('cbf29ce484222325');
    expect(fingerprint('a')).toBe('af63dc4c8601ec8c');
    expect(fingerprint('foobar')).toBe('85944171f73967e8');
  });

  it('equals the definition, computed with exact integers', () => {
    const exact = (text: string): string => {
      let hash = 0xcbf29ce484222325n;
      for (let index = 0; index < text.length; index += 1)
        hash = ((hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n) & 0xffffffffffffffffn;
      return hash.toString(16).padStart(16, '0');
    };
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void expect(fingerprint(text)).toBe(exact(text))));
  });
});
