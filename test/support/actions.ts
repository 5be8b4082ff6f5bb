import fc from 'fast-check';
import type { OrderCommand } from '../../src/domain/order/decide.ts';
import type { Fulfilment } from '../../src/domain/order/order.ts';
import { liveFulfilments } from '../../src/domain/order/units.ts';
import type { StockLocationCommand } from '../../src/domain/stock-location/decide.ts';
import { line, noon, placeOrder } from './examples.ts';
import { fulfil, watch } from './fulfilment.ts';
import { comeToRest, runToEnd, type World } from './world.ts';

export type Action = (world: World) => void;

/** An arbitrary action that a failure report can name. */
const action = <Details>(name: string, details: fc.Arbitrary<Details>, act: (world: World, details: Details) => void) =>
  details.map(
    (one): Action =>
      Object.assign((world: World) => act(world, one), { [fc.toStringMethod]: () => `${name} ${JSON.stringify(one)}` }),
  );

const order = <Details>(name: string, details: fc.Arbitrary<Details>, command: (details: Details) => OrderCommand) =>
  action(name, details, ({ network }, one) => void network.onOrder(command(one)));

const stock = <Details>(
  name: string,
  details: fc.Arbitrary<Details>,
  command: (details: Details, reference: string) => StockLocationCommand,
) => action(name, details, ({ network }, one) => void network.atLocation(command(one, `r${network.log.length}`)));

const fulfilment = <Details>(
  name: string,
  details: fc.Arbitrary<Details>,
  command: (fulfilment: Fulfilment, details: Details, orderId: string) => OrderCommand,
) =>
  action(name, fc.tuple(orderId, index, details), ({ network }, [id, nth, one]) => {
    const placed = network.order(id);
    const chosen = placed.status === 'unplaced' ? undefined : nthOf(liveFulfilments(placed), nth);
    if (chosen !== undefined) network.onOrder(command(chosen, one, id));
  });

const nthOf = <Item>(items: readonly Item[], nth: number): Item | undefined => items[nth % items.length];

const orderId = fc.constantFrom('o1', 'o2', 'o3');
const sku = fc.constantFrom('teapot', 'kettle');
const locationId = fc.constantFrom('north', 'south', 'west');
const index = fc.nat(11);
const few = fc.integer({ min: 1, max: 4 });
const nothing = fc.constant(null);

const placement = order(
  'place',
  fc.tuple(orderId, fc.array(fc.tuple(sku, few), { minLength: 1, maxLength: 3 })),
  ([id, wanted]) =>
    placeOrder({ orderId: id, lines: wanted.map(([one, quantity], at) => line(String(at + 1), one, quantity)) }),
);

const customers = [
  order('cancel', orderId, (id) => ({ type: 'CancelOrder', data: { orderId: id, reason: 'customer' } })),
  order('cancel units', fc.tuple(orderId, fc.constantFrom('1', '2', '3'), few), ([id, lineId, quantity]) => ({
    type: 'CancelOrder',
    data: { orderId: id, reason: 'customer', lines: [{ lineId, quantity }] },
  })),
  order('hold', orderId, (id) => ({ type: 'HoldOrder', data: { orderId: id, reason: 'fraud' } })),
  order('release', orderId, (id) => ({ type: 'ReleaseOrder', data: { orderId: id } })),
];

const receipt = stock(
  'receive',
  fc.tuple(locationId, sku, fc.integer({ min: 1, max: 6 })),
  ([id, one, quantity], reference) => ({
    type: 'ReceiveStock',
    data: { locationId: id, reference, lines: [{ sku: one, quantity }] },
  }),
);

const nextStages = {
  reserved: 'PickFulfilment',
  picked: 'PackFulfilment',
  packed: 'DispatchFulfilment',
  dispatched: 'DeliverFulfilment',
} as const;

const advance = ({ fulfilmentId, status }: Fulfilment, _: null, orderId: string): OrderCommand => {
  const known: Partial<Record<string, (typeof nextStages)[keyof typeof nextStages]>> = nextStages;
  const type = known[status] ?? 'PickFulfilment';
  const named = { orderId, fulfilmentId };
  return type === 'DispatchFulfilment'
    ? { type, data: { ...named, carrier: 'royal-mail', trackingNumber: 'RM1' } }
    : { type, data: named };
};

const staff = [
  fulfilment('move on', nothing, advance),
  fulfilment('move on', nothing, advance),
  fulfilment('move on', nothing, advance),
  fulfilment('reject', nothing, ({ fulfilmentId }, _, id) => ({
    type: 'RejectFulfilment',
    data: { orderId: id, fulfilmentId, reason: 'damaged', at: noon },
  })),
  fulfilment('short-pick', fc.tuple(index, few), ({ fulfilmentId, lines }, [at, quantity], id) => {
    const one = nthOf(lines, at);
    const missing = one === undefined ? [] : [{ lineId: one.lineId, quantity: Math.min(quantity, one.quantity) }];
    return { type: 'ShortPickFulfilment', data: { orderId: id, fulfilmentId, missing, at: noon } };
  }),
];

const operators = [
  order('park', orderId, (id) => ({ type: 'ParkOrder', data: { orderId: id, queue: 'ops', reason: 'odd' } })),
  order('unpark', orderId, (id) => ({ type: 'UnparkOrder', data: { orderId: id } })),
  stock('count', fc.tuple(locationId, sku, fc.nat(6)), ([id, one, counted], reference) => ({
    type: 'CountStock',
    data: { locationId: id, reference, lines: [{ sku: one, counted }] },
  })),
  stock('suspend', locationId, (id) => ({ type: 'SuspendLocation', data: { locationId: id, reason: 'flood' } })),
  stock('resume', locationId, (id) => ({ type: 'ResumeLocation', data: { locationId: id } })),
];

const pauses = fc.integer({ min: 1, max: 6 });

const slow = [
  action('go on', fc.tuple(index, pauses), ({ running }, [nth, times]) => {
    const work = nthOf(running, nth);
    for (let pause = 0; pause < times && work?.next().done === false; pause += 1);
  }),
  action('watch', pauses, (world, times) => {
    const watcher = world.watcher ?? watch(world.network, world.cursor);
    world.watcher = watcher;
    for (let pause = 0; pause < times && world.watcher !== null; pause += 1)
      if (watcher.next().done) world.watcher = null;
  }),
];

const catchUp = action('catch up', nothing, (world) => {
  world.watcher = null;
  runToEnd(watch(world.network, world.cursor));
});

/** The service at work: several processes at once, each of which may be slow, or die between any two appends. */
const service = [
  ...slow,
  catchUp,
  action('start', orderId, ({ network, running }, id) => void running.push(fulfil(network, id))),
  action('fulfil', orderId, ({ network }, id) => runToEnd(fulfil(network, id))),
  action('crash', index, ({ running }, nth) => void running.splice(nth % Math.max(1, running.length), 1)),
  action('refresh', nothing, ({ network }) => network.refresh()),
  action('come to rest', nothing, comeToRest),
];

/** A network with some stock and an order, then anything. */
export const anyActions = (maxLength: number): fc.Arbitrary<Action[]> =>
  fc
    .tuple(
      fc.array(receipt, { minLength: 1, maxLength: 6, size: 'max' }),
      fc.array(placement, { minLength: 1, maxLength: 3, size: 'max' }),
      fc.array(
        fc.oneof(
          { arbitrary: fc.oneof(receipt, placement), weight: 2 },
          { arbitrary: fc.oneof(...customers), weight: 2 },
          { arbitrary: fc.oneof(...operators), weight: 1 },
          { arbitrary: fc.oneof(...staff), weight: 5 },
          { arbitrary: fc.oneof(...service), weight: 7 },
        ),
        { maxLength, size: 'max' },
      ),
    )
    .map((parts) => parts.flat());
