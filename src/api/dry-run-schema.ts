import { z } from 'zod';
import { validPolicy } from './judge-policy.ts';
import { itemSchema, rateCardSchema } from './policy-schema.ts';
import { id, instant, locationProfile, newOrder, sku, text, whole } from './schemas.ts';

const strict = z.strictObject;

const MOST_LOCATIONS = 10_000;
const MOST_STOCK = 200_000;

/** An order as `POST /v1/orders` takes it, of which only lines and destination are needed. */
export const triedOrder = strict({
  channelId: id.exactOptional(),
  channelOrderNumber: text(128).exactOptional(),
  placedAt: instant.exactOptional(),
  customer: z.unknown().describe('Accepted so that a real order can be pasted; not looked at.').optional(),
  destination: strict({
    country: newOrder.shape.destination.shape.country,
    postcode: text(16, 0).default(''),
    city: text(100).exactOptional(),
    street: text(300).exactOptional(),
    latitude: z.number().min(-90).max(90).exactOptional(),
    longitude: z.number().min(-180).max(180).exactOptional(),
  }),
  method: newOrder.shape.method.default('homeDelivery'),
  priority: newOrder.shape.priority,
  deliverBy: newOrder.shape.deliverBy,
  lines: newOrder.shape.lines,
});

const address = locationProfile.shape.address;

const triedLocation = locationProfile.extend({
  id: id.exactOptional(),
  locationId: id.exactOptional(),
  name: text(200).exactOptional(),
  kind: locationProfile.shape.kind.default('warehouse'),
  address: address.extend({ country: address.shape.country.default('GB'), postcode: text(16, 0).default('') }),
  timeZone: locationProfile.shape.timeZone.default('UTC'),
  capabilities: locationProfile.shape.capabilities.default(['ship']),
  suspended: z.boolean().default(false),
  fulfilmentsToday: whole.min(0).describe('Already promised for its next day of dispatch.').default(0),
  stock: z
    .array(
      strict({
        sku,
        available: whole.min(0),
        weeklyDemand: z.number().min(0).exactOptional(),
        refusedAt: instant.exactOptional(),
      }),
    )
    .max(MOST_STOCK),
});

export type TriedLocation = z.output<typeof triedLocation>;

export const dryRunBody = strict({
  order: triedOrder,
  policy: z
    .union([whole.min(0), validPolicy])
    .describe('A policy, or the version of a published one; absent: the one in force.')
    .optional(),
  network: strict({
    locations: z.array(triedLocation).max(MOST_LOCATIONS),
    rateCards: z.array(rateCardSchema).max(1_000).default([]),
    items: z.array(itemSchema).max(100_000).default([]),
    now: instant.exactOptional(),
  })
    .describe("Absent: today's locations, stock, items and rate cards.")
    .optional(),
});

export type DryRunBody = z.output<typeof dryRunBody>;
