import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT, readText, variablesIn } from './compose-file.ts';

describe('the secrets of the compose files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sourcefold-secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (script: string, argument: string) =>
    spawnSync(script, [argument], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, OWNER: `${process.getuid?.()}:${process.getgid?.()}` },
    });
  const modeOf = (file: string): number => statSync(file).mode & 0o777;

  it('are written where compose finds them, for nobody else to read, and what is there is kept', () => {
    const file = join(folder, '.env');
    writeFileSync(file, 'LOG_LEVEL=debug\nMONGODB_PASSWORD=chosen\n', { mode: 0o644 });
    expect(run('deploy/make-secrets.sh', file)).toMatchObject({ status: 0, stderr: '' });
    const first = readFileSync(file, 'utf8');
    expect(first).toMatch(/^LOG_LEVEL=debug\nMONGODB_PASSWORD=chosen\nADMIN_API_KEY=[0-9a-f]{48}\n/);
    expect(modeOf(file)).toBe(0o600);
    expect(run('deploy/make-secrets.sh', file).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(first);
    const wanted = ['docker-compose.yml', 'compose.cluster.yml'].flatMap((compose) => [
      ...variablesIn(readText(compose)),
    ]);
    for (const name of wanted.filter((variable) => /KEY$|PASSWORD$/.test(variable)))
      expect(first).toMatch(`\n${name}=`);
    expect(readText('.gitignore').split('\n')).toContain('.env');
  });

  it('begin on a line of their own, also in a file whose last line was not ended', () => {
    const file = join(folder, '.env');
    writeFileSync(file, 'LOG_LEVEL=debug');
    expect(run('deploy/make-secrets.sh', file).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^LOG_LEVEL=debug\nADMIN_API_KEY=[0-9a-f]{48}\nMONGODB_PASSWORD=/);
  });

  it('are beside a key for the members of the replica set, made once, that only they can read', () => {
    mkdirSync(join(folder, 'key'));
    const file = join(folder, 'key', 'replica-set.key');
    expect(run('deploy/mongodb/make-key.sh', folder)).toMatchObject({ status: 0, stderr: '' });
    const key = readFileSync(file, 'utf8');
    expect(key).toMatch(/^[A-Za-z0-9+/=]{1008}$/);
    expect(modeOf(file)).toBe(0o400);
    expect(run('deploy/mongodb/make-key.sh', folder).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(key);
  });
});
