import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createDirectory } from '../../src/application/directory.ts';
import { startScheduledRuns } from '../../src/application/scheduled-runs.ts';
import type { SourcingRunDesk } from '../../src/application/sourcing-runs.ts';
import { policyBookStream } from '../../src/domain/policy-book/policy-book.ts';
import type { ReadModels } from '../../src/projections/read-models.ts';
import { placeOrder, recordSourcing, teapots } from '../support/examples.ts';
import { asRecorded } from '../support/history.ts';
import { activated, examplePolicy, hour, published } from '../support/policies.ts';
import { createProcessBench, type ProcessBench } from '../support/process-bench.ts';

const queues = ['first', 'second', 'third'];

describe('starting the runs that are due', () => {
  let bench: ProcessBench;
  const find = vi.fn<ReadModels['find']>();
  const start = vi.fn<SourcingRunDesk['start']>();
  const onError = vi.fn();

  const startAll = async (): Promise<void> => {
    const policy = { ...examplePolicy('runs'), runs: queues.map((queue) => ({ queue, everyMinutes: 60 })) };
    const directory = createDirectory();
    const book = [published(1, policy), activated(1, hour(8))].map((event) => [policyBookStream, event] as const);
    for (const event of asRecorded(book)) directory.apply(event);
    const network = await bench.network();
    await startScheduledRuns({
      directory,
      readModels: { find, get: async () => new Map(), position: async () => null, reached: async () => true },
      orders: {
        execute: () => expect.fail(),
        load: async (stream) => ({ state: network.order(stream.replace('order-', '')), version: 3, position: '3' }),
        peek: () => undefined,
      },
      sourcingRuns: { start, read: () => expect.fail(), stop: () => expect.fail() },
      now: () => new Date(hour(9)),
      newId: () => 'id',
      onError,
    });
  };
  const started = () => start.mock.calls.map(([{ queue }]) => queue);

  beforeEach(async () => {
    vi.resetAllMocks();
    bench = createProcessBench();
    for (const queue of queues) {
      await bench.onOrder(placeOrder({ orderId: queue }));
      const otherwise = { do: 'park', queue } as const;
      await bench.onOrder(recordSourcing({ orderId: queue, unfilled: [teapots(5)], otherwise }));
    }
    find.mockImplementation(async (name, { equals, after }) => {
      const isPage = name === 'parked-orders' && after === undefined;
      const items = isPage ? [{ id: 'x', position: '3', body: { orderId: equals?.queue, since: hour(8) } }] : [];
      return { items, position: null };
    });
    start.mockImplementation(async ({ runId }) => ({ runId, ended: Promise.resolve() }));
  });

  it('starts one for each queue in which orders wait, in the order of the policy', async () => {
    await startAll();
    expect(started()).toEqual(queues);
    expect(onError).not.toHaveBeenCalled();
  });

  it('goes on with the other queues where one run cannot be started, and says which that is', async () => {
    const failure = new Error('no');
    start.mockRejectedValueOnce(failure);
    await startAll();
    expect(started()).toEqual(queues);
    expect(onError.mock.calls).toMatchObject([
      [{ message: 'the run that is due in first could not be started', cause: failure }],
    ]);
  });

  it('goes on with the other queues where it cannot be told whether one is due', async () => {
    find.mockRejectedValueOnce(new Error('no'));
    await startAll();
    expect(started()).toEqual(['second', 'third']);
    expect(onError).toHaveBeenCalledTimes(1);
  });
});
