import fc from 'fast-check';
import type { OrderCommand } from '../../src/domain/order/decide.ts';
import type { StageCommand } from '../../src/domain/order/stages.ts';
import { liveFulfilments } from '../../src/domain/order/units.ts';
import { line, noon, placeOrder } from './examples.ts';
import { fulfil, watch } from './fulfilment.ts';
import { comeToRest, createWorld, runToEnd, type World } from './world.ts';

const orderId = 'o1';

const receive = ({ network }: World, locationId: string, quantity: number): void => {
  const lines = [{ sku: 'teapot', quantity }];
  network.atLocation({ type: 'ReceiveStock', data: { locationId, reference: `r${network.log.length}`, lines } });
};

const stage = ({ network }: World, command: (fulfilmentId: string) => StageCommand): void => {
  const order = network.order(orderId);
  const [first] = order.status === 'unplaced' ? [] : liveFulfilments(order);
  if (first !== undefined) network.onOrder(command(first.fulfilmentId));
};

const cancelUnits = (quantity: number): OrderCommand => ({
  type: 'CancelOrder',
  data: { orderId, reason: 'customer', lines: [{ lineId: '1', quantity }] },
});

const shortPick = (world: World, quantity: number): void =>
  stage(world, (fulfilmentId) => ({
    type: 'ShortPickFulfilment',
    data: { orderId, fulfilmentId, missing: [{ sku: 'teapot', quantity }], at: noon },
  }));

/** What people do to the one order of the race. */
const deeds = {
  cancelOne: ({ network }: World) => void network.onOrder(cancelUnits(1)),
  cancelAll: ({ network }: World) =>
    void network.onOrder({ type: 'CancelOrder', data: { orderId, reason: 'customer' } }),
  shortPickOne: (world: World) => shortPick(world, 1),
  shortPickFour: (world: World) => shortPick(world, 4),
  dispatch: (world: World) => {
    stage(world, (fulfilmentId) => ({ type: 'PickFulfilment', data: { orderId, fulfilmentId } }));
    stage(world, (fulfilmentId) => ({ type: 'PackFulfilment', data: { orderId, fulfilmentId } }));
    stage(world, (fulfilmentId) => ({
      type: 'DispatchFulfilment',
      data: { orderId, fulfilmentId, carrier: 'royal-mail', trackingNumber: 'RM1' },
    }));
  },
  reject: (world: World) =>
    stage(world, (fulfilmentId) => ({
      type: 'RejectFulfilment',
      data: { orderId, fulfilmentId, reason: 'damaged', at: noon },
    })),
  receiveFour: (world: World) => receive(world, 'north', 4),
  loseAll: ({ network }: World) => {
    const lines = [{ sku: 'teapot', counted: 0 }];
    network.atLocation({
      type: 'CountStock',
      data: { locationId: 'north', reference: `c${network.log.length}`, lines },
    });
  },
} as const;

export type Deed = keyof typeof deeds;
export type Turn = 'A' | 'B' | 'C' | 'people' | 'watch' | 'crash A';

export type Race = { readonly script: readonly Deed[]; readonly turns: readonly Turn[] };

const names: readonly Deed[] = [
  'cancelOne',
  'cancelAll',
  'shortPickOne',
  'shortPickFour',
  'dispatch',
  'reject',
  'receiveFour',
  'loseAll',
];

export const races: fc.Arbitrary<Race> = fc.record({
  script: fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 5, size: 'max' }),
  turns: fc.array(fc.constantFrom<Turn>('A', 'A', 'B', 'B', 'C', 'people', 'watch', 'crash A'), {
    maxLength: 50,
    size: 'max',
  }),
});

/** Three processes and the log's watch work on one order while people change it, turn by turn, one append a turn. */
export const run = ({ script, turns }: Race): World => {
  const world = createWorld();
  receive(world, 'north', 4);
  world.network.refresh();
  world.network.onOrder(placeOrder({ orderId, lines: [line('1', 'teapot', 4)] }));
  const processes = new Map<Turn, ReturnType<typeof fulfil>>();
  const deedsLeft = [...script];
  for (const turn of turns) {
    if (turn === 'people') {
      const deed = deedsLeft.shift();
      if (deed !== undefined) deeds[deed](world);
    } else if (turn === 'watch') runToEnd(watch(world.network, world.cursor));
    else if (turn === 'crash A') processes.delete('A');
    else {
      const process = processes.get(turn) ?? fulfil(world.network, orderId);
      processes.set(turn, process);
      if (process.next().done) processes.delete(turn);
    }
  }
  comeToRest(world);
  for (const late of processes.values()) runToEnd(late);
  comeToRest(world);
  return world;
};

/**
 * One process does all that is due after each deed, and dies at its `crashAt`th pause, to be started again after the next
 * deed. Tells whether it got that far.
 */
export const runWithCrash = (script: readonly Deed[], crashAt: number): boolean => {
  const world = createWorld();
  receive(world, 'north', 3);
  receive(world, 'south', 2);
  world.network.refresh();
  world.network.onOrder(placeOrder({ orderId, lines: [line('1', 'teapot', 4)] }));
  let pauses = 0;
  const work = (): void => {
    for (const one of [fulfil(world.network, orderId), watch(world.network, world.cursor)]) {
      while (one.next().done === false) {
        pauses += 1;
        if (pauses === crashAt) return;
      }
    }
  };
  work();
  for (const deed of script) {
    deeds[deed](world);
    work();
  }
  comeToRest(world);
  return pauses >= crashAt;
};
