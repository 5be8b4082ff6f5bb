import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countryNames, placeOf, postcodeArea, postcodeAreasOf } from '../../src/domain/places.ts';
import { distanceInKilometres } from '../../src/domain/values.ts';

describe('placeOf', () => {
  it.each([
    ['GB', 'SW1A 1AA', 51.5, -0.14, 10],
    ['GB', 'm1 1ae', 53.48, -2.24, 15],
    ['GB', 'EH1 1RE', 55.95, -3.19, 15],
    ['GB', 'BT1 5GS', 54.6, -5.93, 50],
    ['IE', 'D02 X285', 53.34, -6.26, 5],
    ['DE', '10117', 52.52, 13.39, 10],
    ['DE', 'D-80331', 48.14, 11.57, 10],
    ['FR', '75001', 48.86, 2.34, 10],
    ['FR', '97400', -20.88, 55.45, 10],
    ['NL', '1012 AB', 52.37, 4.9, 15],
    ['ES', '28013', 40.42, -3.7, 40],
    ['IT', '00184', 41.89, 12.49, 40],
    ['PL', '00-001', 52.23, 21.01, 10],
    ['PT', '1100-148', 38.71, -9.14, 15],
    ['SE', '111 22', 59.33, 18.06, 15],
    ['LV', 'LV-1050', 56.95, 24.11, 15],
    ['US', '10118', 40.75, -73.99, 10],
    ['US', '94103-1234', 37.77, -122.42, 10],
    ['CA', 'M5H 2N2', 43.65, -79.38, 10],
    ['AU', '2000', -33.87, 151.21, 25],
  ])('places %s %s within a few kilometres of the city', (country, postcode, latitude, longitude, tolerance) => {
    const place = placeOf(country, postcode);
    expect(place?.precision).toBe('postcodeArea');
    expect(distanceInKilometres(place ?? { latitude: 0, longitude: 0 }, { latitude, longitude })).toBeLessThan(
      tolerance,
    );
  });

  it('falls back to the most populous city of the country', () => {
    expect(placeOf('AU', '')).toEqual({ latitude: -33.87, longitude: 151.21, precision: 'country' });
    expect(placeOf('GB', 'QQ1 1AA')?.precision).toBe('country');
    expect(placeOf('HK', '999077')?.precision).toBe('country');
  });

  it('does not place an unknown country', () => {
    expect(placeOf('ZZ', '12345')).toBeNull();
    expect(placeOf('constructor', '12345')).toBeNull();
  });

  it('knows every country that has a name in the standard', () => {
    const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
    expect(Object.keys(countryNames()).filter((code) => names.of(code) === undefined)).toEqual([]);
    expect(Object.keys(countryNames())).toHaveLength(250);
    expect(postcodeAreasOf('GB')).toHaveLength(124);
  });

  it('gives coordinates on earth with two decimals at most for every postcode there is', () => {
    const country = fc.constantFrom(...Object.keys(countryNames()));
    fc.assert(
      fc.property(country, fc.string({ maxLength: 10 }), (code, postcode) => {
        const place = placeOf(code, postcode);
        expect(place).not.toBeNull();
        for (const degrees of [place?.latitude ?? 999, place?.longitude ?? 999]) {
          expect(Math.abs(degrees)).toBeLessThanOrEqual(180);
          expect(Number(degrees.toFixed(2))).toBe(degrees);
        }
      }),
    );
  });
});

describe('postcodeArea', () => {
  it.each([
    ['GB', 'SW1A 1AA', 'SW'],
    ['GB', 'e1 6an', 'E'],
    ['GB', 'LS', 'LS'],
    ['IE', 'd6w xy00', 'D6W'],
    ['US', '90210', '902'],
    ['DE', '04109', '04'],
    ['FR', '20000', '20'],
    ['FR', '97200', '972'],
    ['LV', 'LV-1050', '10'],
    ['IN', '110001', '11'],
  ])('of %s %s is %s', (country, postcode, area) => {
    expect(postcodeArea(country, postcode)).toBe(area);
  });

  it('is nothing where there is no postcode, or none can be told', () => {
    expect(postcodeArea('AE', '00000')).toBeNull();
    expect(postcodeArea('GB', '')).toBeNull();
    expect(postcodeArea('GB', '123')).toBeNull();
    expect(postcodeArea('US', '12')).toBeNull();
  });

  it('never tells more than three characters of a postcode', () => {
    const country = fc.constantFrom(...Object.keys(countryNames()));
    fc.assert(
      fc.property(country, fc.string(), (code, postcode) => {
        expect((postcodeArea(code, postcode) ?? '').length).toBeLessThanOrEqual(3);
      }),
    );
  });

  it('tells of each area in the table that it is its own area', () => {
    for (const country of Object.keys(countryNames())) {
      for (const area of postcodeAreasOf(country)) expect(postcodeArea(country, area)).toBe(area);
    }
  });
});
