import { createHash } from 'node:crypto';
import type { Position } from '../domain/values.ts';
import { type EventStore, type RecordedEvent, StoreUnavailable } from './event-store.ts';
import { chainHash, genesisHash } from './hash-chain.ts';

/** A point of the log and the SHA-256 (hex) over the hashes of all events up to it, in commit order. */
export type LogHead = { readonly position: Position | null; readonly digest: string };

export type LogProblem =
  /** The event is not the one that its hash was made for, or the event before it is not. */
  | (Place & { readonly kind: 'hash-differs' })
  /** Events of this stream are gone from before this one. */
  | (Place & { readonly kind: 'versions-missing'; readonly expectedVersion: number })
  /** This event stands after one of its stream with the same or a later version. */
  | (Place & { readonly kind: 'version-out-of-order'; readonly expectedVersion: number })
  /** Events are gone from before this one. */
  | (Place & { readonly kind: 'positions-missing'; readonly after: Position | null })
  /** Something at or before the noted head was cut, added or replaced. */
  | { readonly kind: 'head-differs'; readonly position: Position | null; readonly digest: string }
  /** The log ends before the noted head. */
  | { readonly kind: 'log-cut'; readonly position: Position | null }
  /** The event, or its whole stream, is filed where those who read by stream prefix do not meet it. */
  | (Place & { readonly kind: 'category-differs' | 'stream-category-differs' })
  /** What is behind this position cannot be read, so nothing is known about it. */
  | { readonly kind: 'log-unreadable'; readonly after: Position | null; readonly reason: string }
  /** The store's own check found its file broken. */
  | { readonly kind: 'file-damaged'; readonly reason: string };

type Place = { readonly stream: string; readonly version: number; readonly position: Position };

export type Verification = {
  readonly events: number;
  readonly streams: number;
  /** Streams of others on the same server, which were left out. */
  readonly otherStreams: number;
  /** The first thousand; `problemCount` counts all. */
  readonly problems: readonly LogProblem[];
  readonly problemCount: number;
  /** To be noted in another place: `expectHead` of a later run proves that nothing up to here was cut or replaced. */
  readonly head: LogHead;
};

export type VerifyOptions = {
  /** Called now and then with the number of events read. */
  readonly onProgress?: (events: number) => void;
  /** Given for a log whose positions have no gaps: says whether one position directly follows the other. */
  readonly isNextPosition?: (previous: Position | null, next: Position) => boolean;
  readonly expectHead?: LogHead;
  /** Given for a server that others use as well: what they keep there is not looked at. */
  readonly isOurs?: (stream: string) => boolean;
};

const MOST_PROBLEMS = 1_000;
const PROGRESS_EVERY = 10_000;

type StreamEnd = { readonly version: number; readonly hash: string };

const startOfStream: StreamEnd = { version: 0, hash: genesisHash };

const problemOf = (event: RecordedEvent, end: StreamEnd): LogProblem | null => {
  const { stream, version, position } = event;
  const expectedVersion = end.version + 1;
  // Where the event before is not the right one, the hash can say nothing about this event.
  if (version > expectedVersion) return { kind: 'versions-missing', stream, version, position, expectedVersion };
  if (version < expectedVersion) return { kind: 'version-out-of-order', stream, version, position, expectedVersion };
  return chainHash(end.hash, event) === event.hash ? null : { kind: 'hash-differs', stream, version, position };
};

/** Reads the whole log and finds where it was tampered with. Keeps one entry per stream in memory. */
export const verifyLog = async (store: EventStore, options: VerifyOptions = {}): Promise<Verification> => {
  const { onProgress, isNextPosition, expectHead, isOurs = () => true } = options;
  const ends = new Map<string, StreamEnd>();
  const others = new Set<string>();
  const problems: LogProblem[] = [];
  const digest = createHash('sha256');
  let digestAtHead: string | null = null;
  let problemCount = 0;
  let events = 0;
  let previous: Position | null = null;

  const report = (problem: LogProblem | null): void => {
    if (problem === null) return;
    problemCount += 1;
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };

  const meetHead = (next: Position | null): void => {
    if (expectHead === undefined || digestAtHead !== null) return;
    if (next === null || expectHead.position === null || next > expectHead.position)
      digestAtHead = digest.copy().digest('hex');
  };

  const check = (event: RecordedEvent): void => {
    const { stream, version, position, hash } = event;
    meetHead(position);
    if (isNextPosition !== undefined && !isNextPosition(previous, position))
      report({ kind: 'positions-missing', stream, version, position, after: previous });
    report(problemOf(event, ends.get(stream) ?? startOfStream));
    ends.set(stream, { version, hash });
    digest.update(hash);
    previous = position;
    events += 1;
    if (events % PROGRESS_EVERY === 0) onProgress?.(events);
  };

  let unreadable: LogProblem | null = null;
  try {
    for await (const event of store.readAll()) {
      if (isOurs(event.stream)) check(event);
      else others.add(event.stream);
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const { message, cause } = error;
    const reason = cause instanceof Error && !message.includes(': ') ? cause.message : message;
    unreadable = { kind: 'log-unreadable', after: previous, reason };
  }
  meetHead(null);
  report(unreadable);
  const isShort = expectHead !== undefined && (previous ?? '') < (expectHead.position ?? '');
  if (isShort && unreadable === null) report({ kind: 'log-cut', position: previous });
  else if (!isShort && expectHead !== undefined && digestAtHead !== expectHead.digest)
    report({ kind: 'head-differs', position: expectHead.position, digest: digestAtHead ?? '' });
  onProgress?.(events);
  return {
    events,
    streams: ends.size,
    otherStreams: others.size,
    problems,
    problemCount,
    head: { position: previous, digest: digest.digest('hex') },
  };
};

/** What kept the log from being read to its end; undefined: nothing. */
export const unreadableIn = ({ problems }: Pick<Verification, 'problems'>) =>
  problems.find((problem) => problem.kind === 'log-unreadable');
