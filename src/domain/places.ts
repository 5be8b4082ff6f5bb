import countriesJson from './places/countries.json' with { type: 'json' };
import areasJson from './places/postcode-areas.json' with { type: 'json' };
import type { Coordinates } from './values.ts';

/** Where a destination without coordinates is assumed to be, to two decimals: near enough for a distance, not a home. */
export type Place = Coordinates & { readonly precision: 'postcodeArea' | 'country' };

type Country = Coordinates & { readonly name: string };

// Sources, licence and method: places/README.md.
const countries: Readonly<Record<string, Country>> = countriesJson;
const areas: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = areasJson;

const countriesWithoutPostcodes = (
  'AE AG AO AQ AW BF BI BJ BO BS BV BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GM GQ GY HK HM KI KM KN LY ML MO MR ' +
  'NR NU QA RW SB SC SL SR SS ST SX SY TD TF TG TK TL TO TV UG UM VU YE ZW'
).split(' ');

/** Countries whose customers may write letters before the digits (`D-10115`, `LV-1050`) or after (`1012 AB`). */
const digitPostcodes = (
  'AL AR AT AU BE BG BR CH CO CZ DE DK EE ES FI FR HR HU IS IT KR LT LV MD MK MY NL NO NZ PH PL PT RO RS RU SE SI SK TH TR ' +
  'UA US ZA'
).split(' ');

const own = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

const leading = (text: string, length: number): string | null => (text.length < length ? null : text.slice(0, length));

const areaOfDigits = (country: string, digits: string): string | null => {
  if (country === 'US') return leading(digits, 3);
  // Overseas France: 974 is Réunion, 972 is Martinique.
  if (country === 'FR' && /^9[78]/.test(digits)) return leading(digits, 3);
  return leading(digits, 2);
};

/**
 * The coarse part of a postcode, which names a region of thousands of homes: `SW` of `SW1A 1AA`, `101` of `10118` in the
 * US, `D02` of `D02 X285` in Ireland, the first two characters elsewhere. `null` where nothing coarse can be told.
 */
export const postcodeArea = (country: string, postcode: string): string | null => {
  if (countriesWithoutPostcodes.includes(country)) return null;
  const text = postcode.toUpperCase().replace(/[^A-Z0-9]/g, '');
  if (country === 'GB') return /^[A-Z]{1,2}(?![A-Z])/.exec(text)?.[0] ?? null;
  if (country === 'IE') return leading(text, 3);
  if (digitPostcodes.includes(country)) return areaOfDigits(country, text.replace(/[A-Z]/g, ''));
  return leading(text, 2);
};

/** The middle of the postcode area, or else the country's most populous city; `null` for an unknown country. */
export const placeOf = (country: string, postcode: string): Place | null => {
  const area = postcodeArea(country, postcode);
  const [latitude, longitude] = (area === null ? undefined : own(own(areas, country) ?? {}, area)) ?? [];
  if (latitude !== undefined && longitude !== undefined) return { latitude, longitude, precision: 'postcodeArea' };
  const known = own(countries, country);
  if (known === undefined) return null;
  return { latitude: known.latitude, longitude: known.longitude, precision: 'country' };
};

/** The areas the table knows of a country, in alphabetical order; empty for a country without any. */
export const postcodeAreasOf = (country: string): readonly string[] => Object.keys(own(areas, country) ?? {}).sort();

/** English names by ISO 3166-1 alpha-2 code. */
export const countryNames = (): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(countries).map(([code, { name }]) => [code, name]));
