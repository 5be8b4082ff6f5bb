import type { ApiKeyGrant } from '../domain/api-key.ts';
import type { Instant } from '../domain/values.ts';
import type { Projection } from './projection.ts';

/** Holds the hash of the secret, so no answer of the API may show it whole. */
export type ApiKeyDocument = ApiKeyGrant & {
  readonly secretHash: string;
  readonly issuedAt: Instant;
  readonly status: 'active' | 'revoked';
  readonly revokedAt: Instant | null;
};

export const apiKeys: Projection<ApiKeyDocument> = {
  name: 'api-keys',
  version: 1,
  streamPrefixes: ['apiKey-'],
  indexes: [['secretHash'], ['status', 'issuedAt'], ['issuedAt']],
  ids: (event) => (event.type === 'ApiKeyIssued' || event.type === 'ApiKeyRevoked' ? [event.data.keyId] : []),
  evolve: (document, event) => {
    switch (event.type) {
      case 'ApiKeyIssued':
        return { ...event.data, status: 'active', revokedAt: null };
      case 'ApiKeyRevoked':
        return document === null ? null : { ...document, status: 'revoked', revokedAt: event.data.revokedAt };
      default:
        return document;
    }
  },
};
