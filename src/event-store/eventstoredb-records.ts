import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import type { Position } from '../domain/values.ts';
import type { NewEvent, RecordedEvent } from './event-store.ts';

/**
 * How events stand in EventStoreDB. Stored format: permanent.
 *
 * The data is the JSON text itself, byte for byte, marked `application/json`, so that the server's browser and
 * projections read it. The metadata is an envelope of our own, in which the event's metadata stand as they were given.
 */
const envelopeOf = ({ schemaVersion, hash, metadata }: NewEvent): string =>
  `{"schemaVersion":${schemaVersion},"hash":"${hash}","metadata":${metadata}}`;

const envelopePattern = /^\{"schemaVersion":(\d{1,15}),"hash":"([^"\\]*)","metadata":(.*)\}$/s;

/** Events that others put into our streams have no envelope. They come through, for the codec and `verify` to judge. */
const openEnvelope = (text: string): Pick<NewEvent, 'schemaVersion' | 'hash' | 'metadata'> => {
  const [, schemaVersion, hash = '', metadata = text] = envelopePattern.exec(text) ?? [];
  return { schemaVersion: Number(schemaVersion ?? 0), hash, metadata };
};

const DIGITS = 20;

/** The position of an event that nothing stands before. */
export const startPosition: Position = '0'.repeat(2 * DIGITS);

export const positionOf = (commit: string, prepare: string): Position =>
  commit.padStart(DIGITS, '0') + prepare.padStart(DIGITS, '0');

const withoutZeros = (digits: string): string => digits.replace(/^0+(?=\d)/, '');

export const positionParts = (position: Position): { readonly commit: string; readonly prepare: string } => {
  if (!/^\d{40}$/.test(position)) throw new RangeError(`not a position of this log: ${position}`);
  return { commit: withoutZeros(position.slice(0, DIGITS)), prepare: withoutZeros(position.slice(DIGITS)) };
};

/** EventStoreDB numbers a stream's events from 0; we count them. */
export const versionOf = (revision: string): number => Number(revision) + 1;

/** The revision of the event at a version. */
export const revisionOf = (version: number): string => String(version - 1);

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

export const toProposed = (event: NewEvent): InstanceType<typeof messages.AppendReq.ProposedMessage> => {
  const id = new shared.UUID();
  id.setString(event.id);
  const proposed = new messages.AppendReq.ProposedMessage();
  proposed.setId(id);
  proposed.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
  proposed.setData(Buffer.from(event.data));
  proposed.setCustomMetadata(Buffer.from(envelopeOf(event)));
  return proposed;
};

export const streamIdentifier = (name: string): InstanceType<typeof shared.StreamIdentifier> => {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name));
  return identifier;
};

export const toRecorded = (event: ReadResp.ReadEvent.RecordedEvent): RecordedEvent => ({
  id: event.getId()?.getString() ?? '',
  type: event.getMetadataMap().get('type') ?? '',
  data: textOf(event.getData_asU8()),
  ...openEnvelope(textOf(event.getCustomMetadata_asU8())),
  stream: textOf(event.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array()),
  version: versionOf(event.getStreamRevision()),
  position: positionOf(event.getCommitPosition(), event.getPreparePosition()),
});
