import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { roles } from '../domain/api-key.ts';
import { channelKinds } from '../domain/channel.ts';
import { readInstant } from '../domain/instant.ts';
import { capabilities, locationKinds } from '../domain/stock-location/stock-location.ts';
import { LEAST_URGENT, MOST_LINES, skuPattern } from '../domain/values.ts';
import { soundLines } from './sound-lines.ts';

const strict = z.strictObject;

/** Text as people write it: trimmed, whole Unicode, no control characters. */
export const text = (most: number, least = 1) =>
  z
    .string()
    .trim()
    .min(least)
    .max(most)
    .refine((value) => value.isWellFormed(), 'must not hold half a character (a lone surrogate)')
    .refine((value) => !/\p{Cc}/u.test(value), 'must not hold control characters');

/** Ids that channels and operators choose: safe in paths, stream names and file names. */
const idPattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;
export const id = z
  .string()
  .regex(
    idPattern,
    'must be 1 to 64 letters, digits, dots, dashes or underscores, and begin and end with a letter or digit',
  );
export const sku = z
  .string()
  .regex(skuPattern, 'must be 1 to 64 letters, digits or . _ / + - and begin and end with a letter or digit');

export const whole = z.int().refine((value) => !Object.is(value, -0), 'must not be -0');
export const quantity = whole.min(1);
const counted = whole.min(0);
export const money = whole.min(0);
export const country = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code, such as GB');
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code, such as GBP');
const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);
const reference = text(128);
export const reason = text(500);
const lines = <Line extends z.ZodType>(line: Line) => z.array(line).min(1).max(MOST_LINES);

/** Any offset comes in; everything inside is in UTC with milliseconds. */
export const instant = z
  .string()
  .meta({ format: 'date-time' })
  .transform((written, { addIssue }) => {
    const read = readInstant(written);
    if (read !== null) return read;
    addIssue('must be a time with zone in the years 0000 to 9999, such as 2026-11-23T14:20:00Z');
    return z.NEVER;
  });

/** Temporal refuses abbreviations that Intl takes for something (`BST` is Dhaka's time to it), Intl refuses whole dates. */
const isTimeZone = (name: string): boolean => {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return (
      timeZone !== '' && Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).epochMilliseconds === 0
    );
  } catch {
    return false;
  }
};

export const locationProfile = strict({
  name: text(200),
  kind: z.enum(locationKinds),
  address: strict({
    country,
    postcode: text(16),
    city: text(100).exactOptional(),
    street: text(200).exactOptional(),
    latitude,
    longitude,
  }),
  timeZone: z.string().max(64).refine(isTimeZone, 'must be an IANA time zone, such as Europe/London'),
  capabilities: z.array(z.enum(capabilities)).max(capabilities.length),
  groups: z.array(id).max(50).exactOptional(),
  priority: whole.max(1_000_000).exactOptional(),
  costs: strict({ perParcel: money.max(1e9), perUnit: money.max(1e9) }).exactOptional(),
  leadTimeHours: z
    .number()
    .min(0)
    .max(24 * 365)
    .exactOptional(),
  cutOff: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM, 00:00 to 23:59')
    .exactOptional(),
  calendar: strict({
    closedWeekdays: z.array(whole.min(1).max(7)).max(7).exactOptional(),
    holidays: z.array(z.iso.date()).max(1_000).exactOptional(),
  }).exactOptional(),
  capacity: strict({ fulfilmentsPerDay: counted }).exactOptional(),
});

export const receipt = strict({ reference, lines: lines(strict({ sku, quantity })) });
export const adjustment = strict({
  reference,
  reason,
  lines: lines(strict({ sku, delta: whole.refine((value) => value !== 0, 'must not be 0') })),
});
export const stockCount = strict({
  reference,
  lines: lines(strict({ sku, counted })).refine(
    (all) => new Set(all.map((line) => line.sku)).size === all.length,
    'must count each SKU once',
  ),
});
export const safetyStock = strict({ quantity: counted });

export const channelProfile = strict({
  name: text(200),
  kind: z.enum(channelKinds),
  market: text(64).exactOptional(),
  currency: currency.exactOptional(),
});

export const newApiKey = strict({
  name: text(200).exactOptional(),
  role: z.enum(roles),
  channelId: id.exactOptional(),
  locationId: id.exactOptional(),
}).superRefine((key, context) => {
  const wants = { channelId: key.role === 'channel', locationId: key.role === 'locationStaff' };
  for (const field of ['channelId', 'locationId'] as const) {
    if (wants[field] === (key[field] !== undefined)) continue;
    const message = wants[field] ? `is needed for role ${key.role}` : `is not for role ${key.role}`;
    context.addIssue({ code: 'custom', path: [field], message });
  }
});

export const destination = (postcode: z.ZodType<string>) =>
  strict({
    country,
    postcode,
    city: text(100).exactOptional(),
    street: text(300).exactOptional(),
    latitude: latitude.exactOptional(),
    longitude: longitude.exactOptional(),
  }).refine(
    ({ latitude: north, longitude: east }) => (north === undefined) === (east === undefined),
    'needs both latitude and longitude, or neither',
  );

export const newOrder = strict({
  channelId: id,
  channelOrderNumber: text(128),
  placedAt: instant.exactOptional(),
  customer: strict({
    name: text(200).exactOptional(),
    email: text(320).exactOptional(),
    phone: text(50).exactOptional(),
  }).exactOptional(),
  destination: destination(text(16, 0)),
  method: z.literal('homeDelivery'),
  priority: z.int().min(1).max(LEAST_URGENT).describe('1 is the most urgent.').exactOptional(),
  deliverBy: z.iso.date().describe('The day on which the customer was promised everything.').exactOptional(),
  lines: lines(strict({ lineId: id.exactOptional(), sku, quantity, unitPrice: money.exactOptional() })),
}).superRefine(soundLines);

export type NewOrder = z.output<typeof newOrder>;

/** What an event says where nobody gave a reason. */
export const NO_REASON = 'not stated';

export const reasonOnly = strict({ reason: reason.exactOptional() }).optional();
export const cancellation = strict({
  reason: reason.exactOptional(),
  lines: lines(strict({ lineId: id, quantity: quantity.exactOptional() })).exactOptional(),
}).optional();
export const nothing = strict({}).optional();
export const shortPick = strict({
  lines: lines(
    strict({ lineId: id.exactOptional(), sku: sku.exactOptional(), quantity }).refine(
      (line) => line.lineId !== undefined || line.sku !== undefined,
      'needs a lineId or a sku',
    ),
  ).exactOptional(),
}).optional();
export const shipment = strict({ carrier: text(100), trackingNumber: text(100) });
export const rejection = strict({ reason });

const limit = z.coerce.number().int().min(1).max(200).default(50);
export const position = z.string().regex(/^[0-9A-Za-z:._-]{1,64}$/, 'must be a position that an answer gave');
export const page = {
  limit,
  cursor: z.string().min(1).max(1_000).exactOptional(),
  minPosition: position.exactOptional(),
};
