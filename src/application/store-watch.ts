import { type EventStore, type RecordedEvent, StoreUnavailable } from '../event-store/event-store.ts';
import { type ReadStore, ReadStoreUnavailable } from '../projections/read-store.ts';
import { type Circuit, createCircuit } from './circuit.ts';

/** No aggregate has this stream, and appending nothing to it writes nothing. */
const NO_STREAM = 'probe';

export type LogWatch = {
  /** The log; while it is away, what is asked of it fails at once instead of after a time limit. */
  readonly eventStore: EventStore;
  readonly appends: Circuit;
  readonly reads: Circuit;
};

/**
 * Appends and reads fail apart: a cluster without a majority, or a full disk, still reads. A full disk takes an append of
 * nothing, too. `guest`: documents in the log's own file, by which it can prove that it takes more.
 */
export const watchLog = (log: EventStore, guest: ReadStore | null): LogWatch => {
  const appends = createCircuit('the event log takes no appends', {
    probe: () => log.append(NO_STREAM, 0, []),
    ...(guest === null ? {} : { proof: () => writePages(guest) }),
  });
  const reads = createCircuit('the event log does not answer', {
    probe: () => Array.fromAsync(log.readAll({ direction: 'backwards', limit: 1 })),
  });
  const reading = (read: () => AsyncIterable<RecordedEvent>): AsyncIterable<RecordedEvent> =>
    reads.trouble() === null ? read() : failing(reads);
  const eventStore: EventStore = {
    ...log,
    append: watchAppend(log.append, appends),
    readStream: (...asked) => reading(() => log.readStream(...asked)),
    readAll: (...asked) => reading(() => log.readAll(...asked)),
  };
  return { eventStore, appends, reads };
};

/** One document, written over again: more than the appends of an order, and no event. */
export const WRITE_PROOFS = { name: 'write-proofs', indexes: [] };
const PROOF = 'log';
const PROOF_CHARACTERS = 65_536;
const POSITION_DIGITS = 16;

const writePages = async (guest: ReadStore): Promise<void> => {
  await guest.ensure(WRITE_PROOFS);
  const last = (await guest.get(WRITE_PROOFS.name, [PROOF])).get(PROOF);
  const position = String(Number(last?.position ?? 0) + 1).padStart(POSITION_DIGITS, '0');
  await guest.write(WRITE_PROOFS.name, [{ id: PROOF, position, body: { pages: 'x'.repeat(PROOF_CHARACTERS) } }]);
};

/** Any way to append to the log. */
export const watchAppend =
  <Asked extends unknown[], Answer>(append: (...asked: Asked) => Promise<Answer>, appends: Circuit) =>
  async (...asked: Asked): Promise<Answer> => {
    assertAnswers(appends);
    try {
      return await append(...asked);
    } catch (error) {
      if (error instanceof StoreUnavailable) appends.suspect();
      throw error;
    }
  };

/** Documents in the embedded log's own file, which are written along with it or not at all. */
export const watchGuest = (documents: ReadStore, { appends }: LogWatch): ReadStore => ({
  ...documents,
  write: async (...asked) => {
    assertAnswers(appends);
    return documents.write(...asked);
  },
});

const assertAnswers = ({ trouble }: Circuit): void => {
  const complaint = trouble();
  if (complaint !== null) throw new StoreUnavailable(complaint, 'none');
};

// biome-ignore lint/correctness/useYield: it only fails, and does so when it is read.
async function* failing(reads: Circuit): AsyncGenerator<RecordedEvent, void> {
  assertAnswers(reads);
}

export type ReadStoreWatch = {
  /** Any store on the same server, failing at once while that is away. */
  readonly watched: (store: ReadStore) => ReadStore;
  readonly circuit: Circuit;
};

/** For a read store on another machine. */
export const watchReadStore = (readStore: ReadStore): ReadStoreWatch => {
  const circuit = createCircuit('the read store does not answer', {
    probe: () => readStore.get(NO_STREAM, [NO_STREAM]),
  });
  const guarded =
    <Asked extends unknown[], Answer>(ask: (...asked: Asked) => Promise<Answer>) =>
    async (...asked: Asked): Promise<Answer> => {
      const complaint = circuit.trouble();
      if (complaint !== null) throw new ReadStoreUnavailable(complaint);
      try {
        return await ask(...asked);
      } catch (error) {
        if (error instanceof ReadStoreUnavailable) circuit.suspect();
        throw error;
      }
    };
  const watched = (store: ReadStore): ReadStore => ({
    ...store,
    ensure: guarded(store.ensure),
    get: guarded(store.get),
    find: guarded(store.find),
    write: guarded(store.write),
  });
  return { watched, circuit };
};
