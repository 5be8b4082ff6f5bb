import { z } from 'zod';
import { orderStream } from '../domain/order/order.ts';
import { backorderItem, deliveryItem, orderAnswer, pageOf, parkedItem } from './answers.ts';
import { expectedVersions } from './etag.ts';
import { ifUnchanged } from './order-actions.ts';
import { orderParams, orderReply, visibleOrder } from './orders.ts';
import { ApiProblem } from './problem.ts';
import { listPage } from './reading.ts';
import { type Call, type Route, route } from './route.ts';
import { id, nothing, page, sku } from './schemas.ts';
import { visibleChannel, visibleLocation } from './visible.ts';

const readers = ['admin', 'operator', 'channel', 'auditor', 'reporting'] as const;

const channelFilter = (call: Call<unknown, { channelId?: string }, unknown>) => {
  const channelId = visibleChannel(call);
  return channelId === undefined ? {} : { channelId };
};

export const waiting: readonly Route[] = [
  route({
    method: 'get',
    path: '/v1/in-transit/deliveries',
    tag: 'In transit',
    summary: 'Parcels on their way to customers',
    roles: [...readers, 'locationStaff'],
    query: z.strictObject({ ...page, channelId: id.exactOptional(), locationId: id.exactOptional() }),
    answers: { 200: { description: 'A page of parcels, longest on the way first.', schema: pageOf(deliveryItem) } },
    handle: (call) => {
      const locationId = visibleLocation(call);
      return listPage(call, {
        name: 'in-transit-deliveries',
        equals: { ...channelFilter(call), ...(locationId === undefined ? {} : { locationId }) },
        orderBy: 'dispatchedAt',
        item: ({ body }) => body,
      });
    },
  }),
  route({
    method: 'get',
    path: '/v1/backorders',
    tag: 'Waiting orders',
    summary: 'Units that wait for stock',
    roles: readers,
    query: z.strictObject({ ...page, channelId: id.exactOptional(), sku: sku.exactOptional() }),
    answers: { 200: { description: 'A page of backorders, longest wait first.', schema: pageOf(backorderItem) } },
    handle: (call) =>
      listPage(call, {
        name: 'backorders',
        equals: { ...channelFilter(call), ...(call.query.sku === undefined ? {} : { sku: call.query.sku }) },
        orderBy: 'since',
        item: ({ body }) => body,
      }),
  }),
  route({
    method: 'get',
    path: '/v1/parked-orders',
    tag: 'Waiting orders',
    summary: "Orders that wait for somebody's decision",
    roles: readers,
    query: z.strictObject({ ...page, channelId: id.exactOptional(), queue: id.exactOptional() }),
    answers: { 200: { description: 'A page of parked orders, longest wait first.', schema: pageOf(parkedItem) } },
    handle: (call) =>
      listPage(call, {
        name: 'parked-orders',
        equals: { ...channelFilter(call), ...(call.query.queue === undefined ? {} : { queue: call.query.queue }) },
        orderBy: 'since',
        item: ({ body }) => body,
      }),
  }),
  route({
    method: 'post',
    path: '/v1/orders/{orderId}/source',
    tag: 'Orders',
    summary: 'Try again now to find stock for what is on backorder',
    description:
      'Happens by itself when stock or capacity comes free. Asked for, it is also tried where the units were rejected or not ' +
      'found before. Changes nothing when there is nothing.',
    roles: ['admin', 'operator'],
    params: orderParams,
    body: nothing,
    requestHeaders: ifUnchanged,
    answers: { 200: { description: 'The order afterwards.', schema: orderAnswer } },
    handle: async (call) => {
      const { orderId } = call.params;
      await visibleOrder(call, orderId);
      const context = call.context();
      const cause = { ...context, causationId: context.commandId };
      const expected = expectedVersions(call.header('if-match'));
      const asked = { context, repetition: call.repetition, expectedVersions: expected };
      await call.service.process.retryBackorder(orderId, cause, { everywhere: true, asked });
      const { state, version, position } = await call.service.orders.load(orderStream(orderId));
      if (state.status === 'unplaced' || position === null) throw new ApiProblem('not-found');
      call.ownWrites.note(call.caller.keyId, position);
      return orderReply(200, state, version, position);
    },
  }),
];
