import type { ProjectedEvent } from '../domain/event.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import type { Decode } from './decode.ts';
import type { Quarantine, QuarantinedEvent } from './quarantine.ts';
import { foldAll, poisonIn, storeAll, type Target } from './target.ts';

export type Retried = {
  readonly applied: number;
  /** Events that still wait. */
  readonly waiting: number;
  /**
   * Read models with a document that had moved past a retried event. Where only the event's own stream feeds the
   * document, an earlier retry was cut short after writing it and all is well; otherwise rebuild the read model.
   */
  readonly suspect: readonly string[];
};

export type RetryContext = {
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly targets: readonly Target[];
  readonly decode: Decode;
  readonly quarantine: Quarantine;
};

const EVENTS_AT_ONCE = 500;

/** Applies what the code can take by now, stream by stream, in order. Nothing else may apply events meanwhile. */
export const retryQuarantined = async (context: RetryContext): Promise<Retried> => {
  let applied = 0;
  let waiting = 0;
  const suspect = new Set<string>();
  for (const stream of context.quarantine.streams()) {
    const held = await context.quarantine.of(stream);
    const stopped = await retryStream(context, held, suspect);
    await context.quarantine.release(stream, stopped);
    const left = stopped === null ? 0 : held.filter(({ position }) => position >= stopped).length;
    applied += held.length - left;
    waiting += left;
  }
  return { applied, waiting, suspect: [...suspect] };
};

/** Answers the position of the event that still cannot be taken, or null. */
const retryStream = async (
  { eventStore, targets, decode }: RetryContext,
  held: readonly QuarantinedEvent[],
  suspect: Set<string>,
): Promise<string | null> => {
  const first = held[0];
  const last = held.at(-1);
  if (first === undefined || last === undefined) return null;
  let chunk: RecordedEvent[] = [];
  for await (const recorded of eventStore.readStream(first.stream, { from: first.version - 1 })) {
    chunk.push(recorded);
    if (chunk.length < EVENTS_AT_ONCE && recorded.version < last.version) continue;
    const stopped = await retryEvents(chunk, targets, decode, suspect);
    if (stopped !== null || recorded.version >= last.version) return stopped;
    chunk = [];
  }
  return null;
};

const retryEvents = async (
  recorded: readonly RecordedEvent[],
  targets: readonly Target[],
  decode: Decode,
  suspect: Set<string>,
): Promise<string | null> => {
  let { events, stopped } = decodeUntilFailure(recorded, decode);
  let folded = await foldAll(targets, events, wasPassed);
  for (let poison = poisonIn(folded); poison.length > 0; poison = poisonIn(folded)) {
    const earliest = poison.map(({ event }) => event.position).reduce((a, b) => (a < b ? a : b));
    stopped = earliest;
    events = events.filter(({ position }) => position < earliest);
    folded = await foldAll(targets, events, wasPassed);
  }
  await storeAll(folded);
  for (const { target, folded: its } of folded) if (its.alreadyIn > 0) suspect.add(target.projection.name);
  return stopped;
};

/** Only what the target's checkpoint has passed: the rest will come by the subscription. */
const wasPassed = ({ checkpoint }: Target, { position }: ProjectedEvent): boolean =>
  checkpoint !== null && position <= checkpoint;

const decodeUntilFailure = (
  recorded: readonly RecordedEvent[],
  decode: Decode,
): { readonly events: readonly ProjectedEvent[]; readonly stopped: string | null } => {
  const events: ProjectedEvent[] = [];
  for (const one of recorded) {
    const decoded = decode(one);
    if (!decoded.ok) return { events, stopped: one.position };
    events.push(decoded.event);
  }
  return { events, stopped: null };
};
