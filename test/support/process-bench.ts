import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { createAvailabilityIndex } from '../../src/application/availability.ts';
import type { DependentAppend } from '../../src/application/dependent-append.ts';
import { createDirectory } from '../../src/application/directory.ts';
import { createExecutor, type Executor } from '../../src/application/execute.ts';
import { createFulfilmentProcess, type ProcessDependencies } from '../../src/application/fulfilment-process.ts';
import { createSourcingDesk } from '../../src/application/sourcing.ts';
import type { DomainEvent } from '../../src/domain/event.ts';
import { type OrderCommand, orderDecider } from '../../src/domain/order/decide.ts';
import { type OrderEvent, orderStream } from '../../src/domain/order/order.ts';
import { type StockLocationCommand, stockLocationDecider } from '../../src/domain/stock-location/decide.ts';
import { type StockLocationEvent, stockLocationStream } from '../../src/domain/stock-location/stock-location.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import { StoreUnavailable } from '../../src/event-store/event-store.ts';
import { exampleProfile } from './examples.ts';
import { createMemoryEventStore } from './memory-event-store.ts';
import type { Network } from './network.ts';
import { fold } from './spec.ts';

export const locationIds = ['north', 'south'] as const;
export const cause = { actor: 'system:test', channel: null, correlationId: 'correlation', causationId: 'cause' };

/** Before: the command does not reach the log. After: it does, but the process does not hear of it. */
export type Failure = { readonly nth: number; readonly when: 'before' | 'after' };

const NINE = '2026-03-02T09:00:00.000Z';

/**
 * The fulfilment process on a log in memory. Sourcing knows the stock as it is, unless told otherwise. With `appendOn` the
 * process does not wait for one commit before it hands over what follows.
 */
export const createProcessBench = (eventStore = createMemoryEventStore(), appendOn?: DependentAppend) => {
  const issued: string[] = [];
  let failure: Failure | null = null;
  let now = NINE;
  const common = (appendOnto?: DependentAppend) => ({
    eventStore,
    appendOn: appendOnto,
    codec: createCodec({ newId: randomUUID }),
    now: () => now,
    cacheSize: 100,
  });
  const users = {
    orders: createExecutor({ ...common(), decider: orderDecider }),
    locations: createExecutor({ ...common(), decider: stockLocationDecider }),
  };

  const log = async (): Promise<readonly DomainEvent[]> => {
    const { codec } = common();
    const found: DomainEvent[] = [];
    for await (const recorded of eventStore.readAll()) {
      const decoded = codec.decode(recorded);
      if (decoded.ok) found.push(decoded.event);
    }
    return found;
  };

  const watched = <State, Command extends OrderCommand | StockLocationCommand, Event>(
    executor: Executor<State, Command, Event>,
  ): Executor<State, Command, Event> => ({
    ...executor,
    execute: async (stream, command, ...rest) => {
      const nth = issued.push(
        'locationId' in command.data ? `${command.type} ${command.data.locationId}` : command.type,
      );
      const fails = failure?.nth === nth ? failure.when : null;
      if (fails === 'before') throw new StoreUnavailable('the line went dead', 'none');
      const executed = await executor.execute(stream, command, ...rest);
      if (fails === 'after') throw new StoreUnavailable('the line went dead', 'unknown');
      return executed;
    },
  });

  /** A process as it is after a restart: all it has is the log. */
  const start = (overrides: Partial<ProcessDependencies> = {}) => {
    const availability = createAvailabilityIndex();
    let applied = 0;
    const refresh = async (): Promise<void> => {
      const all = await log();
      for (const event of all.slice(applied)) availability.apply(event);
      applied = all.length;
    };
    const process = createFulfilmentProcess({
      orders: watched(createExecutor({ ...common(appendOn), decider: orderDecider })),
      locations: watched(createExecutor({ ...common(appendOn), decider: stockLocationDecider })),
      source: createSourcingDesk({ availability, directory: createDirectory(), now: () => new Date(now) }).sourceOrder,
      newId: randomUUID,
      ...overrides,
    });
    return { ...process, availability, refresh };
  };

  /** The log as the laws of fulfilment look at it. */
  const network = async (): Promise<Network> => {
    const all = await log();
    const of = (stream: string) => all.filter((event) => event.stream === stream);
    return {
      log: [...all] as (OrderEvent | StockLocationEvent)[],
      order: (id) => fold(orderDecider, of(orderStream(id)) as OrderEvent[]),
      orderIds: () => [...new Set(all.flatMap((event) => (event.type === 'OrderPlaced' ? [event.data.orderId] : [])))],
      location: (id) => fold(stockLocationDecider, of(stockLocationStream(id)) as StockLocationEvent[]),
      locationIds,
      onOrder: () => expect.fail(),
      atLocation: () => expect.fail(),
      believed: () => expect.fail(),
      refresh: () => expect.fail(),
    };
  };

  const context = () => ({ ...cause, commandId: randomUUID() });
  const onOrder = (command: OrderCommand) =>
    users.orders.execute(orderStream(command.data.orderId), command, context());
  const atLocation = (command: StockLocationCommand) =>
    users.locations.execute(stockLocationStream(command.data.locationId), command, context());

  return {
    start,
    log,
    network,
    onOrder,
    atLocation,
    /** It was nine in the morning so far. */
    setClock: (instant: string) => {
      now = instant;
    },
    define: async () => {
      for (const locationId of locationIds)
        await atLocation({ type: 'DefineLocation', data: { locationId, profile: exampleProfile() } });
    },
    receive: (locationId: string, sku: string, quantity: number) =>
      atLocation({ type: 'ReceiveStock', data: { locationId, reference: randomUUID(), lines: [{ sku, quantity }] } }),
    /** The commands that the process has issued since the last time it was asked. */
    issued: () => issued.splice(0),
    fail: (next: Failure | null) => {
      issued.length = 0;
      failure = next;
    },
  };
};

export type ProcessBench = ReturnType<typeof createProcessBench>;
