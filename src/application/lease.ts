import { setTimeout } from 'node:timers/promises';
import { type CollectionSpec, type ReadStore, ReadStoreUnavailable, type Stored } from '../projections/read-store.ts';

/** One document per lease. Its position counts the changes: who changes it names the one it saw, as in `live-collections`. */
export const LEASES: CollectionSpec = { name: 'leases', indexes: [] };

const DURATION_MS = 3_000;
const RENEWALS_PER_DURATION = 4;
/** How often those who stand by look, in a lease's duration. */
const LOOKS_PER_DURATION = 12;
const LONGEST_RELEASE_MS = 1_000;
const POSITION_DIGITS = 16;

/** A process, as another one on its machine can recognise it. */
export type HolderProcess = { readonly space: string | null; readonly pid: number; readonly startedAt: number };

export type LeaseOptions = {
  readonly store: ReadStore;
  readonly name: string;
  readonly process: HolderProcess;
  /** True: that process has ended for certain, so its lease need not run out first. */
  readonly hasEnded: (process: HolderProcess) => boolean;
  readonly newId: () => string;
  /** How long a lease lasts after its last renewal: after a crash or a pause, nobody works for so long. */
  readonly durationMs?: number;
  readonly onError: (error: unknown) => void;
  readonly signal: AbortSignal;
};

/** The time from taking a lease to losing it. */
export type Term = {
  /** Grows from holder to holder: the fencing token. */
  readonly token: number;
  /** Aborts when the lease is lost or given up. */
  readonly signal: AbortSignal;
  /** False as soon as somebody else may hold it: asks the clock, so it is right even after this process was stopped. */
  readonly isHeld: () => boolean;
};

/** Somebody else may hold the lease by now: nothing was written. */
export class LeaseLost extends ReadStoreUnavailable {
  constructor(name: string) {
    super(`the lease ${name} is lost`);
    this.name = 'LeaseLost';
  }
}

type Seen = { readonly revision: number; readonly holder: string | null; readonly process: HolderProcess | null };

type Held = { revision: number; until: number };

/**
 * Does the work wherever the lease is held, and stands by elsewhere, until the signal aborts. Work that ends or fails is begun
 * again. No clocks are compared between machines: whoever stands by takes over when the holder has not renewed for a whole
 * duration of its own clock, and the holder stops when its own clock says that it has not.
 */
export const underLease = async (options: LeaseOptions, work: (term: Term) => Promise<void>): Promise<void> => {
  const { name, durationMs = DURATION_MS, onError, signal } = options;
  const lease = createLease({ ...options, durationMs });
  while (!signal.aborted) {
    const held = await lease.take();
    if (held === null) return;
    const ending = new AbortController();
    const term: Term = {
      token: held.revision,
      signal: AbortSignal.any([signal, ending.signal]),
      isHeld: () => !ending.signal.aborted && performance.now() < held.until,
    };
    const renewing = lease.keep(held, term.signal).then(() => ending.abort(new LeaseLost(name)));
    await work(term).catch((error: unknown) => (term.signal.aborted ? undefined : onError(error)));
    ending.abort();
    await renewing;
    await lease.release(held);
    await pause(durationMs / LOOKS_PER_DURATION, signal);
  }
};

const createLease = (options: LeaseOptions & { readonly durationMs: number }) => {
  const { store, name, process, hasEnded, durationMs, onError, signal } = options;
  const id = options.newId();

  const write = async (revision: number, body: Stored['body']): Promise<boolean> => {
    const position = String(revision).padStart(POSITION_DIGITS, '0');
    if ((await store.write(LEASES.name, [{ id: name, position, body }])).length === 0) return true;
    // A write that was repeated on the way is refused the second time, though it was done.
    const found = await read();
    return found.revision === revision && found.holder === id;
  };

  const read = async (): Promise<Seen> => {
    const stored = (await store.get(LEASES.name, [name])).get(name);
    if (stored === undefined) return { revision: 0, holder: null, process: null };
    const { holder, process: by } = stored.body as Pick<Seen, 'holder' | 'process'>;
    return { revision: Number(stored.position), holder, process: by };
  };

  const mine = { holder: id, process };

  const isFree = (seen: Seen): boolean =>
    seen.holder === null || seen.holder === id || (seen.process !== null && hasEnded(seen.process));

  /** Waits for the lease; null when the signal aborts first. */
  const take = async (): Promise<Held | null> => {
    let waitingFor = { revision: -1, since: 0 };
    let isFailing = false;
    for (let isReady = false; !signal.aborted; ) {
      try {
        if (!isReady) await store.ensure(LEASES);
        isReady = true;
        const seen = await read();
        isFailing = false;
        if (waitingFor.revision !== seen.revision) waitingFor = { revision: seen.revision, since: performance.now() };
        const hasRunOut = performance.now() - waitingFor.since >= durationMs;
        const held = { revision: seen.revision + 1, until: performance.now() + durationMs };
        if ((isFree(seen) || hasRunOut) && (await write(held.revision, mine))) return held;
      } catch (error) {
        // Said once, not each time that it is still so.
        if (!isFailing) onError(error);
        isFailing = true;
      }
      await pause(durationMs / LOOKS_PER_DURATION, signal);
    }
    return null;
  };

  /** False: it is somebody else's by now. */
  const renew = async (held: Held): Promise<boolean> => {
    const until = performance.now() + durationMs;
    try {
      if (!(await write(held.revision + 1, mine))) return false;
      held.revision += 1;
      held.until = until;
    } catch (error) {
      onError(error);
      const seen = await read().catch(() => null);
      if (seen !== null && seen.holder === id) held.revision = seen.revision;
    }
    return true;
  };

  /** Renews it for as long as that works; ends when the lease is lost or the signal aborts. */
  const keep = async (held: Held, ending: AbortSignal): Promise<void> => {
    while (!ending.aborted) {
      await pause(durationMs / RENEWALS_PER_DURATION, ending);
      const left = held.until - performance.now();
      if (ending.aborted || left <= 0) return;
      const renewed = await Promise.race([renew(held), setTimeout(left, true, { ref: false })]);
      if (!renewed) return;
    }
  };

  /** Lets others have it at once. Where that fails, they wait until it has run out. */
  const release = async (held: Held): Promise<void> => {
    const released = write(held.revision + 1, { holder: null, process: null }).catch(onError);
    await Promise.race([released, setTimeout(LONGEST_RELEASE_MS, undefined, { ref: false })]);
  };

  return { take, keep, release };
};

const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
};

/** The same store for as long as the lease is held: a holder that was stopped meanwhile must not go on where it was. */
export const fenced = (store: ReadStore, name: string, { isHeld }: Term): ReadStore => {
  const whileHeld = <Answer>(act: () => Promise<Answer>): Promise<Answer> =>
    isHeld() ? act() : Promise.reject(new LeaseLost(name));
  return Object.freeze({
    ...store,
    ensure: (spec) => whileHeld(() => store.ensure(spec)),
    write: (collection, writes) => whileHeld(() => store.write(collection, writes)),
    drop: (collection) => whileHeld(() => store.drop(collection)),
  });
};
