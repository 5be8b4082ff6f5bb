import { describe, it } from 'vitest';
import { type ApiKeyCommand, apiKeyDecider } from '../../src/domain/api-key.ts';
import { historyOf, spec } from '../support/spec.ts';

const apiKey = spec(apiKeyDecider);
const issue: ApiKeyCommand = {
  type: 'IssueApiKey',
  data: {
    keyId: 'k1',
    name: 'Web shop',
    role: 'channel',
    channelId: 'web-uk',
    secretHash: 'c0ffee',
    issuedAt: '2026-03-02T09:15:00.000Z',
  },
};
const revoke: ApiKeyCommand = { type: 'RevokeApiKey', data: { keyId: 'k1', revokedAt: '2026-03-03T09:15:00.000Z' } };

describe('an API key', () => {
  const issued = historyOf(apiKeyDecider, [issue]);
  const revoked = historyOf(apiKeyDecider, [issue, revoke]);

  it('is issued once', () => {
    apiKey.when(issue).yields({ type: 'ApiKeyIssued', data: issue.data });
    apiKey
      .given(...issued)
      .when(issue)
      .changesNothing();
  });

  it('is revoked once, for good', () => {
    apiKey
      .given(...issued)
      .when(revoke)
      .yields({ type: 'ApiKeyRevoked', data: revoke.data });
    apiKey
      .given(...revoked)
      .when(revoke)
      .changesNothing();
    apiKey
      .given(...revoked)
      .when(issue)
      .changesNothing();
  });

  it('cannot be revoked when it was never issued', () => apiKey.when(revoke).refuses('api-key-unknown'));
});
