import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogFile } from '../../src/event-store/sqlite-file.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';

describe('the files of the databases', () => {
  let folder: string;
  const modeOf = (name: string): string => (statSync(join(folder, name)).mode & 0o777).toString(8);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sourcefold-private-'));
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("are their owner's alone, with those beside them", async () => {
    const log = openLogFile(join(folder, 'events.db'));
    const readStore = createSqliteReadStore({ file: join(folder, 'read-models.db') });
    await readStore.ensure({ name: 'orders', indexes: [] });
    const names = ['events.db', 'events.db-wal', 'events.db-shm', 'read-models.db', 'read-models.db-wal'];
    expect(names.filter((name) => existsSync(join(folder, name)))).toEqual(names);
    expect(names.map(modeOf)).toEqual(names.map(() => '600'));
    log.close();
    await readStore.close();
  });

  it('keep the permissions that somebody gave them', () => {
    openLogFile(join(folder, 'events.db')).close();
    chmodSync(join(folder, 'events.db'), 0o640);
    openLogFile(join(folder, 'events.db')).close();
    expect(modeOf('events.db')).toBe('640');
  });

  it('stay locked against other processes when this one opens them once more', () => {
    const file = join(folder, 'events.db');
    const first = openLogFile(file);
    openLogFile(file).close();
    const hold = new URL('../../src/event-store/sqlite-hold.ts', import.meta.url);
    const script = `import { isLogOpen } from '${hold}'; console.log(isLogOpen(process.argv[1]));`;
    const seenBy = () => execFileSync(process.execPath, ['--input-type=module', '-e', script, file], { stdio: 'pipe' });
    expect(seenBy().toString().trim()).toBe('true');
    first.close();
    expect(seenBy().toString().trim()).toBe('false');
  });
});
