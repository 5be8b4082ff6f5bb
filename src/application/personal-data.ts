import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Sealed } from '../domain/order/order.ts';
import type { ReadStore, Stored } from '../projections/read-store.ts';
import type { VaultDocument } from './dependent-append.ts';
import { decrypt, encrypt, randomBytes } from './sealing.ts';

/** Everything of an order that names or finds a person. */
export type PersonalData = {
  readonly customer?: { readonly name?: string; readonly email?: string; readonly phone?: string };
  readonly address?: { readonly postcode?: string; readonly city?: string; readonly street?: string };
};

export type PersonalDataVault = {
  /**
   * Seals with the customer's key, which is made at the customer's first order: durably, or else it is among the documents that
   * must be written with whatever the box goes into.
   */
  readonly seal: (data: PersonalData, orderId: string) => Promise<Sealing>;
  /** The documents of the sealing have been written. */
  readonly written: (sealing: Sealing) => void;
  /** They were not, or perhaps not, or the customer has another key: the next sealing looks for it. */
  readonly forget: (sealing: Sealing) => void;
  /** Null when the key was erased. */
  readonly unseal: (sealed: Sealed) => Promise<PersonalData | null>;
};

export type Sealing = { readonly sealed: Sealed | null; readonly documents: readonly VaultDocument[] };

export type PersonalDataOptions = {
  /** New keys go along with the first events that need them (`appendOn`), instead of being written before. */
  readonly keysGoAlong?: boolean;
};

export const CUSTOMER_KEYS = { name: 'customer-keys', indexes: [] } as const;
export const SECRETS = { name: 'secrets', indexes: [] } as const;

/** Vault documents are written once: a second write at the same position is refused, so the first one counts. */
const ONCE = '0';
const KEY_BYTES = 32;
const CACHED_KEYS = 2_000;
/** After a customer who was taken for a new one and was none, so many others are looked up first. */
const LOOKS_AFTER_A_MISTAKE = 1_000;
const SUBJECT_CHARACTERS = 22;

/**
 * Personal data enters the log only sealed (AES-256-GCM, one key per customer). Whoever erases the key erases the
 * person, while the log and its hash chain stay whole.
 */
export const createPersonalDataVault = async (
  store: ReadStore,
  { keysGoAlong = false }: PersonalDataOptions = {},
): Promise<PersonalDataVault> => {
  // Prefixed, fixed-length secret and a truncated digest: enough of a keyed hash, at a tenth of an HMAC object's cost.
  const subjectSecret = (await makeOnce(store, SECRETS.name, 'subject')).toString('base64');
  const keys = new LRUCache<string, CustomerKey | Promise<CustomerKey>>({ max: CACHED_KEYS });
  let looksLeft = 0;
  let wanted = new Map<string, { resolve: (key: Key) => void; reject: (reason: unknown) => void }>();

  /** One durable write for all customers that wait for their first key at this moment. */
  const makeKeys = async (): Promise<void> => {
    const batch = wanted;
    wanted = new Map();
    try {
      const ids = [...batch.keys()];
      const known = await store.get(CUSTOMER_KEYS.name, ids);
      const unknown = ids.filter((id) => !known.has(id)).map((id) => keyDocument(id));
      const beaten = await store.write(CUSTOMER_KEYS.name, unknown);
      const others = beaten.length === 0 ? known : await store.get(CUSTOMER_KEYS.name, ids);
      const made = new Map(unknown.map((document) => [document.id, document]));
      for (const [id, { resolve }] of batch) resolve(keyOf(others.get(id) ?? made.get(id)));
    } catch (error) {
      for (const { reject } of batch.values()) reject(error);
    }
  };

  const readOrMake = async (subject: string): Promise<CustomerKey> => {
    const stored = (await store.get(CUSTOMER_KEYS.name, [subject])).get(subject);
    return stored === undefined ? make(subject) : { key: keyOf(stored), document: null };
  };

  const make = (subject: string): CustomerKey => {
    const document = { ...keyDocument(subject), collection: CUSTOMER_KEYS.name };
    return { key: keyOf(document), document };
  };

  const makeDurably = async (subject: string): Promise<CustomerKey> => {
    const key = await new Promise<Key>((resolve, reject) => {
      if (wanted.size === 0) setImmediate(() => void makeKeys());
      wanted.set(subject, { resolve, reject });
    });
    return { key, document: null };
  };

  /** Kept under the subject from now on, and no longer a promise once it is known. */
  const keep = (subject: string, coming: Promise<CustomerKey>): Promise<CustomerKey> => {
    const isCurrent = (): boolean => keys.peek(subject) === coming;
    keys.set(subject, coming);
    coming.then(
      (key) => isCurrent() && keys.set(subject, key),
      () => isCurrent() && keys.delete(subject),
    );
    return coming;
  };

  /**
   * A new key is used before it is durable: only what is written together with it is sealed with it, and refused where the
   * customer has another one. So somebody unknown may be taken for new without looking, as long as that mostly proves right.
   */
  const keyFor = (subject: string): CustomerKey | Promise<CustomerKey> => {
    const known = keys.get(subject);
    if (known !== undefined) return known;
    if (!keysGoAlong) return keep(subject, makeDurably(subject));
    if (looksLeft > 0) {
      looksLeft -= 1;
      return keep(subject, readOrMake(subject));
    }
    const made = make(subject);
    keys.set(subject, made);
    return made;
  };

  /** The key that is kept under the document's subject, if it is the very one that the document holds. */
  const keptWith = (document: VaultDocument): CustomerKey | null => {
    const kept = keys.peek(document.id);
    return kept !== undefined && 'document' in kept && kept.document === document ? kept : null;
  };

  /** The same person under the same e-mail (else phone) is one subject; without either, the order is its own. */
  const subjectOf = ({ customer }: PersonalData, orderId: string): string => {
    const identity =
      customer?.email?.trim().toLowerCase() || customer?.phone?.replaceAll(/\D/g, '') || `order ${orderId}`;
    return hash('sha256', subjectSecret + identity, 'base64url').slice(0, SUBJECT_CHARACTERS);
  };

  return {
    seal: async (data, orderId) => {
      if (data.customer === undefined && data.address === undefined) return { sealed: null, documents: [] };
      const subject = subjectOf(data, orderId);
      const { key, document } = await keyFor(subject);
      return {
        sealed: { subject, box: encrypt(bytesOf(key), JSON.stringify(data)) },
        documents: document === null ? [] : [document],
      };
    },
    written: ({ documents }) => {
      for (const document of documents) {
        const key = keptWith(document);
        if (key !== null) key.document = null;
      }
    },
    forget: ({ documents }) => {
      if (documents.length > 0) looksLeft = LOOKS_AFTER_A_MISTAKE;
      for (const document of documents) if (keptWith(document) !== null) keys.delete(document.id);
    },
    unseal: async ({ subject, box }) => {
      const stored = (await store.get(CUSTOMER_KEYS.name, [subject])).get(subject);
      return stored === undefined ? null : (JSON.parse(decrypt(bytesOf(keyOf(stored)), box)) as PersonalData);
    },
  };
};

const keyDocument = (id: string) => ({ id, position: ONCE, body: { key: randomBytes(KEY_BYTES).toString('base64') } });

/** `document`: what must be written with all that it seals, as long as it is not known to be durable. */
type CustomerKey = { readonly key: Key; document: VaultDocument | null };

/** In base64, as it is stored: a text is kept in less memory than bytes, which hold on to the slab that they are a part of. */
type Key = string;

const keyOf = (document: Pick<Stored, 'body'> | undefined): Key => String(document?.body.key);

const bytesOf = (key: Key): Buffer => Buffer.from(key, 'base64');

/** A secret of this installation, made at its first start. */
export const makeOnce = async (store: ReadStore, collection: string, id: string): Promise<Buffer> => {
  await store.write(collection, [keyDocument(id)]);
  return bytesOf(keyOf((await store.get(collection, [id])).get(id)));
};
