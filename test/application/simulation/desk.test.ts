import { randomUUID } from 'node:crypto';
import { BSON } from 'mongodb';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createExecutor } from '../../../src/application/execute.ts';
import { createSimulationDesk, SIMULATION_RESULTS } from '../../../src/application/simulation/desk.ts';
import { HistoryUnreadable, type RunSimulation } from '../../../src/application/simulation/run.ts';
import { SIMULATION_STATES } from '../../../src/application/simulation/running-simulations.ts';
import { type SimulationRequest, simulationDecider } from '../../../src/domain/simulation.ts';
import { createCodec } from '../../../src/event-store/codec.ts';
import { createSqliteReadStore } from '../../../src/projections/sqlite.ts';
import { createMemoryEventStore } from '../../support/memory-event-store.ts';
import { examplePolicy } from '../../support/policies.ts';
import { changedOrder, exampleKpis, simulationResult, variantResult } from '../../support/simulations.ts';

const MOST_BYTES_OF_MONGODB = 16 * 1_048_576;

const context = { actor: 'planner', channel: null, commandId: 'c', correlationId: 'r', causationId: 'r' };

const request = (simulationId: string): SimulationRequest => ({
  simulationId,
  from: '2026-02-01T00:00:00.000Z',
  to: '2026-03-01T00:00:00.000Z',
  variants: [{ name: 'one', version: -1, hash: 'h', policy: examplePolicy('One') }],
});

const result = simulationResult([variantResult('one', { changed: [changedOrder('o1', 5)] })]);

/** Desks of several nodes on the same stores, with a clock that stands still unless it is moved. */
const nodes = async (eventStore = createMemoryEventStore()) => {
  const vault = createSqliteReadStore({ file: ':memory:' });
  onTestFinished(() => vault.close());
  await vault.ensure(SIMULATION_RESULTS);
  await vault.ensure(SIMULATION_STATES);
  let now = Date.UTC(2026, 2, 2, 9);
  const errors: unknown[] = [];
  const codec = createCodec({ newId: randomUUID });
  const clock = () => new Date(now);
  const simulations = () =>
    createExecutor({
      ...{ eventStore, codec, decider: simulationDecider, cacheSize: 9 },
      now: () => clock().toISOString(),
    });
  const desk = (run: RunSimulation) =>
    createSimulationDesk({
      ...{ vault, simulations: simulations(), run, now: clock, newId: randomUUID },
      onError: (error) => errors.push(error),
    });
  const log = async () => {
    const types: string[] = [];
    for await (const { type, stream } of eventStore.readAll()) types.push(`${stream}: ${type}`);
    return types;
  };
  const wait = (milliseconds: number): void => {
    now += milliseconds;
  };
  return { desk, errors, log, wait, vault };
};

const atOnce: RunSimulation = async () => result;

/** Runs until it is told to end. */
const held = () => {
  const started: { readonly end: () => void; readonly onProgress: (progress: number) => void }[] = [];
  const run: RunSimulation = (_variants, _period, { onProgress, signal }) =>
    new Promise((resolve, reject) => {
      started.push({ end: () => resolve(result), onProgress });
      signal.addEventListener('abort', () => reject(new Error('terminated')));
    });
  return { run, started };
};

describe('the desk of simulations', () => {
  it('records a simulation, runs it and keeps what it came to', async () => {
    const { desk, log, errors } = await nodes();
    const here = desk(atOnce);
    const { position } = await here.start(request('a'), context);
    await here.idle();
    expect(position).not.toBeNull();
    expect(await log()).toEqual(['simulation-a: SimulationRequested', 'simulation-a: SimulationCompleted']);
    expect(await desk(atOnce).read('a')).toEqual({ status: 'completed', request: request('a'), result });
    expect(errors).toEqual([]);
  });

  it('hands on policies, period and names as they were asked for', async () => {
    const { desk } = await nodes();
    const asked: unknown[] = [];
    const here = desk(async (variants, period) => {
      asked.push(variants, period);
      return result;
    });
    await here.start(request('a'), context);
    await here.idle();
    const { from, to } = request('a');
    expect(asked).toEqual([
      [{ name: 'one', policy: { version: -1, hash: 'h', policy: examplePolicy('One') } }],
      { from, to },
    ]);
  });

  it('knows nothing of what nobody asked for', async () => {
    const { desk } = await nodes();
    expect(await desk(atOnce).read('a')).toEqual({ status: 'unknown' });
  });

  it('takes one after the other: what waits counts as running', async () => {
    const { desk } = await nodes();
    const { run, started } = held();
    const here = desk(run);
    await here.start(request('a'), context);
    await here.start(request('b'), context);
    expect(started).toHaveLength(1);
    for (const id of ['a', 'b'])
      expect(await here.read(id)).toEqual({ status: 'running', request: request(id), progress: 0 });
    started[0]?.end();
    await expect.poll(() => started.length).toBe(2);
    expect(await here.read('a')).toMatchObject({ status: 'completed' });
    expect(await here.read('b')).toMatchObject({ status: 'running' });
    started[1]?.end();
    await here.idle();
    expect(await here.read('b')).toMatchObject({ status: 'completed' });
  });

  it('does not run again what is asked for again, under way or ended, but what a node left behind', async () => {
    const { desk, log, wait } = await nodes();
    const { run, started } = held();
    const here = desk(run);
    const { position } = await here.start(request('a'), context);
    expect(await desk(run).start(request('a'), context)).toEqual({ position });
    started[0]?.end();
    await here.idle();
    await here.start(request('a'), context);
    await here.idle();
    expect(started).toHaveLength(1);
    expect(await here.read('a')).toMatchObject({ status: 'completed' });

    const stopped = desk(run);
    await stopped.start(request('b'), context);
    await stopped.stop();
    wait(60_000);
    await here.start(request('b'), context);
    started[2]?.end();
    await here.idle();
    expect(await here.read('b')).toMatchObject({ status: 'completed' });
    expect(await log()).toEqual(
      ['a', 'b'].flatMap((id) => [`simulation-${id}: SimulationRequested`, `simulation-${id}: SimulationCompleted`]),
    );
  });

  it('tells any node how far a simulation has come', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { desk, wait } = await nodes();
    const { run, started } = held();
    await desk(run).start(request('a'), context);
    started[0]?.onProgress(0.5);
    for (let beat = 0; beat < 30; beat++) {
      wait(2_000);
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(await desk(run).read('a')).toMatchObject({ status: 'running', progress: 0.5 });
  });

  it('goes on with the next one when one fails, and says why where the reason is in the history', async () => {
    const { desk, errors, log } = await nodes();
    const reasons = [new HistoryUnreadable('order-o1 cannot be read'), new Error('secret path /data')];
    const here = desk(async () => {
      const reason = reasons.shift();
      if (reason !== undefined) throw reason;
      return result;
    });
    for (const id of ['a', 'b', 'c']) await here.start(request(id), context);
    await here.idle();
    expect(await here.read('a')).toEqual({
      ...{ status: 'failed', request: request('a'), reason: 'order-o1 cannot be read' },
    });
    expect(await here.read('b')).toMatchObject({
      status: 'failed',
      reason: expect.not.stringContaining('secret'),
    });
    expect(await here.read('c')).toMatchObject({ status: 'completed' });
    expect(errors).toHaveLength(2);
    expect((await log()).filter((line) => line.endsWith('Failed'))).toHaveLength(2);
  });

  it('leaves nothing behind of a simulation whose request could not be recorded', async () => {
    const append = () => Promise.reject(new Error('full'));
    const { desk, errors, vault } = await nodes({ ...createMemoryEventStore(), append });
    await expect(desk(atOnce).start(request('a'), context)).rejects.toThrow('full');
    expect(await vault.get(SIMULATION_STATES.name, ['a'])).toEqual(new Map());
    expect(errors).toEqual([]);
  });

  it('tells that a simulation was interrupted once its node has been silent for half a minute', async () => {
    const { desk, wait } = await nodes();
    const { run } = held();
    await desk(run).start(request('a'), context);
    const other = desk(atOnce);
    wait(29_000);
    expect(await other.read('a')).toMatchObject({ status: 'running' });
    wait(2_000);
    expect(await other.read('a')).toEqual({ status: 'interrupted', request: request('a') });
  });

  it('is stopped at once: what ran and what waited here is interrupted, and nothing has failed', async () => {
    const { desk, errors, log } = await nodes();
    const { run, started } = held();
    const here = desk(run);
    await here.start(request('a'), context);
    await here.start(request('b'), context);
    await here.stop();
    expect(started).toHaveLength(1);
    for (const id of ['a', 'b']) expect(await desk(run).read(id)).toMatchObject({ status: 'interrupted' });
    expect(await log()).toEqual(['simulation-a: SimulationRequested', 'simulation-b: SimulationRequested']);
    expect(errors).toEqual([]);
  });

  it('keeps the newest fifty results, and the record of all', async () => {
    const { desk, wait, errors } = await nodes();
    const here = desk(atOnce);
    const ids = Array.from({ length: 52 }, (_, index) => `s${index}`);
    for (const id of ids) {
      wait(1_000);
      await here.start(request(id), context);
      await here.idle();
    }
    const statuses = await Promise.all(ids.map(async (id) => (await here.read(id)).status));
    expect(statuses.slice(0, 3)).toEqual(['forgotten', 'forgotten', 'completed']);
    expect(statuses.filter((status) => status === 'completed')).toHaveLength(50);
    expect(errors).toEqual([]);
  });

  it('keeps a result small enough for any store, and says how many orders changed all the same', async () => {
    const { desk } = await nodes();
    const changed = Array.from({ length: 10_000 }, (_, index) => changedOrder(randomUUID(), index));
    const locations = Array.from({ length: 2_000 }, (_, index) => ({
      ...{ locationId: `a-location-with-a-name-as-long-as-names-of-locations-${index}` },
      ...{ fulfilments: index, units: 9 * index, busiestDay: index, stockOuts: index },
    }));
    const kpis = exampleKpis({ locations });
    const variants = Array.from({ length: 8 }, (_, index) => variantResult(`${index}`, { kpis, changed }));
    const here = desk(async () => simulationResult(variants, { baseline: kpis }));
    await here.start(request('a'), context);
    await here.idle();
    const view = await here.read('a');
    const kept = view.status === 'completed' ? view.result : expect.fail(view.status);
    expect(BSON.calculateObjectSize({ body: { result: kept } })).toBeLessThan(MOST_BYTES_OF_MONGODB / 2);
    for (const variant of kept.variants) {
      expect(variant.ordersChanged).toBe(10_000);
      expect(variant.changed.length).toBeGreaterThan(2_000);
      expect(variant.changed[0]).toEqual(changed.at(-1));
    }
  });
});
