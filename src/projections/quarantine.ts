import type { Position } from '../domain/values.ts';
import type { RecordedEvent } from '../event-store/event-store.ts';
import type { CollectionSpec, ReadStore } from './read-store.ts';

/** Events that wait, under their position: those that no read model could take, and all that follow in their streams. */
export const QUARANTINE: CollectionSpec = { name: 'quarantine', indexes: [['stream', 'position']] };

export type QuarantinedEvent = {
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  readonly reason: string;
  readonly position: Position;
};

/** An event that a read model cannot take ended a rebuild, which leaves nothing out unless told to. */
export class PoisonedLog extends Error {}

/** `reason` of an event that waits only because an earlier one of its stream does. */
export const PARKED_BEHIND = 'waits behind an earlier event of its stream';

export type Quarantine = {
  /** Whether the stream's events wait from this position on. */
  readonly holds: (stream: string, position: Position) => boolean;
  readonly streams: () => readonly string[];
  /** Answers those that were not there yet. */
  readonly put: (events: readonly QuarantinedEvent[]) => Promise<readonly QuarantinedEvent[]>;
  readonly of: (stream: string) => Promise<readonly QuarantinedEvent[]>;
  /** Lets go of a stream's events before a position; `null`: of all of them. */
  readonly release: (stream: string, before: Position | null) => Promise<void>;
};

// Guards of the record itself, whose id is the event's position: it is put once, and removed once.
const PUT = '0';
const REMOVED = '1';
const PAGE = 1_000;

export const quarantined = (
  { stream, version, type, position }: Pick<RecordedEvent, 'stream' | 'version' | 'type' | 'position'>,
  reason: string,
): QuarantinedEvent => ({ stream, version, type, reason, position });

const parse = (body: Readonly<Record<string, unknown>>): QuarantinedEvent => ({
  stream: String(body.stream),
  version: Number(body.version),
  type: String(body.type),
  reason: String(body.reason),
  position: String(body.position),
});

export const loadQuarantine = async (readStore: ReadStore): Promise<Quarantine> => {
  await readStore.ensure(QUARANTINE);
  const heldFrom = new Map<string, Position>();

  const hold = ({ stream, position }: QuarantinedEvent): void => {
    const known = heldFrom.get(stream);
    if (known === undefined || position < known) heldFrom.set(stream, position);
  };

  async function* page(stream: string | null): AsyncGenerator<QuarantinedEvent, void> {
    const equals = stream === null ? {} : { stream };
    let after: Position | null = null;
    do {
      const query = { equals, orderBy: 'position', limit: PAGE };
      const cursor: object = after === null ? {} : { after: { value: after, id: after } };
      const found = (await readStore.find(QUARANTINE.name, { ...query, ...cursor })).map(({ body }) => parse(body));
      yield* found;
      after = found.length < PAGE ? null : (found.at(-1)?.position ?? null);
    } while (after !== null);
  }

  for await (const event of page(null)) hold(event);

  const put: Quarantine['put'] = async (events) => {
    const writes = events.map((event) => ({ id: event.position, position: PUT, body: { ...event } }));
    const known = new Set(await readStore.write(QUARANTINE.name, writes));
    for (const event of events) hold(event);
    return events.filter(({ position }) => !known.has(position));
  };

  const release = async (stream: string, before: Position | null): Promise<void> => {
    const waiting = await Array.fromAsync(page(stream));
    const free = waiting.filter(({ position }) => before === null || position < before);
    const writes = free.map(({ position }) => ({ id: position, position: REMOVED, body: null }));
    await readStore.write(QUARANTINE.name, writes);
    heldFrom.delete(stream);
    for (const event of waiting.slice(free.length)) hold(event);
  };

  return {
    holds: (stream, position) => position >= (heldFrom.get(stream) ?? '~'),
    streams: () => [...heldFrom.keys()],
    put,
    of: (stream) => Array.fromAsync(page(stream)),
    release,
  };
};

/** For a rebuild that must not leave anything out: it stops at the first event that cannot be taken. */
export const strictQuarantine: Quarantine = {
  holds: () => false,
  streams: () => [],
  put: async (events) => {
    const [first] = events;
    if (first === undefined) return [];
    throw new PoisonedLog(
      `version ${first.version} of ${first.stream} at ${first.position} cannot be taken: ${first.reason}`,
    );
  },
  of: async () => [],
  release: async () => undefined,
};
