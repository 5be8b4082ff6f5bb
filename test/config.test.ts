import { describe, expect, it } from 'vitest';
import { ConfigurationError, keepsFiles, readConfig } from '../src/config.ts';

const key = 'sfk_of-the-administrator';

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      dataDir: './data',
      adminApiKey: undefined,
      logLevel: 'info',
      role: 'all',
      eventStoreUrl: undefined,
      readStoreUrl: undefined,
      drainMs: 200,
    });
  });

  it('takes what the environment says, and counts an empty variable as unset', () => {
    const environment = { PORT: '8080', HOST: '0.0.0.0', DATA_DIR: '/srv', ADMIN_API_KEY: key, LOG_LEVEL: 'debug' };
    const nodes = { ROLE: 'api', DRAIN_MS: '5000', EVENT_STORE_URL: 'esdb+discover://log:2113' };
    expect(readConfig({ ...environment, ...nodes, READ_STORE_URL: '', HOME: '/root' })).toEqual({
      port: 8080,
      host: '0.0.0.0',
      dataDir: '/srv',
      adminApiKey: key,
      logLevel: 'debug',
      role: 'api',
      eventStoreUrl: 'esdb+discover://log:2113',
      readStoreUrl: undefined,
      drainMs: 5_000,
    });
    expect(readConfig({ PORT: '', LOG_LEVEL: '', ADMIN_API_KEY: '' })).toEqual(readConfig({}));
  });

  it('takes a short administrator key where only this machine can use it, and nowhere else', () => {
    for (const HOST of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) {
      expect(readConfig({ HOST, ADMIN_API_KEY: 'k' }).adminApiKey).toBe('k');
    }
    for (const HOST of ['0.0.0.0', '::', '192.168.0.7', '127.example.com']) {
      expect(() => readConfig({ HOST, ADMIN_API_KEY: 'fifteen-letters' })).toThrow(/ADMIN_API_KEY .* HOST /);
      expect(readConfig({ HOST, ADMIN_API_KEY: 'sixteen--letters' }).host).toBe(HOST);
    }
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['LOG_LEVEL', 'loud'],
    ['ADMIN_API_KEY', 'with a space in its midst'],
    ['EVENT_STORE_URL', 'postgres://db/log'],
    ['READ_STORE_URL', 'redis://cache'],
    ['ROLE', 'leader'],
    ['DRAIN_MS', '-1'],
  ])('refuses %s=%s, and names the variable', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigurationError);
    expect(() => readConfig({ [name]: value })).toThrow(`${name}:`);
  });

  it('names every fault at once, and never repeats a secret', () => {
    const READ_STORE_URL = 'mongo://me:hunter2@db';
    const read = () => readConfig({ PORT: 'http', LOG_LEVEL: 'loud', ADMIN_API_KEY: 'hunter2 ', READ_STORE_URL });
    expect(read).toThrow(/PORT:.*ADMIN_API_KEY:.*LOG_LEVEL:.*READ_STORE_URL:/s);
    expect(read).not.toThrow('hunter2');
  });

  it.each([
    [{}, true],
    [{ EVENT_STORE_URL: 'esdb://log' }, true],
    [{ READ_STORE_URL: 'mongodb://db' }, true],
    [{ EVENT_STORE_URL: 'esdb://log', READ_STORE_URL: 'mongodb+srv://db' }, false],
  ])('says for %j whether something is kept in DATA_DIR', (environment, expected) => {
    expect(keepsFiles(readConfig(environment))).toBe(expected);
  });

  it('does not change once it is read', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });
});
