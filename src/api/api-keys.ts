import { z } from 'zod';
import type { ListedKey } from '../application/directory.ts';
import { knownChannel } from '../application/known-channel.ts';
import { apiKeyStream } from '../domain/api-key.ts';
import { DomainError } from '../domain/error.ts';
import { stockLocationStream } from '../domain/stock-location/stock-location.ts';
import { apiKeyItem, issuedApiKey, pageOf } from './answers.ts';
import { hashSecret, secretOf } from './auth.ts';
import { listPage } from './reading.ts';
import { type Route, route } from './route.ts';
import { id, newApiKey, page } from './schemas.ts';

export const apiKeys: readonly Route[] = [
  route({
    method: 'post',
    path: '/v1/api-keys',
    tag: 'API keys',
    summary: 'Issue an API key',
    description:
      'The secret is in this answer only: the service keeps its hash. With an Idempotency-Key the answer is kept for a while, sealed with the secret of the key that asked.',
    roles: ['admin'],
    body: newApiKey,
    answers: { 201: { description: 'The key, with its secret.', schema: issuedApiKey } },
    handle: async (call) => {
      const { service } = call;
      const body = { ...call.body, name: call.body.name ?? call.body.role };
      if (body.channelId !== undefined) await knownChannel(body.channelId, service);
      if (body.locationId !== undefined && !service.availability.knows(body.locationId)) {
        const { version } = await service.locations.load(stockLocationStream(body.locationId));
        if (version === 0) throw new DomainError('location-unknown', `There is no location ${body.locationId}.`);
      }
      const keyId = call.newId();
      const secret = secretOf(call.secretBytes());
      const data = { keyId, ...body, secretHash: hashSecret(secret), issuedAt: service.now().toISOString() };
      const { position } = await service.apiKeys.execute(
        apiKeyStream(keyId),
        { type: 'IssueApiKey', data },
        call.context(),
        { repetition: call.repetition },
      );
      await call.wrote(position);
      return { status: 201, body: { keyId, ...body, secret, position } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/api-keys',
    tag: 'API keys',
    summary: 'List the API keys that are valid',
    roles: ['admin'],
    query: z.strictObject(page),
    answers: { 200: { description: 'A page of keys, without their secrets.', schema: pageOf(apiKeyItem) } },
    handle: (call) =>
      listPage(call, {
        name: 'api-keys',
        visible: ({ body }) => body.status === 'active',
        item: ({ body }) => {
          const { keyId, name, role, channelId, locationId } = body as ListedKey;
          return { keyId, name, role, channelId, locationId };
        },
      }),
  }),
  route({
    method: 'delete',
    path: '/v1/api-keys/{keyId}',
    tag: 'API keys',
    summary: 'Revoke an API key, at once',
    roles: ['admin'],
    params: z.strictObject({ keyId: id }),
    answers: { 204: { description: 'It is no longer valid.', schema: null } },
    handle: async (call) => {
      const { keyId } = call.params;
      const data = { keyId, revokedAt: call.service.now().toISOString() };
      const { position } = await call.service.apiKeys.execute(
        apiKeyStream(keyId),
        { type: 'RevokeApiKey', data },
        call.context(),
      );
      await call.wrote(position);
      return { status: 204 };
    },
  }),
];
