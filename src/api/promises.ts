import { z } from 'zod';
import { knownChannel } from '../application/known-channel.ts';
import { promiseBasket } from '../application/promises.ts';
import { promiseMethods } from '../domain/sourcing/promise.ts';
import { ApiProblem } from './problem.ts';
import { route } from './route.ts';
import { id, newOrder } from './schemas.ts';
import { soundLines } from './sound-lines.ts';

const MOST_BASKET_LINES = 100;

const order = newOrder.shape;

export const basket = z
  .strictObject({
    channelId: id.exactOptional().describe("Rules may depend on it. A channel's key stands for its own channel."),
    destination: order.destination,
    lines: z.array(order.lines.element).min(1).max(MOST_BASKET_LINES),
    methods: z
      .array(z.enum(promiseMethods))
      .min(1)
      .max(promiseMethods.length)
      .exactOptional()
      .describe('All, if absent.'),
    priority: order.priority,
    deliverBy: order.deliverBy,
    withinKilometres: z
      .number()
      .min(0)
      .max(1_000)
      .exactOptional()
      .describe('How far places to collect at may be: 100.'),
    mostPlaces: z.int().min(1).max(50).exactOptional().describe('How many of the nearest such places to name: 10.'),
  })
  .superRefine(soundLines);

const text = z.string();
const count = z.int().min(0);
const day = z.iso.date();
const units = z.array(z.object({ lineId: text, sku: text, quantity: count }));

const promiseAnswer = z.object({
  options: z.array(
    z.object({
      method: z.enum(promiseMethods),
      locationId: text.exactOptional().describe('Where it can be collected.'),
      distance: z.number().exactOptional().describe('Kilometres from the destination to there.'),
      fulfilments: z.array(
        z.object({
          locationId: text,
          lines: units,
          dispatchDay: day.describe('In the time zone of the location.'),
          deliveryDay: day,
          cost: count,
        }),
      ),
      readyOrDeliveryDay: day.describe('When all of it is delivered, or ready to be collected.'),
      cost: count.describe('Handling and carriage, in minor units.'),
      split: z.boolean(),
      complete: z.boolean(),
      unfilled: units,
      inTime: z.boolean().describe('Not after `deliverBy`, where the request has one.'),
      validUntil: z.iso.datetime().describe('Ordered after this, some of it leaves later.'),
    }),
  ),
  position: text.nullable().describe('The newest event that the stock looked at reflects.'),
});

export const postPromise = route({
  method: 'post',
  path: '/v1/promises',
  tag: 'Orders',
  summary: 'See how and when a basket could be had',
  description:
    'What an order would be given now, by the same engine and rules: delivered at home; collected at places nearby that hold ' +
    'all of it; sent to stores nearby and collected there. Nothing is reserved and nothing recorded. Lines without a `lineId` are numbered from 1.',
  roles: ['admin', 'operator', 'channel'],
  body: basket,
  answers: { 200: { description: 'The ways to have it; none where there is none.', schema: promiseAnswer } },
  handle: async ({ body, caller, service }) => {
    const channelId = body.channelId ?? caller.channelId;
    if (caller.role === 'channel' && caller.channelId !== channelId) {
      throw new ApiProblem('not-allowed', 'This key belongs to another channel.');
    }
    const channel = channelId === undefined ? undefined : await knownChannel(channelId, service);
    return {
      status: 200,
      body: promiseBasket({ ...body, ...(channelId === undefined ? {} : { channelId }) }, channel, service),
    };
  },
});
