import type { ProjectedEvent } from '../domain/event.ts';
import type { RecordedEvent } from '../event-store/event-store.ts';
import type { Decode } from './decode.ts';
import type { PoisonEvent } from './documents.ts';
import { PARKED_BEHIND, type Quarantine, type QuarantinedEvent, quarantined } from './quarantine.ts';
import { foldAll, poisonIn, storeAll, type Target } from './target.ts';

/** An event as it was read. Of one that could be decoded the text may go: many of them wait for one batch. */
export type Arrival = {
  readonly place: Pick<RecordedEvent, 'stream' | 'version' | 'type' | 'position'>;
  readonly decoded: ReturnType<Decode>;
};

export const arrivalOf = (recorded: RecordedEvent, decode: Decode): Arrival => {
  const decoded = decode(recorded);
  return { place: decoded.ok ? decoded.event : recorded, decoded };
};

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
  arrivals: readonly Arrival[],
  { targets, quarantine }: { targets: readonly Target[]; quarantine: Quarantine },
): Promise<Applied> => {
  let sorted = sortOut(arrivals, quarantine);
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

const sortOut = (arrivals: readonly Arrival[], quarantine: Quarantine): Sorted => {
  const readable: ProjectedEvent[] = [];
  const held: QuarantinedEvent[] = [];
  const streams = new Set<string>();
  for (const { place, decoded } of arrivals) {
    const { stream, position } = place;
    if (streams.has(stream) || quarantine.holds(stream, position)) {
      held.push(quarantined(place, PARKED_BEHIND));
      continue;
    }
    if (decoded.ok) {
      readable.push(decoded.event);
      continue;
    }
    streams.add(stream);
    held.push(quarantined(place, decoded.reason));
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
