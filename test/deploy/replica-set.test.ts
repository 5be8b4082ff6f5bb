import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readText } from './compose-file.ts';

const script = readText('deploy/mongodb/replica-set.js');

type Options = {
  readonly initiated?: boolean;
  readonly primaryAfter?: number;
  readonly failure?: number;
  readonly password?: string;
  readonly hasUser?: boolean;
};

/** Objects of another realm equal none of ours. */
const ours = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Runs the script as mongosh would, against a server that becomes a primary after so many looks, and lets in whoever knows the password. */
const run = (options: Options = {}) => {
  const { primaryAfter = 3, failure, password = 'r00t/secret', hasUser = false } = options;
  let initiated = options.initiated ?? false;
  let looks = 0;
  let clock = 0;
  let isIn = false;
  const done: unknown[] = [];
  const rs = {
    status: () => {
      if (!isIn) throw Object.assign(new Error('requires authentication'), { code: 13 });
      if (failure !== undefined) throw Object.assign(new Error('refused'), { code: failure });
      if (!initiated) throw Object.assign(new Error('no replset config has been received'), { code: 94 });
      looks += 1;
      return { ok: 1, members: [{ stateStr: looks > primaryAfter ? 'PRIMARY' : 'STARTUP2' }] };
    },
    initiate: (config: unknown) => {
      done.push(['initiate', ours(config)]);
      initiated = true;
    },
  };
  const auth = (user: string, given: string): void => {
    if (user !== 'root' || given !== password) throw new Error('Authentication failed.');
    isIn = true;
  };
  const getDB = () => ({
    getUser: () => (hasUser ? { user: 'sourcefold' } : null),
    createUser: (user: unknown) => done.push(['createUser', ours(user)]),
    updateUser: (name: string, user: unknown) => done.push(['updateUser', name, ours(user)]),
  });
  const connected: string[] = [];
  class Mongo {
    readonly getDB = getDB;

    constructor(url: string) {
      connected.push(url);
    }
  }
  const env = {
    MEMBERS: 'mongodb-1:27017,mongodb-2:27017',
    MONGODB_ROOT_PASSWORD: 'r00t/secret',
    MONGODB_PASSWORD: 's3rvice',
  };
  const sleep = (milliseconds: number): void => {
    clock += milliseconds;
  };
  const db = { getSiblingDB: () => ({ auth }) };
  runInContext(script, createContext({ rs, db, Mongo, sleep, process: { env }, Date: { now: () => clock } }));
  return { done, connected };
};

const roles = [
  { role: 'readWrite', db: 'sourcefold' },
  { role: 'readWrite', db: 'sourcefold-vault' },
];

describe('the script that makes the replica set', () => {
  it('makes it of the members it is given, and a user for the service who sees its own databases only', () => {
    const members = [
      { _id: 0, host: 'mongodb-1:27017' },
      { _id: 1, host: 'mongodb-2:27017' },
    ];
    const { done, connected } = run();
    expect(done).toEqual([
      ['initiate', { _id: 'rs0', members }],
      ['createUser', { user: 'sourcefold', pwd: 's3rvice', roles }],
    ]);
    expect(connected).toEqual([
      'mongodb://root:r00t%2Fsecret@mongodb-1:27017,mongodb-2:27017/?replicaSet=rs0&authSource=admin',
    ]);
  });

  it('leaves alone what is there, and gives the user the password of today', () => {
    expect(run({ initiated: true, hasUser: true }).done).toEqual([
      ['updateUser', 'sourcefold', { pwd: 's3rvice', roles }],
    ]);
  });

  it('fails when no member becomes the primary, when it may not ask, or does not know the password', () => {
    expect(() => run({ primaryAfter: 1_000 })).toThrow('no primary');
    expect(() => run({ failure: 13 })).toThrow('refused');
    expect(() => run({ password: 'another' })).toThrow('Authentication failed.');
  });
});
