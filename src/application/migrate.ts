import type { EventStore } from '../event-store/event-store.ts';
import { type LogHead, unreadableIn, type Verification, verifyLog } from '../event-store/verify.ts';
import type { CollectionSpec, ReadStore } from '../projections/read-store.ts';
import { LEASES } from './lease.ts';
import { copyLog, findCommonPast } from './migrate-log.ts';
import { copyVault } from './migrate-vault.ts';
import { MigrationRefused, type MigrationStep, type OnProgress, type Originals } from './migration.ts';
import { CUSTOMER_KEYS } from './personal-data.ts';

export type MigrationDependencies = {
  readonly from: Originals;
  readonly to: Originals;
  /** What is moved of the vault. Leases, checkpoints and caches are not: the target makes its own. */
  readonly collections: readonly CollectionSpec[];
  readonly onProgress: OnProgress;
  /** Aborted: it ends with the signal's reason, and can be begun again. */
  readonly signal: AbortSignal;
};

export type Migration = {
  readonly events: number;
  readonly streams: number;
  /** Of these events, so many were there before. */
  readonly alreadyThere: number;
  /** Of the vault, by collection. */
  readonly documents: Readonly<Record<string, number>>;
  readonly sourceHead: LogHead;
  readonly targetHead: LogHead;
};

/**
 * Moves an installation to other stores, so that log and vault there are what they are here. It may be ended at any moment and
 * begun again. The target's log is at every moment the beginning of the source's, and has no event whose key is not there.
 */
export const migrate = async (dependencies: MigrationDependencies): Promise<Migration> => {
  const { from, to, collections, onProgress, signal } = dependencies;
  const counting =
    (step: MigrationStep, total: number) =>
    (done: number): void => {
      signal.throwIfAborted();
      onProgress(step, done, total);
    };
  await assertUnused(to.vault);
  const source = await verifyLog(from.eventStore, { onProgress: counting('verifying the source', 0) });
  assertIntact('source', source);
  await assertHoldsKeys(from);
  const total = source.events;
  const logs = { from: from.eventStore, to: to.eventStore, signal };
  const past = await findCommonPast({ ...logs, onProgress: counting('comparing', total) });
  const documents = await copyVault({
    from: from.vault,
    to: to.vault,
    collections,
    onProgress: counting('copying keys', 0),
    signal,
  });
  await copyLog({ ...logs, onProgress: counting('copying', total) }, past);
  await assertStill(from.eventStore, source.head);
  const target = await verifyLog(to.eventStore, { onProgress: counting('verifying the target', total) });
  assertEqual(source, target);
  return {
    events: total,
    streams: source.streams,
    alreadyThere: past.events,
    documents,
    sourceHead: source.head,
    targetHead: target.head,
  };
};

/** Who works on the target holds a lease there. What has happened since, such as the erasure of a key, must not be undone. */
const assertUnused = async (vault: ReadStore): Promise<void> => {
  if ((await vault.find(LEASES.name, { limit: 1 })).length === 0) return;
  throw new MigrationRefused(
    'A service has run on the target already (its vault has a lease), so nothing is copied to it any more.',
  );
};

/** Of sealed orders; the first of them has its key already, unless its customer was erased. */
const LOOKED_AT = 1_000;

/** With another installation's vault all would look well, and nobody could read a customer any more. */
const assertHoldsKeys = async ({ eventStore, vault }: Originals): Promise<void> => {
  let missing = 0;
  for await (const { type, data } of eventStore.readAll({ streamPrefixes: ['order-'] })) {
    const subject = type === 'OrderPlaced' ? JSON.parse(data).personal?.subject : undefined;
    if (typeof subject !== 'string') continue;
    if ((await vault.get(CUSTOMER_KEYS.name, [subject])).size > 0) return;
    missing += 1;
    if (missing >= LOOKED_AT) break;
  }
  if (missing === 0) return;
  throw new MigrationRefused(
    `The source's vault has no key of the first ${missing} sealed orders, so it is not the one that belongs to this log.`,
  );
};

const assertIntact = (which: 'source' | 'target', found: Verification): void => {
  const { problemCount, problems } = found;
  if (problemCount === 0) return;
  const unread = unreadableIn(found);
  if (unread !== undefined)
    throw new MigrationRefused(
      `The ${which}'s log could not be read to its end: ${unread.reason}. If a server was away, run it again.`,
    );
  throw new MigrationRefused(
    `The ${which}'s log is not intact: ${problemCount} problems, the first one ${JSON.stringify(problems[0])}.`,
  );
};

/** A read ends where the log ended as it began: what came after it would be left behind. */
const assertStill = async (eventStore: EventStore, head: LogHead): Promise<void> => {
  for await (const { position } of eventStore.readAll({ direction: 'backwards', limit: 1 })) {
    if (position === head.position) return;
    throw new MigrationRefused('The source grew meanwhile. Stop every service on it, then run this again.');
  }
};

/** The digest is over every event's hash in commit order, and each hash over the event and the one before it in its stream. */
const assertEqual = (source: Verification, target: Verification): void => {
  assertIntact('target', target);
  const { events, streams, head } = target;
  if (events === source.events && streams === source.streams && head.digest === source.head.digest) return;
  throw new MigrationRefused(
    `The target is not the source: ${events} events in ${streams} streams (digest ${head.digest}) there, ` +
      `${source.events} in ${source.streams} (${source.head.digest}) here.`,
  );
};
