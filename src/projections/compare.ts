import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import type { Position } from '../domain/values.ts';
import type { Build } from './build.ts';
import { canonical } from './canonical.ts';
import { loadCheckpoints } from './checkpoints.ts';
import type { ReadStore, Stored } from './read-store.ts';
import { isPresent } from './tombstone.ts';

export type Comparison = {
  readonly compared: number;
  /** Documents that differ at one position. */
  readonly different: readonly string[];
  /** Documents that changed too often to be met at one position. */
  readonly unsettled: readonly string[];
};

const PAGE = 1_000;
const ROUNDS = 25;
const WAIT_MS = 20;

type Pair = { readonly store: ReadStore; readonly live: string; readonly rebuilt: string };

/**
 * Compares a rebuilt collection with the live one while the live one goes on changing. Two documents can be compared
 * where both stand at one position. The others are met there: the build is led to just the position of the live
 * document, as often as it takes.
 */
export const compareWithLive = async (pair: Pair, build: Build, signal: AbortSignal): Promise<Comparison> => {
  const different = new Set<string>();
  const { compared, open } = await compareAll(pair, different, signal);
  let unsettled: readonly string[] = open;
  for (let round = 0; unsettled.length > 0 && round < ROUNDS; round++) {
    signal.throwIfAborted();
    if (round > 0) await setTimeout(WAIT_MS, undefined, { signal });
    unsettled = await meet(pair, build, unsettled, different);
  }
  const live = await present(pair.store, pair.live, unsettled);
  const absent = unsettled.filter((id) => !live.has(id));
  return { compared, different: [...different, ...absent], unsettled: unsettled.filter((id) => live.has(id)) };
};

/** Equal as JSON text at the same position: null where the positions differ, so that nothing can be said. */
const equal = (a: Stored | undefined, b: Stored | undefined): boolean | null => {
  if (a === undefined && b === undefined) return true;
  if (a?.position !== b?.position) return null;
  return JSON.stringify(canonical(a?.body)) === JSON.stringify(canonical(b?.body));
};

const present = async (
  store: ReadStore,
  collection: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Stored>> =>
  new Map([...(await store.get(collection, ids))].filter(([, stored]) => isPresent(stored)));

const compareAll = async (pair: Pair, different: Set<string>, signal: AbortSignal) => {
  const { store, live, rebuilt } = pair;
  const open: string[] = [];
  let compared = 0;
  for (const [from, to] of [
    [live, rebuilt],
    [rebuilt, live],
  ] as const) {
    for await (const page of pages(store, from)) {
      // Embedded stores answer without giving up the thread, and whoever wants this ended could not say so.
      await nextTurn();
      signal.throwIfAborted();
      const ids = page.map(({ id }) => id);
      const others = await present(store, to, ids);
      // The second way round only looks for documents that the live collection lacks.
      const unmet = from === live ? page : page.filter(({ id }) => !others.has(id));
      compared += unmet.length;
      for (const stored of unmet) {
        const same = equal(stored, others.get(stored.id));
        if (same === null) open.push(stored.id);
        else if (!same) different.add(stored.id);
      }
    }
  }
  return { compared, open: [...new Set(open)] };
};

async function* pages(store: ReadStore, collection: string): AsyncGenerator<readonly Stored[], void> {
  let last: Stored | undefined;
  do {
    const page: readonly Stored[] = await store.find(collection, {
      limit: PAGE,
      ...(last === undefined ? {} : { after: { id: last.id } }),
    });
    yield page.filter(isPresent);
    last = page.length < PAGE ? undefined : page.at(-1);
  } while (last !== undefined);
}

const meet = async (
  { store, live, rebuilt }: Pair,
  build: Build,
  ids: readonly string[],
  different: Set<string>,
): Promise<readonly string[]> => {
  const reached: Position | null = (await loadCheckpoints(store, [live])).get(live) ?? null;
  const liveDocuments = await present(store, live, ids);
  const whereToMeet = (id: string): Position => liveDocuments.get(id)?.position ?? reached ?? '';
  const open: string[] = [];
  for (const [position, group] of Map.groupBy(ids.toSorted(byText(whereToMeet)), whereToMeet)) {
    if (position !== '') await build.advanceTo(position);
    const rebuiltDocuments = await present(store, rebuilt, group);
    for (const id of group) {
      const [ours, theirs] = [rebuiltDocuments.get(id), liveDocuments.get(id)];
      const same =
        equal(ours, theirs) ?? (isPassed(ours, theirs, build.position() ?? '', reached ?? '') ? false : null);
      if (same === false) different.add(id);
      if (same === null) open.push(id);
    }
  }
  return open;
};

const byText = (text: (id: string) => string) => (a: string, b: string) => {
  const [left, right] = [text(a), text(b)];
  return left < right ? -1 : Number(left > right);
};

/** Whether two documents at different positions can no longer meet: the one that is behind should have moved by now. */
const isPassed = (ours: Stored | undefined, theirs: Stored | undefined, built: Position, live: Position): boolean => {
  // It may have been deleted since the checkpoint was read.
  if (theirs === undefined) return false;
  // The build has reached the live document's position, and the live collection its checkpoint, or more.
  if (ours === undefined) return built <= live || built === theirs.position;
  return ours.position < theirs.position || ours.position <= live;
};
