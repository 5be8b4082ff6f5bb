import type { AnyEvent, DomainEvent } from '../../src/domain/event.ts';
import type { Codec } from '../../src/event-store/codec.ts';
import type { EventStore, NewEvent } from '../../src/event-store/event-store.ts';

export type Happening = readonly [stream: string, event: AnyEvent];

const START = Date.UTC(2026, 2, 2, 9);

/** One second after another, in the order of the numbers. */
export const instant = (number: number): string => new Date(START + number * 1_000).toISOString();

const newEvent = ({ type, data }: AnyEvent, number: number): NewEvent => ({
  id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  type,
  schemaVersion: 1,
  data: JSON.stringify(data),
  metadata: JSON.stringify({
    recordedAt: instant(number),
    actor: 'tester',
    channel: null,
    commandId: `command-${number}`,
    correlationId: 'correlation',
    causationId: 'causation',
  }),
  hash: '0'.repeat(64),
});

/** Appends what happens to a log, and answers the position of the last event. */
export const createScribe = (store: EventStore) => {
  const versions = new Map<string, number>();
  let number = 0;
  const record = async (...happenings: readonly Happening[]): Promise<string> => {
    let last = '';
    for (const [stream, event] of happenings) {
      number += 1;
      const { version, position } = await store.append(stream, versions.get(stream) ?? 0, [newEvent(event, number)]);
      versions.set(stream, version);
      last = position;
    }
    return last;
  };
  return { record };
};

export const decodeJson: Codec['decode'] = ({ id, stream, version, position, type, data, metadata }) => {
  const event = { type, data: JSON.parse(data), metadata: JSON.parse(metadata), id, stream, version, position };
  return { ok: true, event: event as DomainEvent };
};

/** The events as they would stand in a log that holds nothing else. */
export const asRecorded = (happenings: readonly Happening[]): readonly DomainEvent[] => {
  const versions = new Map<string, number>();
  return happenings.map(([stream, event], index) => {
    const number = index + 1;
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    const recorded = { ...newEvent(event, number), stream, version, position: String(number).padStart(16, '0') };
    const decoded = decodeJson(recorded);
    if (!decoded.ok) throw new Error(decoded.reason);
    return decoded.event;
  });
};
