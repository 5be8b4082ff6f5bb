import type { AnyEvent } from '../src/domain/event.ts';
import { type LineUnits, orderStream } from '../src/domain/order/order.ts';
import type { SourcingRecord } from '../src/domain/sourcing/record.ts';
import {
  type LocationProfile,
  type StockBalance,
  stockLocationStream,
} from '../src/domain/stock-location/stock-location.ts';

export type Happening = readonly [stream: string, events: readonly AnyEvent[]];

const LOCATIONS = 50;
const SKUS = 100;
const STOCK = 1_000_000;
const TOGETHER = 250;

const locationIds = Array.from({ length: LOCATIONS }, (_, index) => `location-${index}`);

const profile = (name: string): LocationProfile => ({
  name,
  kind: 'warehouse',
  address: { country: 'GB', postcode: 'LS1 4AP', latitude: 53.8, longitude: -1.55 },
  timeZone: 'Europe/London',
  capabilities: ['ship', 'returns'],
});

/** Ten locations considered, as a small network would record it. */
const record = (lines: readonly LineUnits[], logPosition: string): SourcingRecord => ({
  policy: { version: 0, hash: 'f'.repeat(64) },
  logPosition,
  at: '2026-01-05T09:00:00.000Z',
  order: {
    channelId: 'web',
    market: null,
    method: 'homeDelivery',
    priority: null,
    value: null,
    placedAt: '2026-01-05T09:00:00.000Z',
    deliverBy: null,
  },
  demand: lines.map(({ sku, quantity }) => ({ sku, quantity })),
  excluded: [],
  candidates: {
    locationId: locationIds.slice(0, 10),
    kilometres: locationIds.slice(0, 10).map((_, index) => 10.5 * index),
    parcelCost: locationIds.slice(0, 10).map((_, index) => 480 + index),
    unitCost: locationIds.slice(0, 10).map(() => 12),
    available: lines.map(() => locationIds.slice(0, 10).map(() => 1_000)),
    dispatchDay: locationIds.slice(0, 10).map(() => 0),
    deliveryDay: locationIds.slice(0, 10).map(() => 1),
  },
  ruledOut: [],
  passes: [
    {
      route: 'cheapest',
      softFencesDropped: false,
      wanted: lines.map(({ quantity }) => quantity),
      fenced: [],
      plan: lines.map(({ quantity }, line) => ({ location: 0, line, units: quantity })),
      objective: 504,
      bound: 504,
      proven: true,
      nodes: 3,
      runnerUp: { locationIds: ['location-1'], objective: 505 },
    },
  ],
});

/** Orders of two lines, each sourced, reserved and, every second one, sent and delivered: some 8 events per order. */
export function* syntheticHistory(orders: number): Generator<readonly Happening[]> {
  const balances = new Map<string, StockBalance>();

  const move = (locationId: string, sku: string, onHand: number, reserved: number): StockBalance => {
    const key = `${locationId}/${sku}`;
    const before = balances.get(key) ?? { sku, onHand: 0, reserved: 0 };
    const after = { sku, onHand: before.onHand + onHand, reserved: before.reserved + reserved };
    balances.set(key, after);
    return after;
  };

  for (const locationId of locationIds) {
    const skus = Array.from({ length: SKUS }, (_, index) => `sku-${index}`);
    const lines = skus.map((sku) => ({ quantity: STOCK, ...move(locationId, sku, STOCK, 0) }));
    yield [
      [
        stockLocationStream(locationId),
        [
          { type: 'LocationRegistered', data: { locationId, profile: profile(locationId) } },
          { type: 'StockReceived', data: { locationId, reference: 'opening', lines } },
        ],
      ],
    ];
  }
  let together: Happening[] = [];
  for (let number = 0; number < orders; number++) {
    together.push(...orderHistory(number, move));
    if (number % TOGETHER !== TOGETHER - 1) continue;
    yield together;
    together = [];
  }
  yield together;
}

type Move = (locationId: string, sku: string, onHand: number, reserved: number) => StockBalance;

const orderHistory = (number: number, move: Move): readonly Happening[] => {
  const orderId = `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`;
  const locationId = locationIds[number % LOCATIONS] ?? '';
  const fulfilmentId = `${orderId}:1:${locationId}`;
  const named = { orderId, fulfilmentId, locationId };
  const lines = [1, 2].map((line) => ({ lineId: String(line), sku: `sku-${(number * line) % SKUS}`, quantity: line }));
  const isSent = number % 2 === 0;
  const placed: AnyEvent[] = [
    {
      type: 'OrderPlaced',
      data: {
        orderId,
        channelId: `channel-${number % 5}`,
        channelOrderNumber: String(number),
        placedAt: new Date(Date.UTC(2026, 2, 2) + number * 1_000).toISOString(),
        method: 'homeDelivery',
        currency: 'GBP',
        destination: { country: 'GB', postcodeArea: 'LS', latitude: 53.8, longitude: -1.55 },
        personal: { subject: orderId, box: 'x'.repeat(200) },
        contentDigest: 'd'.repeat(64),
        lines: lines.map((line) => ({ ...line, unitPrice: 1250 })),
      },
    },
    {
      type: 'SourcingDecided',
      data: {
        orderId,
        attempt: 1,
        fulfilments: [{ fulfilmentId, locationId, lines, cost: 504 }],
        fromBackorder: [],
        record: record(lines, String(number).padStart(16, '0')),
      },
    },
    { type: 'FulfilmentReserved', data: named },
  ];
  const shipment = {
    channelId: `channel-${number % 5}`,
    country: 'GB',
    carrier: 'swift',
    trackingNumber: `t${number}`,
  };
  const sent: AnyEvent[] = [
    { type: 'FulfilmentPicked', data: named },
    { type: 'FulfilmentPacked', data: named },
    { type: 'FulfilmentDispatched', data: { ...named, ...shipment, lines } },
    { type: 'FulfilmentDelivered', data: named },
  ];
  const balancesAfter = (onHandSign: -1 | 0, reservedSign: -1 | 1) =>
    lines.map(({ sku, quantity }) => ({
      quantity,
      ...move(locationId, sku, onHandSign * quantity, reservedSign * quantity),
    }));
  const reserved: AnyEvent = { type: 'StockReserved', data: { ...named, lines: balancesAfter(0, 1) } };
  const issued = (): AnyEvent => ({ type: 'StockIssued', data: { ...named, lines: balancesAfter(-1, -1) } });
  return [
    [orderStream(orderId), isSent ? [...placed, ...sent] : placed],
    [stockLocationStream(locationId), isSent ? [reserved, issued()] : [reserved]],
  ];
};
