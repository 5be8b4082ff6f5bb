import shared from '@eventstore/db-client/generated/shared_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import { type EventStore, type RecordedEvent, VersionConflict } from '../../src/event-store/event-store.ts';

/** What the server keeps of a proposed event. */
export type Proposed = {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
};

export type Expected = number | 'no-stream' | 'any' | 'stream-exists';

export type Written =
  | { readonly kind: 'success'; readonly revision: number; readonly position: string }
  /** `null`: there is no stream. */
  | { readonly kind: 'wrong-expected-version'; readonly current: number | null };

/** Positions look like the bytes of a file: they have gaps, and only those of records are valid. */
const BYTES_PER_ROW = 128;
const TICKS_PER_MILLISECOND = 10_000;

export const logPosition = (position: string): string => String(Number(position) * BYTES_PER_ROW);

/** The row that a log position is at or before. */
export const rowAt = (commit: string): number => Math.ceil(Number(commit) / BYTES_PER_ROW);

export const rowPosition = (row: number): string => String(Math.max(0, row)).padStart(16, '0');

export type ServerRecord = InstanceType<typeof messages.ReadResp.ReadEvent.RecordedEvent>;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The SQLite log knows an id only once. The server may write it again where the expected version allows. */
const storedId = (id: string, stream: string, version: number): string => `${id}@${version}@${stream}`;

export const toServerRecord = (event: RecordedEvent): ServerRecord => {
  const id = new shared.UUID();
  id.setString(event.id.slice(0, event.id.indexOf('@')));
  const stream = new shared.StreamIdentifier();
  stream.setStreamName(Buffer.from(event.stream));
  const record = new messages.ReadResp.ReadEvent.RecordedEvent();
  record.setId(id);
  record.setStreamIdentifier(stream);
  record.setStreamRevision(String(event.version - 1));
  record.setCommitPosition(logPosition(event.position));
  record.setPreparePosition(logPosition(event.position));
  record
    .getMetadataMap()
    .set('type', event.type)
    .set('created', event.hash)
    .set('content-type', event.schemaVersion === 1 ? 'application/json' : 'application/octet-stream');
  record.setData(event.data);
  record.setCustomMetadata(event.metadata);
  return record;
};

const currentVersion = async (store: EventStore, stream: string): Promise<number> => {
  for await (const { version } of store.readStream(stream, { direction: 'backwards', limit: 1 })) return version;
  return 0;
};

/** Appends as the server does: it takes a repetition for one where ids and places are the same. */
export const write = async (
  store: EventStore,
  stream: string,
  expected: Expected,
  proposed: readonly Proposed[],
): Promise<Written> => {
  const isFixed = expected === 'no-stream' || typeof expected === 'number';
  const version = expected === 'no-stream' ? 0 : isFixed ? expected + 1 : await currentVersion(store, stream);
  if (expected === 'stream-exists' && version === 0) return { kind: 'wrong-expected-version', current: null };
  const events = proposed.map(({ id, type, isJson, data, metadata }, index) => ({
    id: storedId(id, stream, version + index + 1),
    type,
    schemaVersion: isJson ? 1 : 0,
    data: base64(data),
    metadata: base64(metadata),
    hash: String(Date.now() * TICKS_PER_MILLISECOND),
  }));
  try {
    const reached = await store.append(stream, version, events);
    return { kind: 'success', revision: reached.version - 1, position: logPosition(reached.position) };
  } catch (error) {
    if (!(error instanceof VersionConflict)) throw error;
    if (!isFixed) return write(store, stream, expected, proposed);
    return {
      kind: 'wrong-expected-version',
      current: error.actualVersion === 0 ? null : error.actualVersion - 1,
    };
  }
};

/** The size that counts against the largest append. */
export const sizeOnDisk = ({ type, data, metadata }: Proposed): number =>
  2 * type.length + data.length + metadata.length;
