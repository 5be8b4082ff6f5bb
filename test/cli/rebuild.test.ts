import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rebuild } from '../../src/cli/rebuild.ts';
import { ConfigurationError } from '../../src/config.ts';
import { createSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { createEventStoreDbPeer } from '../peers/eventstoredb.ts';
import { commandWithin } from '../support/command-within.ts';
import { createScribe, type Happening } from '../support/history.ts';

const held = (orderId: string): Happening => [
  `order-${orderId}`,
  { type: 'OrderHeld', data: { orderId, reason: 'fraud' } },
];

describe('sourcefold rebuild, beside read models that another log was the source of', () => {
  let folder: string;
  let endCommand: () => void;
  const said: string[] = [];

  const logOf = async (...happenings: readonly Happening[]): Promise<void> => {
    rmSync(join(folder, 'events.db'), { force: true });
    const eventStore = createSqliteEventStore({ file: join(folder, 'events.db') });
    await createScribe(eventStore).record(...happenings);
    await eventStore.close();
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sourcefold-rebuild-'));
    endCommand = commandWithin(folder, said);
    await logOf(held('o1'), held('o2'));
    await rebuild(['orders']);
    expect(said.splice(0).join('')).toMatch(/^orders: built, with nothing to compare with/);
  });
  afterEach(() => {
    endCommand();
    rmSync(folder, { recursive: true, force: true });
  });

  const refused = async (): Promise<void> => {
    const rebuilding = rebuild([]);
    await expect(rebuilding).rejects.toThrow(ConfigurationError);
    await expect(rebuilding).rejects.toThrow(/^The read models \(orders\) are ahead of the event log: /);
    expect(said).toEqual([]);
  };

  it('is refused in a sentence where the log is an older one', async () => {
    await logOf(held('o1'));
    await refused();
  });

  it('is refused in a sentence where the log is of another kind', async () => {
    const peer = await createEventStoreDbPeer({ file: join(folder, 'peer.db') });
    vi.stubEnv('EVENT_STORE_URL', peer.url);
    try {
      await refused();
    } finally {
      await peer.stop();
    }
  });

  it('is done where the log has only come further', async () => {
    await logOf(held('o1'), held('o2'), held('o3'));
    await rebuild(['orders']);
    expect(said.join('')).toMatch(/^orders: \{"compared":\d/);
  });
});
