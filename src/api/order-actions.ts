import { z } from 'zod';
import type { OrderCommand } from '../domain/order/decide.ts';
import { orderStream, type PlacedOrder } from '../domain/order/order.ts';
import { orderAnswer } from './answers.ts';
import type { Caller } from './auth.ts';
import { expectedVersions } from './etag.ts';
import { orderParams, orderReply, visibleOrder } from './orders.ts';
import { ApiProblem } from './problem.ts';
import { type Call, type Reply, type Route, route } from './route.ts';
import { cancellation, NO_REASON, nothing, reasonOnly, rejection, shipment, shortPick } from './schemas.ts';

const answers = { 200: { description: 'The order afterwards.', schema: orderAnswer } };
export const ifUnchanged = { 'If-Match': 'The ETag you read: refused with 412 when the order has changed since.' };
const ofOrder = {
  method: 'post',
  tag: 'Orders',
  params: orderParams,
  roles: ['admin', 'operator', 'channel'],
  requestHeaders: ifUnchanged,
  answers,
} as const;

const fulfilmentParams = orderParams.extend({ fulfilmentId: z.string().min(1).max(256) });
const ofFulfilment = {
  method: 'post',
  tag: 'Fulfilments',
  params: fulfilmentParams,
  roles: ['admin', 'operator', 'locationStaff'],
  requestHeaders: ifUnchanged,
  answers,
} as const;

type AnyCall = Call<{ orderId: string }, unknown, unknown>;

/** Gives the command, lets the process do what follows from it, and answers the order as it then stands. */
const act = async (call: AnyCall, command: OrderCommand): Promise<Reply> => {
  const { service, caller, ownWrites } = call;
  const { orderId } = call.params;
  const { order } = await visibleOrder(call, orderId);
  const context = call.context(order.channelId);
  const options = { repetition: call.repetition, expectedVersions: expectedVersions(call.header('if-match')) };
  const executed = await service.orders.execute(orderStream(orderId), command, context, options);
  const cause = { ...context, actor: 'system:fulfilment', causationId: context.commandId };
  const settled = await service.process.advance(orderId, cause).catch((error: unknown) => {
    // The command is durable: what follows from it is done from the log.
    service.onError(error);
    return executed;
  });
  if (settled.state.status === 'unplaced' || settled.position === null) throw new ApiProblem('not-found');
  ownWrites.note(caller.keyId, settled.position);
  return orderReply(200, settled.state, settled.version, settled.position);
};

/** Location staff work on their own location's fulfilments; others do not exist for them. */
const mayHandle = (caller: Caller, order: PlacedOrder, fulfilmentId: string): boolean =>
  caller.role !== 'locationStaff' ||
  order.fulfilments.some((one) => one.fulfilmentId === fulfilmentId && one.locationId === caller.locationId);

const nowOf = ({ service }: Pick<AnyCall, 'service'>): string => service.now().toISOString();

const handle = async (
  call: Call<{ orderId: string; fulfilmentId: string }, unknown, unknown>,
  command: OrderCommand,
) => {
  const { order } = await visibleOrder(call, call.params.orderId);
  if (!mayHandle(call.caller, order, call.params.fulfilmentId)) throw new ApiProblem('not-found');
  return act(call, command);
};

export const orderActions: readonly Route[] = [
  route({
    ...ofOrder,
    path: '/v1/orders/{orderId}/cancel',
    summary: 'Cancel an order, or some of its lines',
    description: 'Reserved stock is released. Units that have left cannot be cancelled: cancel the others by line.',
    body: cancellation,
    handle: (call) => {
      const { lines, reason } = call.body ?? {};
      const data = {
        orderId: call.params.orderId,
        reason: reason ?? NO_REASON,
        ...(lines === undefined ? {} : { lines }),
      };
      return act(call, { type: 'CancelOrder', data });
    },
  }),
  route({
    ...ofOrder,
    path: '/v1/orders/{orderId}/hold',
    summary: 'Hold an order: nothing is sourced, picked, packed or dispatched until it is released',
    body: reasonOnly,
    handle: (call) =>
      act(call, { type: 'HoldOrder', data: { orderId: call.params.orderId, reason: call.body?.reason ?? NO_REASON } }),
  }),
  route({
    ...ofOrder,
    path: '/v1/orders/{orderId}/release',
    summary: 'Release a held or parked order',
    description:
      'Of an order that is both, the hold: its status is `parked` then, and is released by asking once more.',
    body: nothing,
    handle: async (call) => {
      const { orderId } = call.params;
      const { held, parked } = (await visibleOrder(call, orderId)).order;
      return act(call, { type: held || parked === null ? 'ReleaseOrder' : 'UnparkOrder', data: { orderId } });
    },
  }),
  route({
    ...ofFulfilment,
    path: '/v1/orders/{orderId}/fulfilments/{fulfilmentId}/pick',
    summary: 'All units were picked',
    body: nothing,
    handle: (call) => handle(call, { type: 'PickFulfilment', data: call.params }),
  }),
  route({
    ...ofFulfilment,
    path: '/v1/orders/{orderId}/fulfilments/{fulfilmentId}/short-pick',
    summary: 'Some units were not found',
    description:
      'Names the missing units by line or SKU; without `lines`, none was found. They leave the stock of the location ' +
      'and are sourced elsewhere; what was found goes on as picked.',
    body: shortPick,
    handle: (call) => {
      const missing = call.body?.lines;
      const data = { ...call.params, ...(missing === undefined ? {} : { missing }), at: nowOf(call) };
      return handle(call, { type: 'ShortPickFulfilment', data });
    },
  }),
  route({
    ...ofFulfilment,
    path: '/v1/orders/{orderId}/fulfilments/{fulfilmentId}/pack',
    summary: 'The parcel is packed',
    body: nothing,
    handle: (call) => handle(call, { type: 'PackFulfilment', data: call.params }),
  }),
  route({
    ...ofFulfilment,
    path: '/v1/orders/{orderId}/fulfilments/{fulfilmentId}/dispatch',
    summary: 'The parcel has left: its units leave the stock',
    body: shipment,
    handle: (call) => handle(call, { type: 'DispatchFulfilment', data: { ...call.params, ...call.body } }),
  }),
  route({
    ...ofFulfilment,
    path: '/v1/orders/{orderId}/fulfilments/{fulfilmentId}/deliver',
    summary: 'The customer has the parcel',
    body: nothing,
    handle: (call) => handle(call, { type: 'DeliverFulfilment', data: call.params }),
  }),
  route({
    ...ofFulfilment,
    path: '/v1/orders/{orderId}/fulfilments/{fulfilmentId}/reject',
    summary: 'The location cannot do it: its units are sourced elsewhere',
    body: rejection,
    description:
      'The location is not asked for them again before it has more of them: received, counted or adjusted upwards. What no ' +
      'other location has waits on backorder until then, or until somebody asks by `POST /v1/orders/{orderId}/source`.',
    handle: (call) =>
      handle(call, { type: 'RejectFulfilment', data: { ...call.params, ...call.body, at: nowOf(call) } }),
  }),
];
