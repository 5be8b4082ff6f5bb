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
 * The hash that an event carries: SHA-256 (hex) over the UTF-8 bytes of the lines
 * `previous hash, stream, version, id, type, schema version, data, metadata`, joined by line feeds.
 *
 * None of them holds a line feed (JSON text escapes it), so no two different events have one encoding, and an auditor
 * can recompute the chain with standard tools.
 *
 * Stored format: permanent.
 */
export const chainHash = (previousHash: string, event: ChainedEvent): string => {
  const { stream, version, id, type, schemaVersion, data, metadata } = event;
  return hash(
    'sha256',
    `${previousHash}\n${stream}\n${version}\n${id}\n${type}\n${schemaVersion}\n${data}\n${metadata}`,
  );
};
