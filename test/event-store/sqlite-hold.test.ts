import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogFile } from '../../src/event-store/sqlite-file.ts';
import { holdLog, isLogOpen } from '../../src/event-store/sqlite-hold.ts';
import { collect, events } from '../contracts/event-store-examples.ts';
import { createFilledLogFolder, type LogFolder } from './log-folder.ts';

const impatient = (file: string) => openLogFile(file, 20);

describe('a log that is to stand still', () => {
  let folder: LogFolder;

  beforeEach(async () => {
    folder = await createFilledLogFolder();
  });
  afterEach(() => folder.remove());

  it('is known to be open for as long as anybody has it open, even if only for reading', async () => {
    expect(isLogOpen(folder.file)).toBe(false);
    const store = folder.open();
    expect(isLogOpen(folder.file)).toBe(true);
    expect(await collect(store.readAll())).toHaveLength(3);
    await store.append('order-2', 0, events('order-2', 0, 1));
    await store.close();
    expect(isLogOpen(folder.file)).toBe(false);
  });

  it('can be read and not written while it is held, and written again afterwards', async () => {
    const store = folder.open({ open: impatient });
    const release = holdLog(folder.file);
    const late = events('order-2', 0, 1);
    await expect(store.append('order-2', 0, late)).rejects.toMatchObject({ name: 'StoreUnavailable', outcome: 'none' });
    expect(await collect(store.readAll())).toHaveLength(3);
    release();
    expect(await store.append('order-2', 0, late)).toMatchObject({ version: 1 });
  });
});
