/** Units of one SKU: a whole number, 0 to 2^53 − 1. */
export type Quantity = number;

/** Money in minor units (cents, pence) of the currency that its context names: a whole number. */
export type MinorUnits = number;

/** An instant as RFC 3339 in UTC with milliseconds: `2026-11-23T14:20:00.000Z`. */
export type Instant = string;

/** An opaque fixed-width string that sorts in commit order. Only event store adapters look inside. */
export type Position = string;

/** 1 to 64 characters that are safe in paths, files and on labels. */
export const skuPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._/+-]{0,62}[A-Za-z0-9])?$/;

/** Orders have priorities from 1, the most urgent, to this. */
export const LEAST_URGENT = 9;

/** Lines that one order, or one movement of stock, may have. */
export const MOST_LINES = 2_000;

export type SkuQuantity = { readonly sku: string; readonly quantity: Quantity };

export type Coordinates = { readonly latitude: number; readonly longitude: number };

const EARTH_RADIUS_KM = 6371.0088;

/** Great-circle distance in kilometres by the haversine formula on the mean earth radius (IUGG). */
export const distanceInKilometres = (a: Coordinates, b: Coordinates): number => {
  const radians = Math.PI / 180;
  const halfLatitude = ((b.latitude - a.latitude) * radians) / 2;
  const halfLongitude = ((b.longitude - a.longitude) * radians) / 2;
  const h =
    Math.sin(halfLatitude) ** 2 +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(halfLongitude) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
};

/** Adds up the quantities of equal SKUs, in order of first appearance: two lines of one SKU are one demand. */
export const mergeBySku = (lines: readonly SkuQuantity[]): SkuQuantity[] => {
  const totals = new Map<string, number>();
  for (const { sku, quantity } of lines) totals.set(sku, (totals.get(sku) ?? 0) + quantity);
  return [...totals].map(([sku, quantity]) => ({ sku, quantity }));
};

/**
 * A 64-bit FNV-1a fingerprint (hex) of a text's UTF-16 code units: tells equal from different, proves nothing.
 * Constants: Fowler, Noll and Vo, IETF draft-eastlake-fnv.
 */
export const fingerprint = (text: string): string => {
  let low = 0x84222325;
  let high = 0xcbf29ce4;
  for (let index = 0; index < text.length; index++) {
    low ^= text.charCodeAt(index);
    // 64-bit multiply by the FNV prime 0x100000001b3, in two halves.
    const lowProduct = (low >>> 0) * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.imul(low, 0x100) + Math.floor(lowProduct / 0x1_0000_0000)) >>> 0;
    low = lowProduct >>> 0;
  }
  return (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
};
