import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readText } from './compose-file.ts';

const script = readText('deploy/mongodb/replica-set.js');

/** Runs the script as mongosh would, against a server that becomes a primary after so many looks. */
const run = (options: { initiated?: boolean; primaryAfter?: number; failure?: number } = {}) => {
  const { primaryAfter = 3, failure } = options;
  let initiated = options.initiated ?? false;
  let looks = 0;
  let clock = 0;
  const initiations: unknown[] = [];
  const rs = {
    status: () => {
      if (failure !== undefined) throw Object.assign(new Error('refused'), { code: failure });
      if (!initiated) throw Object.assign(new Error('no replset config has been received'), { code: 94 });
      looks += 1;
      return { ok: 1, members: [{ stateStr: looks > primaryAfter ? 'PRIMARY' : 'STARTUP2' }] };
    },
    initiate: (config: unknown) => {
      // Objects of another realm equal none of ours.
      initiations.push(JSON.parse(JSON.stringify(config)));
      initiated = true;
    },
  };
  const sleep = (milliseconds: number): void => {
    clock += milliseconds;
  };
  const environment = { MEMBERS: 'mongodb-1:27017,mongodb-2:27017' };
  runInContext(script, createContext({ rs, sleep, process: { env: environment }, Date: { now: () => clock } }));
  return initiations;
};

describe('the script that makes the replica set', () => {
  it('makes it of the members it is given', () => {
    const members = [
      { _id: 0, host: 'mongodb-1:27017' },
      { _id: 1, host: 'mongodb-2:27017' },
    ];
    expect(run()).toEqual([{ _id: 'rs0', members }]);
  });

  it('leaves alone what is there', () => {
    expect(run({ initiated: true })).toEqual([]);
  });

  it('fails when no member becomes the primary, or when it may not ask', () => {
    expect(() => run({ primaryAfter: 1_000 })).toThrow('no primary');
    expect(() => run({ failure: 13 })).toThrow('refused');
  });
});
