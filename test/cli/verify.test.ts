import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFilledLogFolder, type LogFolder } from '../event-store/log-folder.ts';
import { type Ended, sourcefold } from '../support/command.ts';

describe('the head that sourcefold verify prints', () => {
  let folder: LogFolder;

  beforeEach(async () => {
    folder = await createFilledLogFolder();
  });
  afterEach(() => folder.remove());

  const verify = (...args: readonly string[]): Promise<Ended> =>
    sourcefold(['verify', ...args], { DATA_DIR: dirname(folder.file), EVENT_STORE_URL: '' });

  it('is that of an intact log', async () => {
    const { code, stdout } = await verify();
    expect(stdout).toMatch(/^3 events in 1 streams: intact\.\nHead 0000000000000003:[0-9a-f]{64} \(keep it; [^\n]*\n$/);
    expect(code).toBe(0);
  });

  it('is left out where an event was tampered with: kept, it would vouch for that', async () => {
    folder.tamper(`UPDATE events SET data = '{}' WHERE position = 2`);
    const { code, stdout } = await verify();
    expect(stdout).toMatch(/^\{"kind":"hash-differs",[^\n]*\n3 events in 1 streams: 1 problems\.\n$/);
    expect(code).toBe(1);
  });

  it('is left out where the log does not lead to the head that was noted', async () => {
    const { code, stdout } = await verify('--expect-head', `0000000000000003:${'0'.repeat(64)}`);
    expect(stdout).toMatch(/^\{"kind":"head-differs",[^\n]*\n3 events in 1 streams: 1 problems\.\n$/);
    expect(code).toBe(1);
  });
});
