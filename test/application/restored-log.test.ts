import { describe, expect, it } from 'vitest';
import { isBeyondEnd } from '../../src/application/beyond-end.ts';
import { openProcessCheckpoint } from '../../src/application/process-checkpoint.ts';
import { readModelsAheadOfLog } from '../../src/application/start-check.ts';
import { createSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { createScribe } from '../support/history.ts';

const BEYOND = '0000000000000100';

describe('a log that was restored, older than what goes by it', () => {
  const restored = async () => {
    const eventStore = createSqliteEventStore({ file: ':memory:' });
    const last = await createScribe(eventStore).record([
      'order-o1',
      { type: 'OrderHeld', data: { orderId: 'o1', reason: 'x' } },
    ]);
    return { eventStore, last };
  };

  it('tells what lies beyond its end', async () => {
    const { eventStore, last } = await restored();
    expect([await isBeyondEnd(eventStore, last), await isBeyondEnd(eventStore, BEYOND)]).toEqual([false, true]);
    await eventStore.close();
  });

  it('names the read models that are ahead of it, and no others', async () => {
    const { eventStore, last } = await restored();
    const ahead = (position: string | null) =>
      readModelsAheadOfLog({
        eventStore,
        readModels: {
          position: async (name) => (name === 'orders' ? position : last),
          find: () => expect.fail(),
          get: () => expect.fail(),
          reached: () => expect.fail(),
        },
      });
    expect([await ahead(null), await ahead(last), await ahead(BEYOND)]).toEqual([[], [], ['orders']]);
    await eventStore.close();
  });

  it('is followed from its beginning by a process that had come further, which notes how far it comes from then on', async () => {
    const { eventStore, last } = await restored();
    const vault = createSqliteReadStore({ file: ':memory:' });
    await vault.ensure({ name: 'process-checkpoints', indexes: [] });
    await vault.write('process-checkpoints', [{ id: 'fulfilment', position: BEYOND, body: {} }]);
    const now = () => new Date();
    const checkpoint = await openProcessCheckpoint(vault, eventStore, now);
    expect(checkpoint.startsAfter).toBeNull();
    await checkpoint.save(last);
    expect((await openProcessCheckpoint(vault, eventStore, now)).startsAfter).toBe(last);
    await vault.close();
    await eventStore.close();
  });
});
