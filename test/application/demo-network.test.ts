import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { demoLocations } from '../../src/application/demo-locations.ts';
import { type OpeningStock, openingStock } from '../../src/application/demo-network.ts';
import { readOrders } from '../../src/application/import-csv.ts';
import type { PlaceOrderBody } from '../../src/application/import-rows.ts';
import { placeOf } from '../../src/domain/places.ts';
import { capabilities, locationKinds } from '../../src/domain/stock-location/stock-location.ts';
import { distanceInKilometres, mergeBySku } from '../../src/domain/values.ts';

const realOrders = async (): Promise<PlaceOrderBody[]> => {
  const items = await Array.fromAsync(
    readOrders(createReadStream('examples/online-retail/online-retail.csv'), { channelId: 'web' }),
  );
  return items.flatMap((item) => (item.kind === 'order' ? [item.order] : []));
};

const unitsOf = (stock: readonly OpeningStock[]): number =>
  stock.flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + quantity, 0);

describe('the demo locations', () => {
  it('are more than twenty, of every kind, in at least ten countries, each with its own id', () => {
    const countries = new Set(demoLocations.map(({ profile }) => profile.address.country));
    expect(new Set(demoLocations.map(({ id }) => id)).size).toBe(demoLocations.length);
    expect(demoLocations.length).toBeGreaterThan(24);
    expect(new Set(demoLocations.map(({ profile }) => profile.kind))).toEqual(new Set(locationKinds));
    expect(countries.size).toBeGreaterThanOrEqual(10);
  });

  it.each(demoLocations)('$id has a profile that can be', ({ id, profile }) => {
    const { address, calendar, costs, cutOff, timeZone } = profile;
    const place = placeOf(address.country, address.postcode);
    expect(id).toMatch(/^[a-z]{2}-[a-z]+$/);
    expect(distanceInKilometres(address, place ?? { latitude: 0, longitude: 0 })).toBeLessThan(100);
    expect(place?.precision).toBe('postcodeArea');
    expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow();
    expect(profile.capabilities.every((capability) => capabilities.includes(capability))).toBe(true);
    expect(cutOff).toMatch(/^([01]\d|2[0-3]):[0-5]\d$/);
    expect([costs?.perParcel, costs?.perUnit, profile.leadTimeHours].every(Number.isSafeInteger)).toBe(true);
    expect(calendar?.holidays?.every((day) => new Date(day).toISOString().startsWith(day))).toBe(true);
  });
});

describe('openingStock', () => {
  it('is the same for the same demand, in whatever order it comes', async () => {
    const demand = (await realOrders()).flatMap((order) => order.lines);
    expect(openingStock(demand.toReversed())).toEqual(openingStock(demand));
  });

  it('fills most of the real orders, most of those from one place, and leaves some units backordered', async () => {
    const orders = await realOrders();
    const demand = mergeBySku(orders.flatMap((order) => order.lines));
    const stock = openingStock(demand);
    const held = new Map(stock.map(({ locationId }) => [locationId, new Map<string, number>()]));
    const total = new Map<string, number>();
    for (const { locationId, lines } of stock) {
      for (const { sku, quantity } of lines) {
        held.get(locationId)?.set(sku, quantity);
        total.set(sku, (total.get(sku) ?? 0) + quantity);
      }
    }
    const covered = new Set(
      demand.filter(({ sku, quantity }) => (total.get(sku) ?? 0) >= quantity).map(({ sku }) => sku),
    );
    const full = orders.filter((order) => order.lines.every(({ sku }) => covered.has(sku)));
    const fromOnePlace = full.filter((order) =>
      [...held.values()].some((skus) =>
        mergeBySku(order.lines).every(({ sku, quantity }) => (skus.get(sku) ?? 0) >= quantity),
      ),
    );
    const missing = demand.reduce((sum, { sku, quantity }) => sum + Math.max(0, quantity - (total.get(sku) ?? 0)), 0);
    const demanded = demand.reduce((sum, { quantity }) => sum + quantity, 0);

    expect(full.length / orders.length).toBeGreaterThan(0.75);
    expect(full.length).toBeLessThan(orders.length);
    expect(fromOnePlace.length / orders.length).toBeGreaterThan(0.5);
    expect(full.length - fromOnePlace.length).toBeGreaterThan(10);
    expect(missing / demanded).toBeGreaterThan(0.001);
    expect(missing / demanded).toBeLessThan(0.02);
    expect(unitsOf(stock) / demanded).toBeGreaterThan(1.5);
    expect(unitsOf(stock) / demanded).toBeLessThan(4);
  });

  it('comes in receipts of 500 lines at most, each with its own reference and whole positive quantities', async () => {
    const stock = openingStock((await realOrders()).flatMap((order) => order.lines));
    expect(new Set(stock.map(({ locationId, reference }) => `${locationId} ${reference}`)).size).toBe(stock.length);
    expect(Math.max(...stock.map(({ lines }) => lines.length))).toBeLessThanOrEqual(500);
    expect(
      stock.flatMap(({ lines }) => lines).every(({ quantity }) => Number.isSafeInteger(quantity) && quantity > 0),
    ).toBe(true);
    expect(new Set(stock.map(({ locationId }) => locationId)).size).toBe(demoLocations.length);
  });
});
