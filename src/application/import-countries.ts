import { countryNames } from '../domain/places.ts';

/** Names that merchants write and the standard does not. The Channel Islands have no code of their own: Jersey's. */
const otherNames: Readonly<Record<string, string>> = {
  'cape verde': 'CV',
  'channel islands': 'JE',
  'czech republic': 'CZ',
  eire: 'IE',
  'great britain': 'GB',
  holland: 'NL',
  korea: 'KR',
  'republic of ireland': 'IE',
  rsa: 'ZA',
  'the netherlands': 'NL',
  turkey: 'TR',
  uae: 'AE',
  uk: 'GB',
  'united states of america': 'US',
  usa: 'US',
};

export type CountryCode = (text: string) => string | null;

/** Reads a country's ISO 3166-1 alpha-2 code or English name; `null` for what is no country ("European Community"). */
export const createCountryCode = (): CountryCode => {
  const names = Object.entries(countryNames());
  const codes = new Map([
    ...names.map(([code, name]) => [name.toLowerCase(), code] as const),
    ...names.map(([code]) => [code.toLowerCase(), code] as const),
    ...Object.entries(otherNames),
  ]);
  return (text) => codes.get(text.trim().toLowerCase()) ?? null;
};
