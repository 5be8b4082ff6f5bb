import { z } from 'zod';
import type { AnyEvent, DomainEvent, EventMetadata } from '../domain/event.ts';
import type { NewEvent, RecordedEvent } from './event-store.ts';
import { chainHash } from './hash-chain.ts';
import { metadataSchema, type StoredFormat, type StoredFormats, storedFormats } from './schemas.ts';

export type Decoded =
  | { readonly ok: true; readonly event: DomainEvent }
  | { readonly ok: false; readonly reason: string };

export type Encoding = {
  readonly stream: string;
  /** The stream's version before these events. */
  readonly version: number;
  /** The hash of the stream's newest event. */
  readonly previousHash: string;
  readonly metadata: EventMetadata;
};

export type Codec = {
  /** Events as text with ids and hashes, each chained to the one before. */
  readonly encode: (events: readonly AnyEvent[], encoding: Encoding) => NewEvent[];
  /** Parses a stored event, brings it to its newest version, and says why where it cannot. Never throws. */
  readonly decode: (recorded: RecordedEvent) => Decoded;
};

type Origin = { readonly event: AnyEvent; readonly metadata: EventMetadata };

/**
 * What an event's text was made from goes along with it inside of this process, so that it is not parsed again; and no
 * further: other threads and files get the text only. Long events go without: those who follow the log seldom look into
 * them, and meanwhile they would be kept twice.
 */
const origin = Symbol('origin');
const LONGEST_WITH_ORIGIN = 1_000;

type WithOrigin = { readonly [origin]?: Origin };

export type CodecDependencies = {
  readonly newId: () => string;
  readonly formats?: StoredFormats;
};

export const createCodec = ({ newId, formats = storedFormats }: CodecDependencies): Codec => {
  const formatsByType = new Map<string, StoredFormat<unknown>>(Object.entries(formats));

  const encode: Codec['encode'] = (events, { stream, version, previousHash, metadata }) => {
    const metadataText = JSON.stringify(metadata);
    let hash = previousHash;
    return events.map((event, index) => {
      const { type } = event;
      const schemaVersion = formats[type].version;
      const unhashed = { id: newId(), type, schemaVersion, data: JSON.stringify(event.data), metadata: metadataText };
      hash = chainHash(hash, { stream, version: version + index + 1, ...unhashed });
      if (unhashed.data.length > LONGEST_WITH_ORIGIN) return { ...unhashed, hash };
      return { ...unhashed, hash, [origin]: { event, metadata } };
    });
  };

  const decode: Codec['decode'] = (recorded) => {
    const { [origin]: own } = recorded as RecordedEvent & WithOrigin;
    if (own !== undefined) return { ok: true, event: placed(recorded, own) };
    return parseEvent(recorded, formatsByType.get(recorded.type));
  };

  return { encode, decode };
};

const placed = ({ id, stream, version, position }: RecordedEvent, { event, metadata }: Origin): DomainEvent => ({
  ...event,
  id,
  stream,
  version,
  position,
  metadata,
});

export const parseEvent = (recorded: RecordedEvent, format: StoredFormat<unknown> | undefined): Decoded => {
  if (format === undefined) return { ok: false, reason: `unknown event type ${recorded.type}` };
  if (recorded.schemaVersion > format.version) {
    const reason = `${recorded.type} has schema version ${recorded.schemaVersion}; this release reads up to ${format.version}`;
    return { ok: false, reason };
  }
  try {
    const data = format.schema.parse(upcast(JSON.parse(recorded.data), recorded.schemaVersion, format));
    const metadata = metadataSchema.parse(JSON.parse(recorded.metadata));
    const { id, stream, version, position, type } = recorded;
    return { ok: true, event: { type, data, id, stream, version, position, metadata } as DomainEvent };
  } catch (error) {
    return { ok: false, reason: explain(error) };
  }
};

const upcast = (data: unknown, from: number, format: StoredFormat<unknown>): unknown => {
  let current = data;
  for (let version = from; version < format.version; version++) {
    const step = format.upcasters?.[version];
    if (step === undefined) throw new Error(`no upcaster from schema version ${version}`);
    current = step(current);
  }
  return current;
};

const explain = (error: unknown): string => {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
};
