import { postcodeArea } from '../places.ts';

const LONGEST = 8;

/** The area of postcodes that begin like this; null where the country has none. */
export const areaOf = (country: string, beginning: string): string | null =>
  postcodeArea(country, beginning.padEnd(LONGEST, '0'));

/** Whether any area's name begins like this: areas are coarse, `SW` and not `SW1A`. */
export const beginsSomeArea = (country: string, beginning: string): boolean =>
  areaOf(country, beginning)?.startsWith(beginning) === true;
