import { isDeepStrictEqual } from 'node:util';
import type { ChannelProfile } from '../domain/channel.ts';
import { DomainError } from '../domain/error.ts';
import { type Order, type OrderEvent, orderStream, type PlacedOrder } from '../domain/order/order.ts';
import { GroundsMissing } from '../event-store/event-store.ts';
import type { CommandContext, Executed } from './execute.ts';
import type { Settled, StepContext } from './fulfilment-process.ts';
import { recipientOf } from './order-recipient.ts';
import { type OrderRequest, orderIdOf, personalDataOf, placeCommand } from './order-request.ts';
import type { Sealing } from './personal-data.ts';
import type { Service } from './service.ts';

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
    // An order that had been placed before brings nothing into the log, and no key either.
    if (placed.events.some((event) => isSealedWith(event, sealing))) personalData.written(sealing);
    else personalData.forget(sealing);
    return { placed, ahead };
  } catch (error) {
    personalData.forget(sealing);
    // Somebody else gave the customer a key in this very moment: it is known from now on.
    if (error instanceof GroundsMissing) return place(request, channel, placing);
    throw error;
  }
};

const isSealedWith = ({ type, data }: OrderEvent, { sealed }: Sealing): boolean =>
  type === 'OrderPlaced' && data.personal?.box === sealed?.box;

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
