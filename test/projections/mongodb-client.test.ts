import { describe, expect, it } from 'vitest';
import { UnusableAddress } from '../../src/event-store/unusable-address.ts';
import { createMongoReadStore } from '../../src/projections/mongodb.ts';
import { openClient } from '../../src/projections/mongodb-client.ts';

describe('a URL of MongoDB', () => {
  it.each([
    'http://x',
    'mongodb://',
    'mongodb://user:p@ss@host',
    'mongodb://user:s3cret',
    'mongodb://user:s3/cret@host',
    'mongodb://host/?nonsense=1',
    'mongodb://host/a b',
    'mongodb://user:s3cret@host/?tls=perhaps',
    'mongodb://host/?authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN:s3cret,x',
  ])('is refused without its secrets being shown: %s', (url) => {
    expect(() => openClient({ url }, 1)).toThrow(UnusableAddress);
    expect(() => openClient({ url }, 1)).not.toThrow(/p@ss|s3|cret/);
  });

  it('is refused with the reason', () => {
    const refusal = (url: string) => () => createMongoReadStore({ url });
    expect(refusal('mongodb://user:s3cret@host/?nonsense=1')).toThrow(/option nonsense is not supported/);
    expect(refusal('mongodb://user:s3cret@host/?tls=perhaps')).toThrow(/tls/);
    expect(refusal('mongodb://host/?tlsCAFile=/nope/ca.pem')).toThrow('tlsCAFile: there is no file /nope/ca.pem');
  });

  it.each([
    ['mongodb://host', 'sourcefold'],
    ['mongodb://host/', 'sourcefold'],
    ['mongodb://user:secret@a:1,b:2/shop%2d1?replicaSet=rs0', 'shop-1'],
  ])('names the database, or leaves it to us: %s', (url, name) => {
    expect(openClient({ url }, 1).db.databaseName).toBe(name);
    expect(openClient({ url, databaseSuffix: '-vault' }, 1).db.databaseName).toBe(`${name}-vault`);
  });

  it('cannot take back what correctness rests on', () => {
    const url = 'mongodb://host/?w=1&journal=false&wtimeoutMS=1&readConcernLevel=local&readPreference=secondary';
    const { db } = openClient({ url }, 700);
    const collection = db.collection('any');
    for (const { writeConcern, readConcern, readPreference } of [db, collection]) {
      expect(writeConcern).toMatchObject({ w: 'majority', journal: true, wtimeoutMS: 700 });
      expect(readConcern?.level).toBe('majority');
      expect(readPreference?.mode).toBe('primary');
    }
  });

  it('may set other limits than ours', () => {
    const limits = (url: string) => openClient({ url }, 1).client.options;
    expect(limits('mongodb://host')).toMatchObject({ maxPoolSize: 50, serverSelectionTimeoutMS: 4_000 });
    expect(limits('mongodb://host/?maxpoolsize=7')).toMatchObject({ maxPoolSize: 7, serverSelectionTimeoutMS: 4_000 });
  });
});
