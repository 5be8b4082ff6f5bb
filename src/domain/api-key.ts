import type { Decider } from './decider.ts';
import { DomainError } from './error.ts';
import type { Instant } from './values.ts';

export const apiKeyStream = (keyId: string): string => `apiKey-${keyId}`;

export const roles = ['admin', 'operator', 'channel', 'locationStaff', 'auditor', 'reporting'] as const;

export type Role = (typeof roles)[number];

export type ApiKeyGrant = {
  readonly keyId: string;
  readonly name: string;
  readonly role: Role;
  /** Set for role `channel`: the only channel whose orders it sees. */
  readonly channelId?: string;
  /** Set for role `locationStaff`: the only location it works at. */
  readonly locationId?: string;
};

// Stored format: names and fields are permanent.
export type ApiKeyEvent =
  | {
      readonly type: 'ApiKeyIssued';
      /** `secretHash` is the SHA-256 (hex) of the secret: the secret itself is shown once and never stored. */
      readonly data: ApiKeyGrant & { readonly secretHash: string; readonly issuedAt: Instant };
    }
  | { readonly type: 'ApiKeyRevoked'; readonly data: { readonly keyId: string; readonly revokedAt: Instant } };

export type ApiKey = { readonly status: 'none' | 'active' | 'revoked' };

export type ApiKeyCommand =
  | { readonly type: 'IssueApiKey'; readonly data: Extract<ApiKeyEvent, { type: 'ApiKeyIssued' }>['data'] }
  | { readonly type: 'RevokeApiKey'; readonly data: { readonly keyId: string; readonly revokedAt: Instant } };

const decide = (command: ApiKeyCommand, state: ApiKey): readonly ApiKeyEvent[] => {
  switch (command.type) {
    case 'IssueApiKey':
      return state.status === 'none' ? [{ type: 'ApiKeyIssued', data: command.data }] : [];
    case 'RevokeApiKey':
      if (state.status === 'none')
        throw new DomainError('api-key-unknown', `There is no API key ${command.data.keyId}.`);
      return state.status === 'revoked' ? [] : [{ type: 'ApiKeyRevoked', data: command.data }];
  }
};

export const apiKeyDecider: Decider<ApiKey, ApiKeyCommand, ApiKeyEvent> = {
  initialState: () => ({ status: 'none' }),
  evolve: (_state, event) => ({ status: event.type === 'ApiKeyIssued' ? 'active' : 'revoked' }),
  decide,
};
