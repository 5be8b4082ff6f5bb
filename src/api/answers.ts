import { z } from 'zod';
import { roles } from '../domain/api-key.ts';
import { fulfilmentStatuses } from '../domain/order/order.ts';
import { orderStatuses } from '../domain/order/status.ts';
import { channelProfile, locationProfile } from './schemas.ts';
import { decisionSchema, explanationSchema, plannedSchema, whyNotSchema } from './sourcing-answer.ts';

// What the service answers, for the OpenAPI document and for the tests that hold the answers to it.

const text = z.string();
const nullableText = text.nullable();
const integer = z.int();
const count = z.int().min(0);
const lineUnits = z.object({ lineId: text, sku: text, quantity: count });
const positions = { position: nullableText.describe('How far in the log this answer reaches.') };

export const pageOf = (item: z.ZodType) => z.object({ items: z.array(item), nextCursor: nullableText, ...positions });

export const orderAnswer = z
  .object({
    orderId: text,
    channelId: text,
    channelOrderNumber: text,
    status: z.enum(orderStatuses),
    version: count.describe('Also the strong ETag.'),
    position: text,
    placedAt: text,
    method: text,
    priority: integer.optional(),
    deliverBy: text.optional(),
    currency: nullableText,
    lines: z.array(
      z.object({ lineId: text, sku: text, quantity: count, unitPrice: count.nullable(), cancelled: count }),
    ),
    fulfilments: z.array(
      z.object({
        fulfilmentId: text,
        locationId: text,
        status: z.enum(fulfilmentStatuses),
        lines: z.array(lineUnits).describe('Of a fulfilment that is over: what it was for when it ended.'),
        missing: z.array(lineUnits).optional().describe('What its picker did not find.'),
        cost: integer.describe('Minor units.'),
        shipment: z.object({ carrier: text, trackingNumber: text }).nullable(),
        dispatchDay: text.optional().describe('Planned; of the location.'),
        deliveryDay: text.optional(),
        withinCapacity: z.boolean().optional(),
      }),
    ),
    backordered: z.array(lineUnits),
  })
  .meta({ id: 'Order' });

export const recipientAnswer = z.object({
  orderId: text,
  erased: z.boolean(),
  customer: z.object({ name: text.optional(), email: text.optional(), phone: text.optional() }).nullable(),
  destination: z.object({
    country: text,
    postcode: nullableText,
    city: nullableText,
    street: nullableText,
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
  }),
});

export const locationAnswer = z
  .object({
    locationId: text,
    status: z.enum(['active', 'suspended']),
    profile: locationProfile,
    version: count,
    position: nullableText,
  })
  .meta({ id: 'StockLocation' });

export const stockBalances = z.object({
  locationId: text,
  lines: z.array(z.object({ sku: text, onHand: count, reserved: count, safetyStock: count, available: count })),
  version: count,
  position: nullableText,
});

export const inventoryItem = z.object({
  locationId: text,
  sku: text,
  onHand: count,
  reserved: count,
  safetyStock: count,
  available: count,
});

export const availabilityAnswer = z.object({
  sku: text,
  available: count,
  byLocation: z.array(inventoryItem.omit({ sku: true })),
  ...positions,
});

export const ledgerItem = z.object({
  locationId: text,
  sku: text,
  at: text,
  movement: text,
  onHandDelta: integer,
  reservedDelta: integer,
  onHand: count,
  reserved: count,
  reference: nullableText,
  reason: nullableText,
  fulfilmentId: nullableText,
  orderId: nullableText,
  actor: text,
  position: text,
});

export const timelineAnswer = z.object({
  orderId: text,
  items: z.array(
    z.object({
      version: count,
      position: text,
      at: text,
      type: text,
      actor: text,
      causationId: text,
      correlationId: text,
      summary: text,
      data: z.unknown(),
    }),
  ),
  ...positions,
});

export const sourcingAnswer = z.object({
  orderId: text,
  decisions: z.array(
    decisionSchema.extend({
      attempt: count,
      decidedAt: text,
      plan: z.array(plannedSchema.extend({ fulfilmentId: text })),
      explanation: explanationSchema.nullable(),
      whyNot: whyNotSchema.nullable().optional().describe('With `?location=`.'),
    }),
  ),
  ...positions,
});

export const deliveryItem = z.object({
  fulfilmentId: text,
  orderId: text,
  channelId: text,
  locationId: text,
  country: text,
  carrier: text,
  trackingNumber: text,
  dispatchedAt: text,
  lines: z.array(lineUnits),
});

const waitingItem = z.object({
  orderId: text,
  channelId: text,
  since: text,
  cancelAt: text.optional().describe('When what then still waits is cancelled; absent: never.'),
});
export const backorderItem = waitingItem.extend({ sku: text, quantity: count });
export const parkedItem = waitingItem.extend({ queue: text, reason: text });

export const channelAnswer = z.object({
  channelId: text,
  profile: channelProfile,
  version: count,
  position: nullableText,
});

export const apiKeyItem = z.object({
  keyId: text,
  name: text,
  role: z.enum(roles),
  channelId: text.optional(),
  locationId: text.optional(),
});
export const issuedApiKey = apiKeyItem.extend({ secret: text.describe('Shown once: keep it safe.'), position: text });

export const eventsAnswer = z.object({
  items: z.array(
    z.object({
      id: text,
      type: text,
      schemaVersion: count,
      stream: text,
      version: count,
      position: text,
      data: z.unknown(),
      metadata: z.unknown(),
      hash: text,
    }),
  ),
  next: nullableText.describe('Pass it as `after` to go on; null: this was the end of the log.'),
});

export const quarantinedItem = z.object({ position: text, stream: text, version: count, type: text, reason: text });

export const retriedAnswer = z.object({ applied: count, waiting: count, suspect: z.array(text) });
