import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GroundsMissing, VersionConflict } from '../../src/event-store/event-store.ts';
import { createSqliteEventStore, type SqliteEventStore } from '../../src/event-store/sqlite.ts';
import { collect, events } from '../contracts/event-store-examples.ts';
import { createLogFolder, type LogFolder } from './log-folder.ts';

describe('an append that rests on more than its stream', () => {
  let folder: LogFolder;
  let log: SqliteEventStore;
  const placed = events('order-1', 0, 2);
  const reserved = events('stockLocation-leeds', 0, 1);
  const decision = placed[1]?.id ?? '';
  const reserve = (after: readonly string[], alongside?: () => boolean) =>
    log.append('stockLocation-leeds', 0, reserved, { after, ...(alongside === undefined ? {} : { alongside }) });
  const streams = async () => (await collect(log.readAll())).map(({ stream }) => stream);

  beforeEach(() => {
    folder = createLogFolder();
    log = createSqliteEventStore({ file: folder.file });
  });
  afterEach(async () => {
    await log.close();
    await folder.remove();
  });

  it('is written behind the events that it rests on, in the same commit or a later one', async () => {
    const both = await Promise.all([log.append('order-1', 0, placed), reserve([decision])]);
    expect(both.map(({ version }) => version)).toEqual([2, 1]);
    await log.append('order-2', 0, events('order-2', 0, 1), { after: [decision, reserved[0]?.id ?? ''] });
    expect(await streams()).toEqual(['order-1', 'order-1', 'stockLocation-leeds', 'order-2']);
  });

  it('is refused without them, also where they were refused themselves in the same commit', async () => {
    await expect(reserve([decision])).rejects.toThrow(GroundsMissing);
    await log.append('order-1', 0, events('order-1', 0, 1));
    const [order, reservation] = await Promise.allSettled([log.append('order-1', 0, placed), reserve([decision])]);
    expect(order).toMatchObject({ reason: expect.any(VersionConflict) });
    expect(reservation).toMatchObject({ reason: expect.any(GroundsMissing) });
    expect(await streams()).toEqual(['order-1']);
  });

  it('is refused where what is done alongside says so, and keeps nobody else from being written', async () => {
    const [refused, other] = await Promise.allSettled([reserve([], () => false), log.append('order-1', 0, placed)]);
    expect([refused.status, other.status]).toEqual(['rejected', 'fulfilled']);
    expect((await reserve([], () => true)).version).toBe(1);
  });

  it('is answered as the first time when it is repeated, whatever has become of its grounds', async () => {
    await log.append('order-1', 0, placed);
    const first = await reserve([decision]);
    expect(await reserve(['gone'], () => expect.fail())).toEqual(first);
  });
});
