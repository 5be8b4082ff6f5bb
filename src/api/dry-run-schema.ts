import { z } from 'zod';
import { validPolicy } from './judge-policy.ts';
import { itemSchema, rateCardSchema } from './policy-schema.ts';
import { destination, id, instant, locationProfile, newOrder, sku, text, whole } from './schemas.ts';
import { soundLines } from './sound-lines.ts';

const strict = z.strictObject;

const MOST_LOCATIONS = 10_000;
const MOST_STOCK = 200_000;

/** An order as `POST /v1/orders` takes it, of which only lines and destination are needed. */
export const triedOrder = strict({
  channelId: id.exactOptional(),
  channelOrderNumber: text(128).exactOptional(),
  placedAt: instant.exactOptional(),
  customer: z.unknown().describe('Accepted so that a real order can be pasted; not looked at.').optional(),
  destination: destination(text(16, 0).default('')),
  method: newOrder.shape.method.default('homeDelivery'),
  priority: newOrder.shape.priority,
  deliverBy: newOrder.shape.deliverBy,
  lines: newOrder.shape.lines,
}).superRefine(soundLines);

/** Of two entries for one thing, one would be passed over in silence. */
const once =
  <Entry>(keyOf: (entry: Entry, index: number) => string, key: string) =>
  (entries: readonly Entry[], { addIssue }: Pick<z.RefinementCtx, 'addIssue'>): void => {
    const seen = new Set<string>();
    for (const [index, entry] of entries.entries()) {
      const name = keyOf(entry, index);
      if (seen.has(name))
        addIssue({ code: 'custom', path: [index], message: `must not use the ${key} "${name}" twice` });
      seen.add(name);
    }
  };

const bySku = once<{ readonly sku: string }>((entry) => entry.sku, 'sku');

/** Locations without a name get one by their place in the request. */
export const nameOf = (
  { id: short, locationId }: { readonly id?: string; readonly locationId?: string },
  index: number,
): string => locationId ?? short ?? `location-${index + 1}`;

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
    .max(MOST_STOCK)
    .superRefine(bySku),
});

export type TriedLocation = z.output<typeof triedLocation>;

export const dryRunBody = strict({
  order: triedOrder,
  policy: z
    .union([whole.min(0), validPolicy])
    .describe('A policy, or the version of a published one; absent: the one in force.')
    .optional(),
  network: strict({
    locations: z.array(triedLocation).max(MOST_LOCATIONS).superRefine(once(nameOf, 'id')),
    rateCards: z
      .array(rateCardSchema)
      .max(1_000)
      .superRefine(once<z.output<typeof rateCardSchema>>(({ rateCardId }) => rateCardId, 'rateCardId'))
      .default([]),
    items: z.array(itemSchema).max(100_000).superRefine(bySku).default([]),
    now: instant.exactOptional(),
  })
    .describe("Absent: today's locations, stock, items and rate cards.")
    .optional(),
});

export type DryRunBody = z.output<typeof dryRunBody>;
