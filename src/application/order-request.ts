import { hash } from 'node:crypto';
import type { ChannelProfile } from '../domain/channel.ts';
import type { OrderCommand } from '../domain/order/decide.ts';
import type { Destination, Sealed } from '../domain/order/order.ts';
import { placeOf, postcodeArea } from '../domain/places.ts';
import type { Instant } from '../domain/values.ts';
import { nameBasedUuid } from './name-based-uuid.ts';
import type { PersonalData } from './personal-data.ts';

/** Namespace of order ids. Permanent: with another one, a repeated order would not meet its own stream. */
const inOrderNamespace = nameBasedUuid('6f1d2c0e-6a2b-4f0e-9d0c-51f7a7a1c0de');

export const orderIdOf = (channelId: string, channelOrderNumber: string): string =>
  inOrderNamespace(JSON.stringify([channelId, channelOrderNumber]));

/** The body of `POST /v1/orders`, and what an import makes of a file's rows. */
export type OrderRequest = {
  readonly channelId: string;
  readonly channelOrderNumber: string;
  readonly placedAt?: Instant;
  readonly customer?: { readonly name?: string; readonly email?: string; readonly phone?: string };
  readonly destination: {
    readonly country: string;
    readonly postcode: string;
    readonly city?: string;
    readonly street?: string;
    readonly latitude?: number;
    readonly longitude?: number;
  };
  readonly method: string;
  /** 1 is the most urgent. */
  readonly priority?: number;
  /** `YYYY-MM-DD`: the day on which the customer was promised everything. */
  readonly deliverBy?: string;
  readonly lines: readonly {
    readonly lineId?: string;
    readonly sku: string;
    readonly quantity: number;
    readonly unitPrice?: number;
  }[];
};

/** What the request says, as the order decides it: without the persons, who are sealed. */
export const placeCommand = (
  request: OrderRequest,
  channel: ChannelProfile,
  { orderId, personal, now }: { orderId: string; personal: Sealed | null; now: () => Date },
): Extract<OrderCommand, { type: 'PlaceOrder' }> => {
  const { channelId, channelOrderNumber, method } = request;
  const lines = numbered(request.lines);
  const data = {
    orderId,
    channelId,
    channelOrderNumber,
    placedAt: request.placedAt ?? now().toISOString(),
    method,
    ...(channel.market === undefined ? {} : { market: channel.market }),
    ...(request.priority === undefined ? {} : { priority: request.priority }),
    ...(request.deliverBy === undefined ? {} : { deliverBy: request.deliverBy }),
    currency: channel.currency ?? null,
    destination: destinationOf(request.destination),
    personal,
    contentDigest: digestOf(request, lines),
    lines,
  };
  return { type: 'PlaceOrder', data };
};

/** A line without an id gets its number, or the next one that no other line has. */
export const numbered = (lines: OrderRequest['lines']) => {
  const taken = new Set(lines.flatMap(({ lineId }) => lineId ?? []));
  return lines.map(({ lineId, sku, quantity, unitPrice }, index) => ({
    lineId: lineId ?? takeNumber(index + 1, taken),
    sku,
    quantity,
    unitPrice: unitPrice ?? null,
  }));
};

const takeNumber = (first: number, taken: Set<string>): string => {
  let number = first;
  while (taken.has(`${number}`)) number += 1;
  taken.add(`${number}`);
  return `${number}`;
};

const rounded = (degrees: number): number => Math.round(degrees * 100) / 100;

/** What sourcing may know of an address. */
export const destinationOf = ({ country, postcode, latitude, longitude }: OrderRequest['destination']): Destination => {
  const area = postcodeArea(country, postcode);
  const place =
    latitude !== undefined && longitude !== undefined ? { latitude, longitude } : placeOf(country, postcode);
  if (place === null) return { country, postcodeArea: area, latitude: null, longitude: null };
  return { country, postcodeArea: area, latitude: rounded(place.latitude), longitude: rounded(place.longitude) };
};

export const personalDataOf = ({ customer, destination }: OrderRequest): PersonalData => {
  const { postcode, city, street } = destination;
  const address = Object.fromEntries(Object.entries({ postcode, city, street }).filter(([, value]) => value));
  return {
    ...(customer === undefined ? {} : { customer }),
    ...(Object.keys(address).length === 0 ? {} : { address }),
  };
};

/**
 * What makes a repeated order the same: its impersonal content. Names and streets are left out, because a digest of
 * them would outlive the person's erasure.
 */
const digestOf = (
  { placedAt, method, destination, priority, deliverBy }: OrderRequest,
  lines: readonly object[],
): string => {
  const { country, postcode, latitude, longitude } = destination;
  const place = [latitude, longitude].map((degrees) => (degrees === undefined ? null : rounded(degrees)));
  // Orders of before these existed keep their digest.
  const wishes = priority === undefined && deliverBy === undefined ? [] : [priority ?? null, deliverBy ?? null];
  return hash(
    'sha256',
    JSON.stringify([placedAt ?? null, method, country, postcodeArea(country, postcode), place, lines, ...wishes]),
  );
};
