import { hash } from 'node:crypto';

/** What stands before the first event of every stream. */
export const genesisHash = '0'.repeat(64);

export type ChainedEvent = {
  readonly stream: string;
  readonly version: number;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: string;
  readonly metadata: string;
};

/**
 * The hash that an event carries: SHA-256 (hex) over the UTF-8 bytes of the JSON array
 * `[previous hash, stream, version, id, type, schema version, data, metadata]`.
 *
 * For strings and integers `JSON.stringify` writes canonical JSON (RFC 8785), so no two different inputs have one
 * encoding, and an auditor can recompute the chain in any language.
 *
 * Stored format: permanent.
 */
export const chainHash = (previousHash: string, event: ChainedEvent): string =>
  hash(
    'sha256',
    JSON.stringify([
      previousHash,
      event.stream,
      event.version,
      event.id,
      event.type,
      event.schemaVersion,
      event.data,
      event.metadata,
    ]),
  );
