import { describe, expect, it } from 'vitest';
import { openClient } from '../../src/projections/mongodb-client.ts';

describe('a URL of MongoDB', () => {
  it.each(['http://x', 'mongodb://', 'mongodb://user:p@ss@host', 'mongodb://host/?nonsense=1', 'mongodb://host/a b'])(
    'is refused without being shown: %s',
    (url) => {
      expect(() => openClient({ url }, 1)).toThrow(RangeError);
      expect(() => openClient({ url }, 1)).not.toThrow('p@ss');
    },
  );

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
