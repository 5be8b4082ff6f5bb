import { z } from 'zod';
import { StreamUnreadable } from '../application/execute-errors.ts';
import { orderStream } from '../domain/order/order.ts';
import { timelineEntry } from '../projections/order-timeline.ts';
import { isOrderEvent } from '../projections/orders.ts';
import { timelineAnswer } from './answers.ts';
import { orderParams, visibleOrder } from './orders.ts';
import { route } from './route.ts';
import { position } from './schemas.ts';

const query = z.strictObject({ minPosition: position.exactOptional() });

export const getTimeline = route({
  method: 'get',
  path: '/v1/orders/{orderId}/timeline',
  tag: 'Orders',
  summary: 'What happened to an order, when, by whom and why',
  roles: ['admin', 'operator', 'channel', 'locationStaff', 'auditor'],
  params: orderParams,
  query,
  answers: { 200: { description: 'Every event, oldest first.', schema: timelineAnswer } },
  handle: async (call) => {
    const { orderId } = call.params;
    const { position } = await visibleOrder(call, orderId);
    const items = [];
    for await (const recorded of call.service.eventStore.readStream(orderStream(orderId))) {
      const decoded = call.service.codec.decode(recorded);
      if (!decoded.ok) throw new StreamUnreadable(recorded.stream, recorded.version, decoded.reason);
      if (!isOrderEvent(decoded.event)) continue;
      const { orderId: _same, ...entry } = timelineEntry(decoded.event);
      items.push(entry);
    }
    return { status: 200, body: { orderId, items, position } };
  },
});
