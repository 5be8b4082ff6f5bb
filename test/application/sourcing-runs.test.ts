import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAvailabilityIndex } from '../../src/application/availability.ts';
import { createDirectory } from '../../src/application/directory.ts';
import { createExecutor } from '../../src/application/execute.ts';
import { createSourcingDesk } from '../../src/application/sourcing.ts';
import { createSourcingRunDesk, SOURCING_RUN_PULSES } from '../../src/application/sourcing-runs.ts';
import { sourcingRunDecider } from '../../src/domain/sourcing-run.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import type { EventStore } from '../../src/event-store/event-store.ts';
import type { ReadModelPage } from '../../src/projections/read-models.ts';
import type { ReadStore } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { context } from './executing.ts';

const request = (runId: string) => ({ runId, queue: 'backorders', limit: 10, dryRun: false, scheduled: false });

describe('the desk of sourcing runs', () => {
  let eventStore: EventStore;
  let vault: ReadStore;
  let time: number;
  const onError = vi.fn();

  /** A node whose runs wait, before anything else, for the list of those who wait. */
  const startNode = () => {
    const list = Promise.withResolvers<ReadModelPage>();
    const now = () => new Date(time);
    const executor = <State, Command, Event extends Parameters<typeof codec.encode>[0][number]>(
      decider: Parameters<typeof createExecutor<State, Command, Event>>[0]['decider'],
    ) => createExecutor({ eventStore, codec, decider, cacheSize: 9, now: () => now().toISOString() });
    const codec = createCodec({ newId: randomUUID });
    const desk = createSourcingRunDesk({
      vault,
      runs: executor(sourcingRunDecider),
      readModels: {
        find: () => list.promise,
        get: async () => new Map(),
        position: async () => null,
        reached: async () => true,
      },
      orders: { execute: () => expect.fail(), load: () => expect.fail(), peek: () => undefined },
      process: { advance: () => expect.fail() },
      sourcing: createSourcingDesk({ availability: createAvailabilityIndex(), directory: createDirectory(), now }),
      now,
      newId: randomUUID,
      onError,
    });
    const statusOf = async (runId: string) => (await desk.read(runId)).state.status;
    return { ...desk, statusOf, list: () => list.resolve({ items: [], position: null }) };
  };

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onError.mockReset();
    eventStore = createMemoryEventStore();
    vault = createSqliteReadStore({ file: ':memory:' });
    await vault.ensure(SOURCING_RUN_PULSES);
    time = Date.UTC(2026, 2, 2, 9);
  });
  afterEach(async () => {
    expect(onError).not.toHaveBeenCalled();
    vi.useRealTimers();
    await vault.close();
  });

  it('tells on every node that a run is under way, for as long as it takes, and how it ended', async () => {
    const [here, elsewhere] = [startNode(), startNode()];
    const { ended } = await here.start(request('a'), context());
    for (let beat = 0; beat < 30; beat++) {
      time += 2_000;
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(await elsewhere.statusOf('a')).toBe('running');
    here.list();
    await ended;
    expect(await elsewhere.statusOf('a')).toBe('completed');
    expect(await vault.get(SOURCING_RUN_PULSES.name, ['a'])).toEqual(new Map());
  });

  it('calls a run interrupted once its node has not been heard for half a minute', async () => {
    await startNode().start(request('a'), context());
    time += 29_000;
    expect(await startNode().statusOf('a')).toBe('running');
    time += 2_000;
    expect(await startNode().read('a')).toMatchObject({ state: { status: 'interrupted', request: request('a') } });
  });

  it('ends its runs when the node is stopped, those that wait for their turn too, and says so', async () => {
    const node = startNode();
    const runs = [await node.start(request('a'), context()), await node.start(request('b'), context())];
    const stopped = node.stop();
    node.list();
    await Promise.all([stopped, ...runs.map(({ ended }) => ended)]);
    for (const runId of ['a', 'b'])
      expect(await startNode().read(runId)).toMatchObject({
        state: { status: 'failed', reason: 'The node that ran it was stopped.' },
      });
  });

  it('leaves nothing behind of a run that could not be started', async () => {
    eventStore = { ...eventStore, append: () => Promise.reject(new Error('full')) };
    const node = startNode();
    await expect(node.start(request('a'), context())).rejects.toThrow('full');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await vault.get(SOURCING_RUN_PULSES.name, ['a'])).toEqual(new Map());
    expect(await node.statusOf('a')).toBe('unknown');
  });

  it('starts a run once, however often it is asked for', async () => {
    const node = startNode();
    node.list();
    await (await node.start(request('a'), context())).ended;
    await (await node.start(request('a'), context())).ended;
    const types = await Array.fromAsync(eventStore.readAll(), ({ type }) => type);
    expect(types).toEqual(['SourcingRunStarted', 'SourcingRunCompleted']);
    expect(await vault.get(SOURCING_RUN_PULSES.name, ['a'])).toEqual(new Map());
  });

  it('lets a run that is asked for again be seen for as long as it is under way', async () => {
    const node = startNode();
    const { ended } = await node.start(request('a'), context());
    await (await startNode().start(request('a'), context())).ended;
    expect(await startNode().statusOf('a')).toBe('running');
    node.list();
    await ended;
  });
});
