import { randomUUID } from 'node:crypto';
import type { DependentAppend } from '../../src/application/dependent-append.ts';
import { type CommandContext, createExecutor } from '../../src/application/execute.ts';
import type { Decider } from '../../src/domain/decider.ts';
import type { AnyEvent } from '../../src/domain/event.ts';
import { orderDecider } from '../../src/domain/order/decide.ts';
import { stockLocationDecider } from '../../src/domain/stock-location/decide.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';

export const context = (commandId: string = randomUUID()): CommandContext => ({
  actor: 'tester',
  channel: null,
  commandId,
  correlationId: 'correlation',
  causationId: commandId,
});

/** An executor as one process has it: with a codec and a cache of its own. */
const executorOf =
  <State, Command, Event extends AnyEvent>(decider: Decider<State, Command, Event>) =>
  (eventStore: EventStore, cacheSize = 10, appendOn?: DependentAppend) =>
    createExecutor({
      eventStore,
      appendOn,
      decider,
      cacheSize,
      codec: createCodec({ newId: () => randomUUID() }),
      now: () => '2026-03-02T09:00:00.000Z',
    });

export const executorOfLocations = executorOf(stockLocationDecider);
export const executorOfOrders = executorOf(orderDecider);
