import type { Check } from './api/health.ts';
import type { Circuit } from './application/circuit.ts';
import { watchAppend, watchGuest, watchLog, watchReadStore } from './application/store-watch.ts';
import type { StoreSettings } from './config.ts';
import type { Stores } from './stores.ts';

export type WatchedStores = {
  readonly stores: Omit<Stores, 'close'>;
  readonly checks: () => Readonly<Record<string, Check>>;
  /** Asks the stores how they are, until the signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
};

/** The stores as those see them who must not wait in vain: the service behind the requests. */
export const watchStores = (
  { eventStore, readStore, vault, appendOn }: Omit<Stores, 'close'>,
  { eventStoreUrl, readStoreUrl }: Omit<StoreSettings, 'dataDir'>,
): WatchedStores => {
  const isGuest = eventStoreUrl === undefined;
  const log = watchLog(eventStore, isGuest ? vault : null);
  const remote = readStoreUrl === undefined ? null : watchReadStore(readStore);
  const circuits = [log.reads, log.appends, ...(remote === null ? [] : [remote.circuit])];
  return {
    stores: {
      eventStore: log.eventStore,
      readStore: remote?.watched(readStore) ?? readStore,
      ...(appendOn === undefined ? {} : { appendOn: watchAppend(appendOn, log.appends) }),
      vault: isGuest ? watchGuest(vault, log) : (remote?.watched(vault) ?? vault),
    },
    checks: () => ({
      log: checkOf([log.reads, log.appends]),
      // Commands go on without it, and so does the node.
      ...(remote === null ? {} : { readStore: { ...checkOf([remote.circuit]), isNeeded: false } }),
    }),
    run: async (signal) => void (await Promise.all(circuits.map((circuit) => circuit.run(signal)))),
  };
};

const checkOf = (circuits: readonly Circuit[]): Check => {
  const complaint = circuits.map(({ trouble }) => trouble()).find((trouble) => trouble !== null);
  return { ok: complaint === undefined, detail: complaint ?? 'answers' };
};
