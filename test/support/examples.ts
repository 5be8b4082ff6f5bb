import type { OrderCommand } from '../../src/domain/order/decide.ts';
import type { LineUnits, OrderEvent, OrderLine, PlannedFulfilment } from '../../src/domain/order/order.ts';
import type { SourcedOrder, SourcingPass, SourcingRecord } from '../../src/domain/sourcing/record.ts';
import type { LocationProfile } from '../../src/domain/stock-location/stock-location.ts';

type Data<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>['data'];
type CommandOf<Type extends OrderCommand['type']> = Extract<OrderCommand, { type: Type }>;

export const exampleProfile = (overrides: Partial<LocationProfile> = {}): LocationProfile => ({
  name: 'Leeds warehouse',
  kind: 'warehouse',
  address: { country: 'GB', postcode: 'LS1 4AP', latitude: 53.8, longitude: -1.55 },
  timeZone: 'Europe/London',
  capabilities: ['ship', 'returns'],
  ...overrides,
});

export const line = (lineId: string, sku: string, quantity: number): OrderLine => ({
  lineId,
  sku,
  quantity,
  unitPrice: 1250,
});

/** When people in these examples reject what they cannot send. */
export const noon = '2026-03-02T12:00:00.000Z';

/** Five teapots (line 1) and two kettles (line 2). */
export const placeOrder = (overrides: Partial<Data<'OrderPlaced'>> = {}): CommandOf<'PlaceOrder'> => ({
  type: 'PlaceOrder',
  data: {
    orderId: 'o1',
    channelId: 'web-uk',
    channelOrderNumber: '536365',
    placedAt: '2026-03-02T09:15:00.000Z',
    method: 'homeDelivery',
    currency: 'GBP',
    destination: { country: 'GB', postcodeArea: 'LS', latitude: 53.8, longitude: -1.55 },
    personal: { subject: 'c1', box: 'sealed' },
    contentDigest: 'digest-1',
    lines: [line('1', 'teapot', 5), line('2', 'kettle', 2)],
    ...overrides,
  },
});

export const units = (lineId: string, sku: string, quantity: number): LineUnits => ({ lineId, sku, quantity });

export const teapots = (quantity: number): LineUnits => units('1', 'teapot', quantity);
export const kettles = (quantity: number): LineUnits => units('2', 'kettle', quantity);

export const planned = (
  fulfilmentId: string,
  lines: readonly LineUnits[],
  locationId = fulfilmentId.split(':').at(-1) ?? '',
): PlannedFulfilment => ({ fulfilmentId, locationId, lines, cost: 480 });

export const sourcingPass = (overrides: Partial<SourcingPass> = {}): SourcingPass => ({
  route: 'cheapest',
  softFencesDropped: false,
  wanted: [],
  fenced: [],
  plan: [],
  objective: 0,
  bound: 0,
  proven: true,
  nodes: 1,
  runnerUp: null,
  ...overrides,
});

export const sourcedOrder = (overrides: Partial<SourcedOrder> = {}): SourcedOrder => ({
  channelId: 'web-uk',
  market: null,
  method: 'homeDelivery',
  priority: null,
  value: null,
  placedAt: '2026-03-02T09:15:00.000Z',
  deliverBy: null,
  ...overrides,
});

export const sourcingRecord = (overrides: Partial<SourcingRecord> = {}): SourcingRecord => ({
  policy: { version: 0, hash: 'policy' },
  logPosition: null,
  at: '2026-03-02T09:15:00.000Z',
  order: sourcedOrder(),
  demand: [],
  excluded: [],
  candidates: { locationId: [], kilometres: [], parcelCost: [], unitCost: [], available: [] },
  ruledOut: [],
  passes: [sourcingPass()],
  ...overrides,
});

export const recordSourcing = (
  overrides: Partial<CommandOf<'RecordSourcing'>['data']> = {},
): CommandOf<'RecordSourcing'> => ({
  type: 'RecordSourcing',
  data: {
    orderId: 'o1',
    attempt: 1,
    fulfilments: [],
    fromBackorder: [],
    record: sourcingRecord(),
    unfilled: [],
    otherwise: { do: 'backorder' },
    ...overrides,
  },
});

export const reserved = (...fulfilments: readonly PlannedFulfilment[]): CommandOf<'RecordReservations'> => ({
  type: 'RecordReservations',
  data: {
    orderId: 'o1',
    outcomes: fulfilments.map(({ fulfilmentId, lines }) => ({ fulfilmentId, lines, reserved: true })),
  },
});

export const refused = (
  { fulfilmentId, lines }: PlannedFulfilment,
  shortSkus: readonly string[] = lines.map(({ sku }) => sku),
): CommandOf<'RecordReservations'> => ({
  type: 'RecordReservations',
  data: {
    orderId: 'o1',
    outcomes: [{ fulfilmentId, lines, reserved: false, code: 'stock-insufficient', shortSkus }],
  },
});
