import type { ProjectedEvent } from '../domain/event.ts';
import type { RecordedEvent } from '../event-store/event-store.ts';
import type { Decode } from './decode.ts';
import type { PoisonEvent } from './documents.ts';
import { PARKED_BEHIND, type Quarantine, type QuarantinedEvent, quarantined } from './quarantine.ts';
import { foldAll, poisonIn, storeAll, type Target } from './target.ts';

export type Applied = {
  readonly written: number;
  /** New arrivals in quarantine: the poisoned ones, and those parked behind them. */
  readonly quarantined: readonly QuarantinedEvent[];
};

type Sorted = { readonly readable: readonly ProjectedEvent[]; readonly held: readonly QuarantinedEvent[] };

/**
 * Applies events, in the order of the log, to every target that has not had them. An event that cannot be read or
 * folded is put in quarantine with all later ones of its stream; every other stream goes on.
 */
export const applyEvents = async (
  events: readonly RecordedEvent[],
  { targets, decode, quarantine }: { targets: readonly Target[]; decode: Decode; quarantine: Quarantine },
): Promise<Applied> => {
  let sorted = decodeAll(events, decode, quarantine);
  let folded = await foldAll(targets, sorted.readable, isNew);
  for (let poison = poisonIn(folded); poison.length > 0; poison = poisonIn(folded)) {
    sorted = poison.reduce(withoutStream, sorted);
    folded = await foldAll(targets, sorted.readable, isNew);
  }
  // Before the documents and the checkpoint: whatever happens now, the stream will be held after a restart.
  const fresh = await quarantine.put(sorted.held);
  return { written: await storeAll(folded), quarantined: fresh };
};

const isNew = ({ checkpoint }: Target, { position }: ProjectedEvent): boolean =>
  checkpoint === null || position > checkpoint;

const decodeAll = (events: readonly RecordedEvent[], decode: Decode, quarantine: Quarantine): Sorted => {
  const readable: ProjectedEvent[] = [];
  const held: QuarantinedEvent[] = [];
  const streams = new Set<string>();
  for (const recorded of events) {
    const { stream, position } = recorded;
    if (streams.has(stream) || quarantine.holds(stream, position)) {
      held.push(quarantined(recorded, PARKED_BEHIND));
      continue;
    }
    const decoded = decode(recorded);
    if (decoded.ok) {
      readable.push(decoded.event);
      continue;
    }
    streams.add(stream);
    held.push(quarantined(recorded, decoded.reason));
  }
  return { readable, held };
};

const withoutStream = ({ readable, held }: Sorted, { event: poison, reason }: PoisonEvent): Sorted => {
  const isHeld = ({ stream, position }: ProjectedEvent): boolean =>
    stream === poison.stream && position >= poison.position;
  const more = readable
    .filter(isHeld)
    .map((event) => quarantined(event, event.position === poison.position ? reason : PARKED_BEHIND));
  return { readable: readable.filter((event) => !isHeld(event)), held: [...held, ...more] };
};
