import { setTimeout } from 'node:timers/promises';
import { pause } from './pause.ts';
import { type CollectionSpec, type ReadStore, ReadStoreUnavailable } from './read-store.ts';
import type { Retried } from './retry.ts';

/** How a node that does not run the projector asks the one that does: one document per request, answered in place. */
const REQUESTS: CollectionSpec = { name: 'retry-requests', indexes: [] };

// Guards of a request, in the order in which it is written.
const ASKED = '0';
const ANSWERED = '1';
const REMOVED = '2';

const LOOK_EVERY_MS = 250;
const LOOK_FOR_ANSWER_EVERY_MS = 50;
const LONGEST_WAIT_MS = 4_000;
const AT_ONCE = 100;

/** Asks the projector, wherever it runs, to apply quarantined events. */
export const askForRetry = async (readStore: ReadStore, id: string): Promise<Retried> => {
  await readStore.ensure(REQUESTS);
  await readStore.write(REQUESTS.name, [{ id, position: ASKED, body: {} }]);
  const deadline = performance.now() + LONGEST_WAIT_MS;
  while (performance.now() < deadline) {
    await setTimeout(LOOK_FOR_ANSWER_EVERY_MS);
    const { retried, failure } = (await readStore.get(REQUESTS.name, [id])).get(id)?.body ?? {};
    if (retried === undefined && failure === undefined) continue;
    await readStore.write(REQUESTS.name, [{ id, position: REMOVED, body: null }]);
    if (retried === undefined) throw new Error(String(failure));
    return retried as Retried;
  }
  throw new ReadStoreUnavailable('no node with a projector took up the request');
};

/** Answers such requests until the signal aborts. */
export const answerRetries = async (options: {
  readonly readStore: ReadStore;
  readonly retry: () => Promise<Retried>;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
}): Promise<void> => {
  const { readStore, retry, onError, signal } = options;
  for (let isReady = false; !signal.aborted; await pause(LOOK_EVERY_MS, signal)) {
    try {
      if (!isReady) await readStore.ensure(REQUESTS);
      isReady = true;
      const found = await readStore.find(REQUESTS.name, { limit: AT_ONCE });
      for (const { id } of found.filter(({ position }) => position === ASKED)) {
        const body = await retry().then(
          (retried) => ({ retried }),
          (error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }),
        );
        await readStore.write(REQUESTS.name, [{ id, position: ANSWERED, body }]);
      }
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
  }
};
