import { LRUCache } from 'lru-cache';
import type { Decider } from '../domain/decider.ts';
import type { AnyEvent, EventMetadata } from '../domain/event.ts';
import type { Instant, Position } from '../domain/values.ts';
import { BriefMap } from '../event-store/brief-map.ts';
import type { Codec } from '../event-store/codec.ts';
import {
  AppendTooLarge,
  type EventStore,
  GroundsMissing,
  type NewEvent,
  VersionConflict,
} from '../event-store/event-store.ts';
import { genesisHash } from '../event-store/hash-chain.ts';
import { createCommandBatches, type Folded } from './command-batches.ts';
import { createContention } from './contention.ts';
import { allGrounds, type DependentAppend, type Grounds } from './dependent-append.ts';
import { StreamUnreadable } from './execute-errors.ts';
import { type Job, settle } from './jobs.ts';
import { createSettledAppend } from './settled-append.ts';
import type { Snapshots } from './snapshots.ts';

/** Who asks and why: becomes the metadata of whatever events follow. */
export type CommandContext = Omit<EventMetadata, 'recordedAt'>;

/** The state is to be read in the turn in which it arrives: a fold that changes its state in place goes on with it. */
export type Loaded<State> = { readonly state: State; readonly version: number; readonly position: Position | null };

/** The state right after this command, which may hold more than its own events where commands were batched. */
export type Executed<State, Event> = Loaded<State> & { readonly events: readonly Event[] };

export type ExpectedVersions = readonly number[] | 'existing';

/** A command that follows from another one, in a context of its own. */
export type FollowUp<Command> = { readonly command: Command; readonly context: CommandContext };

export type ExecuteOptions<State, Command> = {
  /** Refuse with `VersionMismatch` unless the aggregate is at one of these versions, or exists at all (`If-Match`). */
  readonly expectedVersions?: ExpectedVersions | undefined;
  /** The stream is most likely new: decide on nothing without looking first. If it is not new, the append conflicts. */
  readonly assumeNew?: boolean;
  /** What to decide next, in the same append, once the command has caused events; null: nothing. */
  readonly andThen?: (state: State) => FollowUp<Command> | null;
  /** Write the events only if this is so; else reject with `GroundsMissing`. Where there is no `appendOn`, see to it before. */
  readonly grounds?: Grounds;
  /**
   * The same command, with the same id, may come again: `possible` says that nobody else has tried by now, `likely` that
   * somebody may have. What the log holds of it is then its outcome. Asked once the state is read that the decision rests on.
   */
  readonly repetition?: (() => 'possible' | 'likely') | undefined;
  /** With `appendOn`: hears of the events as soon as they are on their way to the log, which may yet refuse them. */
  readonly onHandedOver?: (ahead: Ahead<State>) => void;
};

/** A state that the log does not have yet: what is built on it rests on the event that led to it. */
export type Ahead<State> = { readonly state: State; readonly version: number; readonly eventId: string };

export type Executor<State, Command, Event> = {
  readonly execute: (
    stream: string,
    command: Command,
    context: CommandContext,
    options?: ExecuteOptions<State, Command>,
  ) => Promise<Executed<State, Event>>;
  /** The aggregate as the log has it now. */
  readonly load: (stream: string) => Promise<Loaded<State>>;
  /** The aggregate as this process last saw it, if it still remembers. */
  readonly peek: (stream: string) => Loaded<State> | undefined;
};

export type ExecutorDependencies<State, Command, Event> = {
  readonly eventStore: EventStore;
  readonly appendOn?: DependentAppend | undefined;
  readonly codec: Codec;
  readonly decider: Decider<State, Command, Event>;
  readonly now: () => Instant;
  /** Folded aggregates kept in memory. */
  readonly cacheSize: number;
  readonly snapshots?: Snapshots<State>;
  /** For large states that the fold changes in place: see `contention.ts`. */
  readonly copy?: (state: State) => State;
  readonly onConflict?: () => void;
};

const MAX_CONFLICTS = 50;
/** What is sent again is sent in numbers: after a stream that was not new, so many are looked at first. */
const LOOKS_AFTER_A_REPETITION = 1_000;
/** An append of more may exceed what an event store takes at once (EventStoreDB: 1 MiB). */
const MOST_JOBS_AT_ONCE = 250;

/**
 * Runs commands against aggregates. Commands that wait for one stream are decided in sequence, each on the state that
 * the one before leaves, and appended in one write with one expected version. A conflict refolds and decides them all
 * again; a refusal concerns its own caller only. Nobody is answered before the events are durable.
 */
export const createExecutor = <State, Command, Event extends AnyEvent>(
  dependencies: ExecutorDependencies<State, Command, Event>,
): Executor<State, Command, Event> => {
  type Queue = Job<State, Command, Event>[];
  const { eventStore, codec, decider, snapshots } = dependencies;
  const append = createSettledAppend(eventStore, dependencies.appendOn);
  const { decideAll, encodeAll, doneBefore } = createCommandBatches(dependencies);
  const cache = new LRUCache<string, Folded<State>>({ max: dependencies.cacheSize });
  const contention = createContention(dependencies.copy);
  const queues = new BriefMap<string, Queue>();
  const loading = new BriefMap<string, Promise<Folded<State>>>();
  let looksLeft = 0;

  /** What the log holds after `base`, folded on. */
  const foldOn = async (stream: string, base: Folded<State>): Promise<Folded<State>> => {
    let result = base;
    for await (const recorded of eventStore.readStream(stream, { from: base.version })) {
      const decoded = codec.decode(recorded);
      if (!decoded.ok) throw new StreamUnreadable(stream, recorded.version, decoded.reason);
      const { version, position, hash } = recorded;
      // The stream's name decides which aggregate its events belong to.
      result = { state: decider.evolve(result.state, decoded.event as AnyEvent as Event), version, position, hash };
    }
    return result;
  };

  const nothing = (): Folded<State> => ({
    state: decider.initialState(),
    version: 0,
    position: null,
    hash: genesisHash,
  });

  const foldAll = async (stream: string): Promise<Folded<State>> =>
    foldOn(stream, (await snapshots?.read(stream)) ?? nothing());

  /** The fold may change a state in place: whoever works with one has it for himself. */
  const takeCached = (stream: string): Folded<State> | undefined => {
    const known = cache.get(stream);
    cache.delete(stream);
    return known;
  };

  /** The aggregate as the log has it now: another process may have appended since we last looked. */
  const current = (stream: string): Promise<Folded<State>> => {
    const underWay = loading.get(stream);
    if (underWay !== undefined) return underWay;
    const known = takeCached(stream);
    const started = (known === undefined ? foldAll(stream) : foldOn(stream, known))
      .then((loaded) => {
        if (loaded.version >= (cache.peek(stream)?.version ?? 0)) cache.set(stream, loaded);
        return loaded;
      })
      .finally(() => loading.delete(stream));
    loading.set(stream, started);
    return started;
  };

  /** Those who loaded an aggregate along with us read it in this very turn, before we change it. */
  const othersHaveRead = (): Promise<void> => Promise.resolve();

  /** Tells those whose events are on their way to the log. */
  const announce = (
    jobs: Queue,
    encoded: readonly (readonly NewEvent[])[],
    reached: Omit<Ahead<State>, 'eventId'>,
  ): void => {
    if (dependencies.appendOn === undefined) return;
    jobs.forEach(({ options }, index) => {
      const eventId = encoded[index]?.at(-1)?.id;
      if (eventId !== undefined) options.onHandedOver?.({ ...reached, eventId });
    });
  };

  const runBatch = async (stream: string, jobs: Queue, waiting: Queue): Promise<void> => {
    for (let conflicts = 0, isFirst = true; ; isFirst = false) {
      for (let one = loading.get(stream); one !== undefined; one = loading.get(stream)) await one.then(othersHaveRead);
      const isAssumedNew = isFirst && jobs.every(({ options }) => options.assumeNew) && looksLeft-- <= 0;
      // Until the events are durable, nobody else may build on this state.
      const known = takeCached(stream) ?? (isAssumedNew ? nothing() : undefined);
      // Where others write, too, what is remembered is most likely old: looking first costs less than losing to them.
      const isFresh = known === undefined || contention.isLikely(stream);
      const start = isFresh ? await (known === undefined ? foldAll(stream) : foldOn(stream, known)) : known;
      const kept = contention.keep(stream, start);
      const isLookedFor = ({ options: { repetition } }: Queue[number]): boolean =>
        repetition !== undefined && (conflicts > 0 || repetition() === 'likely');
      // In what the state rests on, and nowhere else: what came later, the append will meet as a conflict.
      const repeated = jobs.filter(isLookedFor);
      const done = repeated.length === 0 ? undefined : await doneBefore(stream, start.version, repeated);
      const { state, decisions } = decideAll(start, jobs, done);
      const encoded = encodeAll(stream, start, decisions);
      const events = encoded.flat();
      if (events.length === 0) {
        cache.set(stream, start);
        if (isFresh || (await current(stream)).version === start.version) return settle(jobs, decisions, start);
        await othersHaveRead();
        continue;
      }
      try {
        const writing = jobs.filter((_, index) => encoded[index]?.length !== 0);
        const grounds = allGrounds(writing.flatMap(({ options }) => options.grounds ?? []));
        const appended = append(stream, start.version, events, grounds);
        announce(jobs, encoded, { state, version: start.version + events.length });
        const { version, position } = await appended;
        const after = { state, version, position, hash: events.at(-1)?.hash ?? start.hash };
        cache.set(stream, after);
        settle(jobs, decisions, after);
        snapshots?.consider(stream, after);
        return;
      } catch (error) {
        if (!(error instanceof VersionConflict) || conflicts++ >= MAX_CONFLICTS) throw error;
        if (isAssumedNew) looksLeft = LOOKS_AFTER_A_REPETITION;
        dependencies.onConflict?.();
        contention.noteConflict(stream);
        if (kept !== null && kept.version > (cache.peek(stream)?.version ?? 0)) cache.set(stream, kept);
        // The more are decided at once, the less a conflict costs each of them.
        jobs.push(...waiting.splice(0, Math.max(0, MOST_JOBS_AT_ONCE - jobs.length)));
      }
    }
  };

  const runOrReject = async (stream: string, jobs: Queue, waiting: Queue): Promise<void> => {
    try {
      await runBatch(stream, jobs, waiting);
    } catch (error) {
      // What one of them lacks, or what is too much together, keeps nobody from being written by itself.
      const mayStandAlone = error instanceof GroundsMissing || error instanceof AppendTooLarge;
      if (mayStandAlone && jobs.length > 1) for (const job of jobs) await runOrReject(stream, [job], []);
      else for (const job of jobs) job.reject(error);
    }
  };

  const run = async (stream: string, queue: Queue): Promise<void> => {
    while (queue.length > 0) await runOrReject(stream, queue.splice(0, MOST_JOBS_AT_ONCE), queue);
    queues.delete(stream);
  };

  return {
    execute: (stream, command, context, options = {}) =>
      new Promise((resolve, reject) => {
        const job = { command, context, options, resolve, reject };
        const queue = queues.get(stream);
        if (queue !== undefined) {
          queue.push(job);
          return;
        }
        const started: Queue = [job];
        queues.set(stream, started);
        void run(stream, started);
      }),
    load: current,
    peek: (stream) => cache.peek(stream),
  };
};
