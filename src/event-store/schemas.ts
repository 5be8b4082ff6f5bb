import { z } from 'zod';
import { roles } from '../domain/api-key.ts';
import { channelKinds } from '../domain/channel.ts';
import type { AnyEvent } from '../domain/event.ts';
import { runResults } from '../domain/sourcing-run.ts';
import { capabilities, locationKinds } from '../domain/stock-location/stock-location.ts';
import { itemFormat, policyFormat, rateCardFormat } from './sourcing-formats.ts';
import { recordOfFirstRelease, sourcingRecord } from './sourcing-record.ts';

type DataOf<Type extends AnyEvent['type']> = Extract<AnyEvent, { type: Type }>['data'];

/** One event type's stored format: the newest version, and how each older one becomes the next. */
export type StoredFormat<Data> = {
  readonly version: number;
  readonly schema: z.ZodType<Data>;
  /** `upcasters[n]` turns data of version n into version n + 1. */
  readonly upcasters?: Readonly<Record<number, (data: unknown) => unknown>>;
};

const text = z.string();
const count = z.int().nonnegative();
const integer = z.int();
const money = z.int();
const strict = z.strictObject;

const lineUnits = strict({ lineId: text, sku: text, quantity: count });

const profile = strict({
  name: text,
  kind: z.enum(locationKinds),
  address: strict({
    country: text,
    postcode: text,
    city: text.exactOptional(),
    street: text.exactOptional(),
    latitude: z.number(),
    longitude: z.number(),
  }),
  timeZone: text,
  capabilities: z.array(z.enum(capabilities)),
  groups: z.array(text).exactOptional(),
  priority: integer.exactOptional(),
  costs: strict({ perParcel: money, perUnit: money }).exactOptional(),
  leadTimeHours: z.number().exactOptional(),
  cutOff: text.exactOptional(),
  calendar: strict({
    closedWeekdays: z.array(integer).exactOptional(),
    holidays: z.array(text).exactOptional(),
  }).exactOptional(),
  capacity: strict({ fulfilmentsPerDay: count }).exactOptional(),
});
const channelProfile = strict({
  name: text,
  kind: z.enum(channelKinds),
  market: text.exactOptional(),
  currency: text.exactOptional(),
});

const located = { locationId: text };
const balance = { sku: text, onHand: count, reserved: count };
const movement = { ...located, reference: text };
const change = {
  ...located,
  fulfilmentId: text,
  orderId: text,
  lines: z.array(strict({ ...balance, quantity: count })),
};
const load = strict({ day: text, fulfilments: count }).exactOptional();
const reservationChange = strict(change);

const ofSimulation = { simulationId: text };
const ofRun = { runId: text };
const runOutcome = strict({ unfilled: count, fulfilments: count, objective: z.array(z.number()) });
const ofOrder = { orderId: text };
const ofFulfilment = { ...ofOrder, fulfilmentId: text, locationId: text };
const reasoned = strict({ ...ofOrder, reason: text });
const fulfilmentOnly = strict(ofFulfilment);

const plannedFulfilment = strict({
  fulfilmentId: text,
  locationId: text,
  lines: z.array(lineUnits),
  cost: money,
  dispatchDay: text.exactOptional(),
  deliveryDay: text.exactOptional(),
  withinCapacity: z.boolean().exactOptional(),
});

const decision = {
  ...ofOrder,
  attempt: count,
  fulfilments: z.array(plannedFulfilment),
  fromBackorder: z.array(lineUnits),
};

const first = <Data>(schema: z.ZodType<Data>): StoredFormat<Data> => ({ version: 1, schema });

export type StoredFormats = { readonly [Type in AnyEvent['type']]: StoredFormat<DataOf<Type>> };

export const storedFormats: StoredFormats = {
  LocationRegistered: first(strict({ ...located, profile })),
  LocationProfileChanged: first(strict({ ...located, profile })),
  LocationSuspended: first(strict({ ...located, reason: text })),
  LocationResumed: first(strict(located)),
  SafetyStockSet: first(strict({ ...located, sku: text, quantity: count })),
  StockReceived: first(strict({ ...movement, lines: z.array(strict({ ...balance, quantity: count })) })),
  StockAdjusted: first(strict({ ...movement, reason: text, lines: z.array(strict({ ...balance, delta: integer })) })),
  StockCounted: first(strict({ ...movement, lines: z.array(strict({ ...balance, counted: count, delta: integer })) })),
  StockReserved: first(strict({ ...change, load })),
  ReservationReleased: first(strict({ ...change, load, cause: z.literal('rejected').exactOptional() })),
  StockIssued: first(reservationChange),
  ItemShortPicked: first(reservationChange),
  OrderPlaced: first(
    strict({
      ...ofOrder,
      channelId: text,
      channelOrderNumber: text,
      placedAt: text,
      method: text,
      market: text.exactOptional(),
      priority: integer.exactOptional(),
      deliverBy: text.exactOptional(),
      currency: text.nullable(),
      destination: strict({
        country: text,
        postcodeArea: text.nullable(),
        latitude: z.number().nullable(),
        longitude: z.number().nullable(),
      }),
      personal: strict({ subject: text, box: text }).nullable(),
      contentDigest: text,
      lines: z.array(strict({ lineId: text, sku: text, quantity: count, unitPrice: money.nullable() })),
    }),
  ),
  SourcingDecided: {
    version: 2,
    schema: strict({ ...decision, record: sourcingRecord }),
    upcasters: { 1: recordOfFirstRelease },
  },
  FulfilmentReserved: first(fulfilmentOnly),
  FulfilmentRefused: first(strict({ ...ofFulfilment, code: text, shortSkus: z.array(text) })),
  OrderBackordered: first(
    strict({
      ...ofOrder,
      channelId: text,
      reason: text,
      lines: z.array(lineUnits),
      cancelAt: text.exactOptional(),
    }),
  ),
  OrderParked: first(
    strict({ ...ofOrder, channelId: text, queue: text, reason: text, cancelAt: text.exactOptional() }),
  ),
  OrderUnparked: first(strict(ofOrder)),
  FulfilmentPicked: first(fulfilmentOnly),
  FulfilmentShortPicked: first(strict({ ...ofFulfilment, missing: z.array(lineUnits), at: text.exactOptional() })),
  FulfilmentPacked: first(fulfilmentOnly),
  FulfilmentDispatched: first(
    strict({
      ...ofFulfilment,
      channelId: text,
      country: text,
      carrier: text,
      trackingNumber: text,
      lines: z.array(lineUnits),
    }),
  ),
  FulfilmentDelivered: first(fulfilmentOnly),
  FulfilmentRejected: first(strict({ ...ofFulfilment, reason: text, at: text.exactOptional() })),
  FulfilmentStockSettled: first(strict({ ...ofFulfilment, effect: z.enum(['issue', 'release', 'writeOff']) })),
  OrderHeld: first(reasoned),
  OrderReleased: first(strict(ofOrder)),
  LinesCancelled: first(
    strict({
      ...ofOrder,
      reason: text,
      lines: z.array(lineUnits),
      fromBackorder: z.array(lineUnits),
      fromFulfilments: z.array(strict({ fulfilmentId: text, lines: z.array(lineUnits) })),
    }),
  ),
  OrderCancelled: first(reasoned),
  ChannelRegistered: first(strict({ channelId: text, profile: channelProfile })),
  ChannelChanged: first(strict({ channelId: text, profile: channelProfile })),
  ApiKeyIssued: first(
    strict({
      keyId: text,
      name: text,
      role: z.enum(roles),
      channelId: text.exactOptional(),
      locationId: text.exactOptional(),
      secretHash: text,
      issuedAt: text,
    }),
  ),
  ApiKeyRevoked: first(strict({ keyId: text, revokedAt: text })),
  ItemIntroduced: first(itemFormat),
  ItemChanged: first(itemFormat),
  RateCardIntroduced: first(rateCardFormat),
  RateCardChanged: first(rateCardFormat),
  RateCardWithdrawn: first(strict({ rateCardId: text })),
  PolicyDrafted: first(strict({ name: text, policy: policyFormat })),
  PolicyDraftDeleted: first(strict({ name: text })),
  PolicyPublished: first(strict({ version: count, hash: text, policy: policyFormat })),
  PolicyActivated: first(strict({ version: count, from: text, share: integer })),
  PolicyRolledBack: first(strict({ version: count, from: text, reason: text })),
  SimulationRequested: first(
    strict({
      ...ofSimulation,
      from: text,
      to: text,
      variants: z.array(strict({ name: text, version: integer, hash: text, policy: policyFormat })),
    }),
  ),
  SimulationCompleted: first(strict({ ...ofSimulation, digest: text })),
  SimulationFailed: first(strict({ ...ofSimulation, reason: text })),
  SourcingRunStarted: first(
    strict({ ...ofRun, queue: text, limit: count, dryRun: z.boolean(), scheduled: z.boolean() }),
  ),
  SourcingRunCompleted: first(
    strict({
      ...ofRun,
      before: runOutcome,
      after: runOutcome,
      bound: z.number().nullable(),
      searches: count,
      orders: z.array(strict({ ...ofOrder, result: z.enum(runResults), before: runOutcome, after: runOutcome })),
    }),
  ),
  SourcingRunFailed: first(strict({ ...ofRun, reason: text })),
};

/** A decision of the newest version without its record. */
export const abridgedDecision: StoredFormat<Omit<DataOf<'SourcingDecided'>, 'record'>> = {
  version: storedFormats.SourcingDecided.version,
  schema: strict(decision),
};

export const metadataSchema = strict({
  recordedAt: text,
  actor: text,
  channel: text.nullable(),
  commandId: text,
  correlationId: text,
  causationId: text,
});
