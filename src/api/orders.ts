import { z } from 'zod';
import { knownChannel } from '../application/known-channel.ts';
import { recipientOf } from '../application/order-recipient.ts';
import { orderIdOf } from '../application/order-request.ts';
import { placeOrder } from '../application/place-order.ts';
import { orderStream, type PlacedOrder } from '../domain/order/order.ts';
import { type OrderStatus, orderAnswer, orderStatuses } from '../domain/order/status.ts';
import { liveFulfilments } from '../domain/order/units.ts';
import { StoreUnavailable } from '../event-store/event-store.ts';
import { type OrderDocument, orderOf } from '../projections/orders.ts';
import { orderAnswer as orderSchema, pageOf, recipientAnswer } from './answers.ts';
import type { Caller } from './auth.ts';
import { etagOf, notChanged, unlessKnown } from './etag.ts';
import { ApiProblem } from './problem.ts';
import { awaitPosition, listPage, type Reading } from './reading.ts';
import { type Call, type Reply, route } from './route.ts';
import { id, newOrder, page } from './schemas.ts';
import { visibleChannel } from './visible.ts';

export const orderParams = z.strictObject({ orderId: z.uuid().or(id) });

/** Orders are seen by their own channel, by locations that have or had a part in them, and by those who see everything. */
const maySee = (caller: Caller, order: PlacedOrder): boolean => {
  if (caller.role === 'channel') return order.channelId === caller.channelId;
  // Asked and unable, it never had a part.
  if (caller.role === 'locationStaff')
    return order.fulfilments.some(({ locationId, status }) => locationId === caller.locationId && status !== 'refused');
  return true;
};

/** A location needs to know who an order goes to for as long as it has a part in it. */
const mayKnowRecipient = ({ role, locationId: own }: Caller, order: PlacedOrder): boolean =>
  role !== 'locationStaff' || liveFulfilments(order).some(({ locationId }) => locationId === own);

/** The order, unless there is none or it is foreign: then there is none for this caller. */
export const visibleOrder = async (
  { service, caller }: Pick<Call<unknown, unknown, unknown>, 'service' | 'caller'>,
  orderId: string,
) => {
  const { state, version, position } = await service.orders.load(orderStream(orderId));
  if (state.status === 'unplaced' || position === null || !maySee(caller, state)) throw new ApiProblem('not-found');
  return { order: state, version, position };
};

/** The order as it stands; while the log is away, as the read model has it: its version and position say how far that goes. */
const orderToRead = async (call: Reading, orderId: string): ReturnType<typeof visibleOrder> => {
  try {
    return await visibleOrder(call, orderId);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    await awaitPosition('orders', call);
    const stored = (await call.service.readModels.get('orders', [orderId])).get(orderId);
    if (stored === undefined) throw error;
    const document = stored.body as OrderDocument;
    const order = orderOf(document);
    if (!maySee(call.caller, order)) throw new ApiProblem('not-found');
    return { order, version: document.version, position: stored.position };
  }
};

/** An order as every answer shows it, with its ETag. */
export const orderReply = (status: number, order: PlacedOrder, version: number, position: string): Reply => ({
  status,
  body: orderAnswer(order, version, position),
  headers: { ETag: etagOf(version) },
});

export const postOrder = route({
  method: 'post',
  path: '/v1/orders',
  tag: 'Orders',
  summary: 'Place an order',
  description:
    'Answers once the first sourcing attempt has ended. The same order again (channel and channel order number) answers ' +
    '200 with the order as it stands; with other content, 409. `Prefer: respond-async` answers 202 as soon as the order is durable.',
  roles: ['admin', 'operator', 'channel'],
  requestHeaders: { Prefer: '`respond-async`: do not wait for sourcing.' },
  body: newOrder,
  answers: {
    200: { description: 'It had been placed before.', schema: orderSchema },
    201: { description: 'Placed.', schema: orderSchema },
    202: { description: 'Durable; sourcing goes on.', schema: orderSchema },
  },
  handle: async ({ body, caller, header, context, service, ownWrites }) => {
    if (caller.role === 'channel' && caller.channelId !== body.channelId) {
      throw new ApiProblem('not-allowed', 'This key belongs to another channel.');
    }
    const channel = await knownChannel(body.channelId, service);
    const respondAsync = header('prefer')?.toLowerCase().includes('respond-async') ?? false;
    const placed = await placeOrder(body, channel, { service, context: context(body.channelId), respondAsync });
    ownWrites.note(caller.keyId, placed.position);
    const status = placed.isNew ? (placed.isSettled ? 201 : 202) : 200;
    const reply = orderReply(status, placed.order, placed.version, placed.position);
    const applied = respondAsync && status === 202 ? { 'Preference-Applied': 'respond-async' } : {};
    return { ...reply, headers: { ...reply.headers, ...applied, Location: `/v1/orders/${placed.order.orderId}` } };
  },
});

export const getOrder = route({
  method: 'get',
  path: '/v1/orders/{orderId}',
  tag: 'Orders',
  summary: 'Read an order as it stands now',
  description:
    'It is read from the event log itself, so it is never behind, and `minPosition` has nothing to wait for. Only while the ' +
    'log does not answer, it is as the read model has it.',
  roles: ['admin', 'operator', 'channel', 'locationStaff', 'auditor', 'reporting'],
  params: orderParams,
  query: z.strictObject({ minPosition: page.minPosition }),
  answers: {
    200: { description: 'The order.', schema: orderSchema },
    ...notChanged,
  },
  handle: async (call) => {
    const { order, version, position } = await orderToRead(call, call.params.orderId);
    return unlessKnown(call, orderReply(200, order, version, position), version);
  },
});

export const listOrders = route({
  method: 'get',
  path: '/v1/orders',
  tag: 'Orders',
  summary: 'List orders, newest first',
  roles: ['admin', 'operator', 'channel', 'auditor', 'reporting'],
  query: z.strictObject({
    ...page,
    channelId: id.exactOptional(),
    channelOrderNumber: newOrder.shape.channelOrderNumber.exactOptional(),
    status: z.enum(orderStatuses).exactOptional(),
  }),
  answers: { 200: { description: 'A page of orders.', schema: pageOf(orderSchema) } },
  handle: async (call) => {
    const { channelOrderNumber, status } = call.query;
    const channelId = visibleChannel(call);
    if (channelOrderNumber !== undefined) return findByNumber(call, channelId, channelOrderNumber, status);
    return listPage(call, {
      name: 'orders',
      equals: { ...(channelId === undefined ? {} : { channelId }), ...(status === undefined ? {} : { status }) },
      orderBy: 'placedAt',
      descending: true,
      item: ({ body, position }) => {
        const document = body as OrderDocument;
        return orderAnswer(orderOf(document), document.version, position);
      },
    });
  },
});

/** An order's id follows from its channel and number, so no index is needed to find it. */
const findByNumber = async (
  call: Call<unknown, unknown, unknown>,
  channelId: string | undefined,
  channelOrderNumber: string,
  status: OrderStatus | undefined,
): Promise<Reply> => {
  if (channelId === undefined) throw new ApiProblem('request-invalid', 'channelOrderNumber needs a channelId.');
  const { state, version, position } = await call.service.orders.load(
    orderStream(orderIdOf(channelId, channelOrderNumber)),
  );
  const isVisible = state.status !== 'unplaced' && position !== null && maySee(call.caller, state);
  const found = isVisible ? [orderAnswer(state, version, position)] : [];
  const items = found.filter((order) => status === undefined || order.status === status);
  return { status: 200, body: { items, nextCursor: null, position } };
};

export const getRecipient = route({
  method: 'get',
  path: '/v1/orders/{orderId}/recipient',
  tag: 'Orders',
  summary: 'Read who the order goes to, and where',
  description: 'The only answer with personal data. It is unsealed for this answer and stored nowhere else.',
  roles: ['admin', 'operator', 'channel', 'locationStaff'],
  params: orderParams,
  answers: { 200: { description: 'The recipient; `erased` once the person was erased.', schema: recipientAnswer } },
  handle: async (call) => {
    const { orderId } = call.params;
    const { order } = await visibleOrder(call, orderId);
    if (!mayKnowRecipient(call.caller, order)) throw new ApiProblem('not-found');
    const recipient = await recipientOf(call.service, orderId);
    const { country, latitude, longitude } = order.destination;
    const address = { postcode: null, city: null, street: null, ...recipient?.address };
    return {
      status: 200,
      body: {
        orderId,
        erased: recipient === null,
        customer: recipient?.customer ?? null,
        destination: { country, ...address, latitude, longitude },
      },
    };
  },
});
