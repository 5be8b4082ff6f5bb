import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { ChannelProfile } from '../domain/channel.ts';
import { DomainError } from '../domain/error.ts';
import type { OrderCommand } from '../domain/order/decide.ts';
import {
  type Destination,
  type Order,
  type OrderEvent,
  orderStream,
  type PlacedOrder,
  type Sealed,
} from '../domain/order/order.ts';
import { placeOf, postcodeArea } from '../domain/places.ts';
import { GroundsMissing } from '../event-store/event-store.ts';
import type { CommandContext, Executed } from './execute.ts';
import type { Settled, StepContext } from './fulfilment-process.ts';
import { nameBasedUuid } from './name-based-uuid.ts';
import { recipientOf } from './order-recipient.ts';
import type { PersonalData } from './personal-data.ts';
import type { Service } from './service.ts';

/** Namespace of order ids. Permanent: with another one, a repeated order would not meet its own stream. */
const ORDER_NAMESPACE = '6f1d2c0e-6a2b-4f0e-9d0c-51f7a7a1c0de';

export const orderIdOf = (channelId: string, channelOrderNumber: string): string =>
  nameBasedUuid(ORDER_NAMESPACE, JSON.stringify([channelId, channelOrderNumber]));

/** The body of `POST /v1/orders`, and what an import makes of a file's rows. */
export type OrderRequest = {
  readonly channelId: string;
  readonly channelOrderNumber: string;
  readonly placedAt?: string;
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

export type Placement = {
  readonly order: PlacedOrder;
  readonly version: number;
  readonly position: string;
  /** False: the same order had been placed before. */
  readonly isNew: boolean;
  /** False: sourcing has not ended yet; the fulfilment process goes on with it. */
  readonly isSettled: boolean;
};

export type PlacingOptions = {
  readonly service: Service;
  readonly context: CommandContext;
  readonly respondAsync: boolean;
};

/** Places an order, durably, and (unless asked not to wait) takes it through its first sourcing. */
export const placeOrder = async (
  request: OrderRequest,
  channel: ChannelProfile,
  options: PlacingOptions,
): Promise<Placement> => {
  const { service, context, respondAsync } = options;
  const orderId = orderIdOf(request.channelId, request.channelOrderNumber);
  const cause = { ...context, actor: 'system:fulfilment', causationId: context.commandId };
  const { placed, ahead } = await place(request, channel, { service, context, cause, orderId });
  const isNew = placed.events.length > 0;
  if (!isNew) await assertSameRecipient(request, orderId, service);
  const advanced = ahead
    .then((settled) => settled ?? service.process.advance(orderId, cause, isNew ? placed : undefined))
    .catch((error: unknown) => {
      // The order is durable, whatever happened since: the process takes it up again from the log.
      service.onError(error);
      return null;
    });
  const settled = respondAsync ? null : await advanced;
  return placement(settled ?? placed, isNew, settled !== null);
};

type Placing = {
  readonly service: Service;
  readonly context: CommandContext;
  readonly cause: StepContext;
  readonly orderId: string;
};

type Placed = {
  readonly placed: Executed<Order, OrderEvent>;
  /** How the order stands once its locations were asked, which began while it was on its way to the log; null: that came to nothing. */
  readonly ahead: Promise<Settled | null>;
};

const place = async (request: OrderRequest, channel: ChannelProfile, placing: Placing): Promise<Placed> => {
  const { service, context, cause, orderId } = placing;
  const { personalData, process } = service;
  const sealing = await personalData.seal(personalDataOf(request), orderId);
  let ahead: Promise<Settled | null> = Promise.resolve(null);
  try {
    const command = placeCommand(request, channel, { orderId, personal: sealing.sealed, now: service.now });
    const placed = await service.orders.execute(orderStream(orderId), command, context, {
      assumeNew: true,
      grounds: { after: [], documents: sealing.documents },
      andThen: (order) => process.firstSourcing(order, cause),
      onHandedOver: (state) => {
        // Whatever fails is tried again from the log, which then says why.
        ahead = process.goAhead(orderId, cause, state)?.catch(() => null) ?? ahead;
      },
    });
    personalData.written(sealing);
    return { placed, ahead };
  } catch (error) {
    personalData.forget(sealing);
    // Somebody else gave the customer a key in this very moment: it is known from now on.
    if (error instanceof GroundsMissing) return place(request, channel, placing);
    throw error;
  }
};

/** The order's digest leaves persons out, so a repeated order is also held to what was sealed; who was erased fits all. */
const assertSameRecipient = async (request: OrderRequest, orderId: string, service: Service): Promise<void> => {
  const known = await recipientOf(service, orderId);
  if (known === null || isDeepStrictEqual(known, personalDataOf(request))) return;
  throw new DomainError('order-differs', `${request.channelOrderNumber} was placed before for another recipient.`, {
    orderId,
  });
};

const placement = ({ state, version, position }: Settled, isNew: boolean, isSettled: boolean): Placement => {
  if (state.status === 'unplaced' || position === null) throw new Error('a placed order has a state');
  return { order: state, version, position, isNew, isSettled };
};

const placeCommand = (
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
    placedAt: new Date(request.placedAt ?? now()).toISOString(),
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
const numbered = (lines: OrderRequest['lines']) => {
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

const personalDataOf = ({ customer, destination }: OrderRequest): PersonalData => {
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
