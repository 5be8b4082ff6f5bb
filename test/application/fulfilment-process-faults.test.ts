import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DomainEvent } from '../../src/domain/event.ts';
import type { OrderCommand } from '../../src/domain/order/decide.ts';
import { reservationInDoubt } from '../../src/domain/order/next-step.ts';
import { StoreUnavailable } from '../../src/event-store/event-store.ts';
import { line, noon, placeOrder } from '../support/examples.ts';
import { checkAtRest } from '../support/fulfilment-laws.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { cause, createProcessBench, type Failure, locationIds, type ProcessBench } from '../support/process-bench.ts';
import { watchEventStore } from '../support/watched-event-store.ts';

const north = { orderId: 'o1', fulfilmentId: 'o1:1:north' };
const south = { orderId: 'o1', fulfilmentId: 'o1:1:south' };

/** A split order, of which one part is found short and sent, and the other rejected. */
const story: readonly OrderCommand[] = [
  placeOrder({ lines: [line('1', 'teapot', 8)] }),
  placeOrder({ orderId: 'o2', lines: [line('1', 'kettle', 3)] }),
  { type: 'ShortPickFulfilment', data: { ...north, missing: [{ sku: 'teapot', quantity: 1 }], at: noon } },
  { type: 'PackFulfilment', data: north },
  { type: 'DispatchFulfilment', data: { ...north, carrier: 'royal-mail', trackingNumber: 'RM1' } },
  { type: 'RejectFulfilment', data: { ...south, reason: 'damaged', at: noon } },
  { type: 'CancelOrder', data: { orderId: 'o2', reason: 'customer', lines: [{ lineId: '1', quantity: 1 }] } },
];

const stocked = async (goesAhead: boolean): Promise<ProcessBench> => {
  const store = watchEventStore(createMemoryEventStore());
  const bench = createProcessBench(store, goesAhead ? store.appendOn : undefined);
  await bench.define();
  for (const locationId of locationIds) {
    await bench.receive(locationId, 'teapot', 6);
    await bench.receive(locationId, 'kettle', 6);
  }
  return bench;
};

/** Tells the story, with a process that starts anew for every step, and again where it was disturbed. */
const tell = async (bench: ProcessBench): Promise<number> => {
  let disturbances = 0;
  const advance = async (orderId: string): Promise<void> => {
    const process = bench.start();
    await process.refresh();
    await process.advance(orderId, cause);
  };
  for (const command of story) {
    await bench.onOrder(command);
    const { orderId } = command.data;
    await advance(orderId).catch(async (error: unknown) => {
      expect(error).toBeInstanceOf(StoreUnavailable);
      disturbances += 1;
      await advance(orderId);
    });
  }
  return disturbances;
};

const endOf = async (bench: ProcessBench) => {
  const network = await bench.network();
  checkAtRest(network);
  const stock = locationIds.map((id) => [...network.location(id).stock].toSorted());
  return { orders: network.orderIds().map((id) => network.order(id)), stock };
};

/** Goes through events as a subscriber does, in the order given. */
const handle = async (bench: ProcessBench, events: readonly DomainEvent[]): Promise<void> => {
  const process = bench.start();
  await process.refresh();
  for (const event of events) {
    if (event.stream.startsWith('order-') && 'orderId' in event.data) await process.advance(event.data.orderId, cause);
    const doubt = reservationInDoubt(event);
    if (doubt !== null) await process.reconcile(doubt, event.type === 'StockReserved' ? event.data.lines : null, cause);
  }
};

describe.each([
  ['waiting for each commit', false],
  ['going ahead of the commits', true],
] as const)('the fulfilment process under faults, %s', (_how, goesAhead) => {
  it('comes to the same end whichever of its commands fails, done or not, and starts anew after each', async () => {
    const undisturbed = await stocked(goesAhead);
    await tell(undisturbed);
    const expected = await endOf(undisturbed);
    const commands = undisturbed.issued();
    expect(commands.length).toBeGreaterThan(15);
    const failures = commands.flatMap((_, index): Failure[] => [
      { nth: index + 1, when: 'before' },
      { nth: index + 1, when: 'after' },
    ]);
    for (const failure of failures) {
      const bench = await stocked(goesAhead);
      bench.fail(failure);
      // Who has gone on already does not hear that an answer was lost.
      expect([1, ...(goesAhead ? [0] : [])]).toContain(await tell(bench));
      expect(await endOf(bench)).toEqual(expected);
    }
  });

  it('changes nothing when it is shown events again, in any order', async () => {
    const bench = await stocked(goesAhead);
    await tell(bench);
    const before = await endOf(bench);
    const events = await bench.log();
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...events, ...events], { minLength: 1 }), async (shown) => {
        await handle(bench, shown);
        expect(await endOf(bench)).toEqual(before);
        expect(await bench.log()).toHaveLength(events.length);
      }),
      { numRuns: 15 },
    );
  });

  it('comes to rest from any point at which everything stopped, whatever the order of the events', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 25 }), fc.infiniteStream(fc.nat()), async (nth, keys) => {
        const bench = await stocked(goesAhead);
        bench.fail({ nth, when: 'after' });
        const process = bench.start();
        await process.refresh();
        for (const command of story) {
          await bench.onOrder(command).catch(() => undefined);
          await process.advance(command.data.orderId, cause).catch(() => undefined);
        }
        bench.fail(null);
        const events = (await bench.log()).map((event) => ({ event, key: keys.next().value ?? 0 }));
        await handle(
          bench,
          events.toSorted((a, b) => a.key - b.key).map(({ event }) => event),
        );
        checkAtRest(await bench.network());
      }),
      { numRuns: 25 },
    );
  });
});
