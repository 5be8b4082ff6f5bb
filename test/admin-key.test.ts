import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adminKey, knownAdminKey, newAdminKeyNotice } from '../src/admin-key.ts';
import { ConfigurationError } from '../src/config.ts';

describe("the administrator's key", () => {
  let dataDir: string;
  const ask = (adminApiKey?: string) => adminKey({ dataDir, adminApiKey });

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'sourcefold-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('is made at the first start, and kept for its owner only', () => {
    const { secret, isNew, file } = ask();
    expect([isNew, file]).toEqual([true, join(dataDir, 'admin-api-key')]);
    expect(secret).toMatch(/^sfk_[\w-]{43}$/);
    expect(statSync(file ?? '').mode & 0o777).toBe(0o600);
    expect(newAdminKeyNotice({ secret, isNew, file })).toContain(secret);
    expect(ask()).toEqual({ secret, isNew: false, file });
  });

  it('is another one in every installation', () => {
    const first = ask().secret;
    rmSync(join(dataDir, 'admin-api-key'));
    expect(ask().secret).not.toBe(first);
  });

  it('is the one of the environment where that names one, and then none is kept', () => {
    expect(ask('sfk_of-the-environment')).toEqual({ secret: 'sfk_of-the-environment', isNew: false, file: null });
    expect(readdirSync(dataDir)).toEqual([]);
  });

  it('is not said to be missing where that cannot be told', () => {
    expect(knownAdminKey({ dataDir, adminApiKey: undefined })).toBeNull();
    const loop = join(dataDir, 'loop');
    symlinkSync(loop, loop);
    const asked = () => knownAdminKey({ dataDir: loop, adminApiKey: undefined });
    expect(asked).toThrow(ConfigurationError);
    expect(asked).toThrow(/ELOOP.*set ADMIN_API_KEY\.$/);
  });

  it('is never empty: a file that a crash left empty is named', () => {
    const file = join(dataDir, 'admin-api-key');
    writeFileSync(file, '\n');
    expect(() => ask()).toThrow(ConfigurationError);
    expect(() => ask()).toThrow(`${file} is empty. Delete it`);
    expect(readFileSync(file, 'utf8')).toBe('\n');
  });
});
