import { createCarriageBook } from '../src/domain/sourcing/carriage-book.ts';
import { createDispatchCalendar } from '../src/domain/sourcing/dispatch.ts';
import { createRandom } from '../src/domain/sourcing/joint/random.ts';
import type { Network } from '../src/domain/sourcing/network.ts';
import { type Policy, policyHash } from '../src/domain/sourcing/policy.ts';
import type { SourcingRequest, SourcingRules } from '../src/domain/sourcing/source.ts';
import type { LocationProfile } from '../src/domain/stock-location/stock-location.ts';

export type JointInstance = {
  readonly orders: readonly { readonly orderId: string; readonly request: SourcingRequest }[];
  readonly network: Network;
  readonly rules: SourcingRules;
};

const NOW = '2026-03-02T09:15:00.000Z';

/** A unit left over is dearer in an urgent order: what makes it matter who waits. */
const policy: Policy = {
  routes: [1, 2, 3].map((priority) => ({
    name: `priority ${priority}`,
    when: { priority: { from: priority, to: priority } },
    fences: [{ type: 'capacity' }],
    objective: { weighted: { cost: 1 }, unfilledPerUnit: 8_500 - 1_500 * priority },
  })),
};

/**
 * Consumer orders (55 % of one line, 33 % of two to four, 12 % of five to ten) that compete for stock: `supply` units are there
 * for each unit wanted, of popular SKUs at more places than of others. A sixth of the locations are warehouses.
 */
export const jointInstance = (size: {
  readonly orders: number;
  readonly locations: number;
  readonly supply: number;
  readonly seed: number;
}): JointInstance => {
  const random = createRandom(size.seed * 7_919);
  const skus = Math.max(20, Math.round(size.orders / 4));
  const popular = () => Math.floor(skus * (random(1_000) / 1_000) ** 2);
  const place = () => ({ latitude: 50.5 + random(700) / 100, longitude: -5 + random(600) / 100 });
  const locations = Array.from({ length: size.locations }, (_, index) => {
    const isWarehouse = index % 6 === 0;
    const profile: LocationProfile = {
      name: `Location ${index}`,
      kind: isWarehouse ? 'warehouse' : 'store',
      address: { country: 'GB', postcode: 'LS1 4AP', ...place() },
      timeZone: 'Europe/London',
      capabilities: ['ship'],
      costs: isWarehouse ? { perParcel: 450, perUnit: 25 } : { perParcel: 620, perUnit: 90 },
      capacity: { fulfilmentsPerDay: Math.ceil((size.orders / size.locations) * (isWarehouse ? 6 : 1.5)) },
    };
    return { locationId: `l${String(index).padStart(3, '0')}`, suspended: false, profile };
  });
  const orders = Array.from({ length: size.orders }, (_, number) => {
    const kind = random(100);
    const lines = kind < 55 ? 1 : kind < 88 ? 2 + random(3) : 5 + random(6);
    const wanted = new Set(Array.from({ length: lines }, popular));
    const demand = [...wanted].map((sku, line) => ({
      lineId: `${line + 1}`,
      sku: `sku${sku}`,
      quantity: 1 + (random(4) === 0 ? random(3) : 0),
    }));
    const request: SourcingRequest = {
      demand,
      destination: { country: 'GB', postcodeArea: 'LS', ...place() },
      excluded: [],
      now: NOW,
      order: {
        channelId: 'web-uk',
        market: null,
        method: 'homeDelivery',
        priority: 1 + random(3),
        value: null,
        placedAt: NOW,
        deliverBy: null,
      },
    };
    return { orderId: `o${number}`, request };
  });
  const wanted = new Map<string, number>();
  for (const { request } of orders)
    for (const { sku, quantity } of request.demand) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  const available = [...wanted.values()].map((units) => {
    const row = locations.map(() => 0);
    for (let left = Math.round(units * size.supply); left > 0; ) {
      const location = random(3) === 0 ? random(locations.length) : 6 * random(Math.ceil(locations.length / 6));
      const some = Math.min(left, 1 + random(4));
      if (location >= locations.length) continue;
      row[location] = (row[location] ?? 0) + some;
      left -= some;
    }
    return row;
  });
  return {
    orders,
    network: { logPosition: null, locations, available },
    rules: {
      policy: { version: 1, hash: policyHash(policy), policy },
      items: () => undefined,
      rateCards: [],
      calendar: createDispatchCalendar(),
      carriage: createCarriageBook(),
    },
  };
};
