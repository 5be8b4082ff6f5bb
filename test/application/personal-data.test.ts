import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CUSTOMER_KEYS,
  createPersonalDataVault,
  makeOnce,
  SECRETS,
  type Sealing,
} from '../../src/application/personal-data.ts';
import type { Sealed } from '../../src/domain/order/order.ts';
import { type ReadStore, ReadStoreUnavailable } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';

const ada = {
  customer: { name: 'Ada Byron', email: 'ada@example.org' },
  address: { city: 'Łódź', postcode: '90-001' },
};
const of = (customer: { readonly email?: string; readonly phone?: string; readonly name?: string }) => ({ customer });

describe('the personal data vault', () => {
  let store: ReadStore;
  let vault: Awaited<ReturnType<typeof createPersonalDataVault>>;
  const sealed = async (...asked: Parameters<typeof vault.seal>): Promise<Sealed> =>
    (await vault.seal(...asked)).sealed ?? expect.fail();
  const subjects = async (...people: readonly Parameters<typeof of>[0][]) =>
    Promise.all(people.map(async (one, index) => (await sealed(of(one), `o${index}`)).subject));
  const keys = async () => (await store.find(CUSTOMER_KEYS.name, { limit: 100 })).map(({ id }) => id);

  beforeEach(async () => {
    store = createSqliteReadStore({ file: ':memory:' });
    await store.ensure(CUSTOMER_KEYS);
    await store.ensure(SECRETS);
    vault = await createPersonalDataVault(store);
  });
  afterEach(() => store.close());

  it('gives back what it sealed, in this process and in another one', async () => {
    const box = await sealed(ada, 'o1');
    expect(await vault.unseal(box)).toEqual(ada);
    expect(await (await createPersonalDataVault(store)).unseal(box)).toEqual(ada);
  });

  it('shows nothing of what it sealed, and never the same twice', async () => {
    const boxes = await Promise.all(Array.from({ length: 200 }, () => sealed(ada, 'o1')));
    expect(new Set(boxes.map(({ box }) => box)).size).toBe(200);
    expect(new Set(boxes.map(({ box }) => box.slice(0, 16))).size).toBe(200);
    for (const { subject, box } of boxes)
      expect(subject + Buffer.from(box, 'base64').toString('latin1')).not.toMatch(/byron|example/i);
  });

  it('seals nothing where there is nothing', async () => {
    expect(await vault.seal({}, 'o1')).toEqual({ sealed: null, documents: [] });
    expect(await keys()).toEqual([]);
  });

  it('has one key for one customer: by e-mail in any case, else by the digits of the phone, else by the order', async () => {
    const [one, two, three] = await subjects(
      { email: 'ada@example.org' },
      { email: ' ADA@Example.org' },
      { email: 'bob@example.org' },
    );
    expect(one).toBe(two);
    expect(one).not.toBe(three);
    const [four, five] = await subjects({ phone: '+44 (0)20 123' }, { phone: '44020123', email: ' ' });
    expect(four).toBe(five);
    const [six, seven] = await subjects({ name: 'Ada' }, { name: 'Ada' });
    expect(six).not.toBe(seven);
    expect((await keys()).length).toBe(5);
  });

  it('makes one key for the first orders of one customer that come at once, through any number of processes', async () => {
    const others = await Promise.all([1, 2].map(() => createPersonalDataVault(store)));
    const boxes = await Promise.all([vault, ...others, vault].map((one, index) => one.seal(ada, `o${index}`)));
    expect(await keys()).toHaveLength(1);
    for (const { sealed: box } of boxes) expect(box === null ? null : await vault.unseal(box)).toEqual(ada);
  });

  it('makes the keys of all customers that wait in one write', async () => {
    let writes = 0;
    const counting: ReadStore = {
      ...store,
      write: (...asked) => {
        writes += 1;
        return store.write(...asked);
      },
    };
    const counted = await createPersonalDataVault(counting);
    writes = 0;
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => counted.seal(of({ email: `c${index}@example.org` }), `o${index}`)),
    );
    expect([writes, (await keys()).length]).toEqual([1, 50]);
  });

  it('seals nothing with a key that is not durable, and tries again', async () => {
    let isAway = false;
    const write: ReadStore['write'] = async (...asked) => {
      if (isAway) throw new ReadStoreUnavailable('the disk is full');
      return store.write(...asked);
    };
    const failing = await createPersonalDataVault({ ...store, write });
    isAway = true;
    const refused = [failing.seal(ada, 'o1'), failing.seal(of({ email: 'bob@example.org' }), 'o2')];
    for (const one of refused) await expect(one).rejects.toThrow(ReadStoreUnavailable);
    isAway = false;
    const { sealed: box } = await failing.seal(ada, 'o1');
    expect(box === null ? null : await vault.unseal(box)).toEqual(ada);
  });

  it('hands a new key over to be written with its box, until it has been', async () => {
    const along = await createPersonalDataVault(store, { keysGoAlong: true });
    const [first, second] = [await along.seal(ada, 'o1'), await along.seal(ada, 'o2')];
    expect(first.documents).toMatchObject([{ collection: CUSTOMER_KEYS.name, id: first.sealed?.subject }]);
    expect(second.documents).toEqual(first.documents);
    expect(await keys()).toEqual([]);
    await store.write(CUSTOMER_KEYS.name, first.documents);
    along.written(first);
    const third = await along.seal(ada, 'o3');
    expect(third.documents).toEqual([]);
    for (const { sealed: box } of [first, second, third]) expect(box && (await vault.unseal(box))).toEqual(ada);
  });

  it('looks for the key again when the one that it made may not have been written', async () => {
    const along = await createPersonalDataVault(store, { keysGoAlong: true });
    const lost = await along.seal(ada, 'o1');
    const box = await sealed(ada, 'o2');
    along.forget(lost);
    const again = await along.seal(ada, 'o1');
    expect(again.documents).toEqual([]);
    expect(again.sealed && (await vault.unseal(again.sealed))).toEqual(ada);
    expect(again.sealed?.subject).toBe(box.subject);
    await expect(vault.unseal(lost.sealed ?? expect.fail())).rejects.toThrow();
  });

  describe('where new keys go along', () => {
    let along: typeof vault;
    /** As the log does it: the documents stand just so, or nothing is written. */
    const append = async ({ documents }: Sealing): Promise<boolean> => {
      for (const document of documents) {
        await store.write(CUSTOMER_KEYS.name, [document]);
        const stands = (await store.get(CUSTOMER_KEYS.name, [document.id])).get(document.id);
        if (JSON.stringify(stands?.body) !== JSON.stringify(document.body)) return false;
      }
      return true;
    };
    const opens = async (one: Sealing) => vault.unseal(one.sealed ?? expect.fail());

    beforeEach(async () => {
      along = await createPersonalDataVault(store, { keysGoAlong: true });
    });

    it('takes it along for an order that is sealed in the very turn in which another one fails', async () => {
      const first = await along.seal(ada, 'o1');
      const second = along.seal(ada, 'o2');
      along.forget(first);
      const sealing = await second;
      expect(await append(sealing)).toBe(true);
      along.written(sealing);
      expect(await opens(sealing)).toEqual(ada);
      expect((await along.seal(ada, 'o3')).documents).toEqual([]);
    });

    it('takes no key for durable because another one of the customer is', async () => {
      const refused = await along.seal(ada, 'o0');
      const onTheWay = await along.seal(ada, 'o1');
      along.forget(refused);
      const other = await along.seal(ada, 'o2');
      expect(await append(onTheWay)).toBe(true);
      along.written(onTheWay);
      const last = await along.seal(ada, 'o3');
      expect([await append(other), await append(last)]).toEqual([false, false]);
      along.forget(other);
      const again = await along.seal(ada, 'o3');
      expect(await append(again)).toBe(true);
      for (const one of [onTheWay, again]) expect(await opens(one)).toEqual(ada);
    });

    it('writes what it seals with one key or not at all, when several look for it at once', async () => {
      along.forget(await along.seal(ada, 'o0'));
      const looked = await along.seal(ada, 'o1');
      const one = along.seal(ada, 'o2');
      along.forget(looked);
      for (const sealing of await Promise.all([one, along.seal(ada, 'o3')]))
        if (await append(sealing)) expect(await opens(sealing)).toEqual(ada);
      expect(await keys()).toHaveLength(1);
    });
  });

  it('gives nothing back once the key is erased', async () => {
    const box = await sealed(ada, 'o1');
    const other = await sealed(of({ email: 'bob@example.org' }), 'o2');
    await store.write(CUSTOMER_KEYS.name, [{ id: box.subject, position: '1', body: null }]);
    expect(await vault.unseal(box)).toBeNull();
    expect(await vault.unseal(other)).toEqual(of({ email: 'bob@example.org' }));
  });

  it('refuses a box that was changed or belongs to somebody else', async () => {
    const box = await sealed(ada, 'o1');
    const other = await sealed(of({ email: 'bob@example.org' }), 'o2');
    await expect(vault.unseal({ ...other, box: box.box })).rejects.toThrow();
    const bytes = Buffer.from(box.box, 'base64');
    bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
    await expect(vault.unseal({ ...box, box: bytes.toString('base64') })).rejects.toThrow();
  });

  it('keeps one secret for ever, whoever made it first', async () => {
    const made = await Promise.all([1, 2, 3].map(() => makeOnce(store, SECRETS.name, 'cursors')));
    expect(new Set(made.map((secret) => secret.toString('hex'))).size).toBe(1);
    expect(made[0]?.length).toBe(32);
  });
});
