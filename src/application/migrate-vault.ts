import { isDeepStrictEqual } from 'node:util';
import type { CollectionSpec, ReadStore, Stored } from '../projections/read-store.ts';
import { MigrationRefused } from './migration.ts';

const PAGE = 500;

export type VaultMove = {
  readonly from: ReadStore;
  readonly to: ReadStore;
  /** What the installation is by comes first: a target of another installation is refused before anything is written to it. */
  readonly collections: readonly CollectionSpec[];
  readonly onProgress: (documents: number) => void;
  readonly signal: AbortSignal;
};

async function* pagesOf(store: ReadStore, collection: string): AsyncGenerator<readonly Stored[], void> {
  for (let after: { readonly id: string } | undefined; ; ) {
    const page = await store.find(collection, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = { id: last.id };
  }
}

/**
 * Copies documents at the positions that they have, so that a repetition changes nothing, and reads each one back: they stand
 * nowhere else. What the source has no longer goes from the target, too. Answers how many each collection has.
 */
export const copyVault = async (move: VaultMove): Promise<Readonly<Record<string, number>>> => {
  const { from, to, collections, onProgress, signal } = move;
  const counts: Record<string, number> = {};
  let done = 0;
  for (const spec of collections) {
    await to.ensure(spec);
    counts[spec.name] = 0;
    for await (const page of pagesOf(from, spec.name)) {
      signal.throwIfAborted();
      await to.write(spec.name, page);
      await assertThere(to, spec.name, page);
      counts[spec.name] = (counts[spec.name] ?? 0) + page.length;
      done += page.length;
      onProgress(done);
    }
    for await (const page of pagesOf(to, spec.name)) await removeForgotten(move, spec.name, page);
  }
  return counts;
};

/** A key that was erased after an earlier run had copied it. */
const removeForgotten = async ({ from, to }: VaultMove, collection: string, page: readonly Stored[]): Promise<void> => {
  const kept = await from.get(
    collection,
    page.map(({ id }) => id),
  );
  const forgotten = page.filter(({ id }) => !kept.has(id));
  await to.write(
    collection,
    forgotten.map(({ id, position }) => ({ id, position: `${position}~`, body: null })),
  );
};

const assertThere = async (to: ReadStore, collection: string, page: readonly Stored[]): Promise<void> => {
  const ids = page.map(({ id }) => id);
  const there = await to.get(collection, ids);
  const other = page.find(({ id, body }) => !isDeepStrictEqual(there.get(id)?.body, body));
  if (other === undefined) return;
  throw new MigrationRefused(
    `The target's vault belongs to another installation: its ${collection} ${other.id} is not the source's. Has a service been ` +
      'started on it? Give an empty database.',
  );
};
