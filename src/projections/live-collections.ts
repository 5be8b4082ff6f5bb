import type { CollectionSpec, ReadStore, Stored } from './read-store.ts';

/** Which collection holds each read model now: one document per projection, under its name. */
export const PROJECTIONS: CollectionSpec = { name: 'projections', indexes: [] };

export type LiveCollection = {
  /** What readers read; null while the first one has yet to be built. */
  readonly collection: string | null;
  /** The projection's version that the collection was made with. */
  readonly version: number;
  /** A collection that is being built beside it. */
  readonly building: string | null;
  /** Collections that nobody should read any more, still to be dropped. */
  readonly retired: readonly string[];
  /** Counts the changes: who changes it names the revision it saw, and loses against whoever was faster. */
  readonly revision: number;
};

const REVISION_DIGITS = 16;

const unknown: LiveCollection = { collection: null, version: 0, building: null, retired: [], revision: 0 };

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const parse = ({ body, position }: Stored): LiveCollection => ({
  collection: text(body.collection),
  version: Number(body.version),
  building: text(body.building),
  retired: Array.isArray(body.retired) ? body.retired.map(String) : [],
  revision: Number(position),
});

export const readLive = async (
  readStore: ReadStore,
  names: readonly string[],
): Promise<ReadonlyMap<string, LiveCollection>> => {
  const stored = await readStore.get(PROJECTIONS.name, names);
  return new Map(
    names.map((name) => {
      const document = stored.get(name);
      return [name, document === undefined ? unknown : parse(document)];
    }),
  );
};

export const readLiveOf = async (readStore: ReadStore, name: string): Promise<LiveCollection> =>
  (await readLive(readStore, [name])).get(name) ?? unknown;

/** Compare and swap: null when somebody else changed it since `seen`. */
export const changeLive = async (
  readStore: ReadStore,
  name: string,
  seen: LiveCollection,
  change: Partial<Omit<LiveCollection, 'revision'>>,
): Promise<LiveCollection | null> => {
  const { revision: _revision, ...body } = { ...seen, ...change };
  const revision = seen.revision + 1;
  const position = String(revision).padStart(REVISION_DIGITS, '0');
  const left = await readStore.write(PROJECTIONS.name, [{ id: name, position, body }]);
  return left.length === 0 ? { ...body, revision } : null;
};

/** A name never used before: revisions only grow. */
export const freshCollection = (name: string, version: number, { revision }: LiveCollection): string =>
  revision === 0 ? `${name}@${version}` : `${name}@${version}.${revision}`;
