import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../src/api/all-routes.ts';
import { requestExamples } from '../../src/api/openapi-examples.ts';
import type { Route } from '../../src/api/route.ts';
import { type Role, roles } from '../../src/domain/api-key.ts';
import type { Answer, Client } from '../support/api-client.ts';
import { place, setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const sample = (route: Route): string =>
  route.path
    .replace('{orderId}', '00000000-0000-5000-8000-000000000000')
    .replace('{locationId}', 'leeds')
    .replace('{channelId}', 'web-uk')
    .replaceAll(/\{\w+\}/g, 'unknown');

const call = (client: Client, route: Route, path = sample(route)): Promise<Answer> => {
  const example = requestExamples[`${route.method} ${route.path}`];
  const body = example === undefined ? undefined : JSON.stringify(example);
  return client.send(
    route.method.toUpperCase(),
    path,
    body,
    body === undefined ? {} : { 'content-type': 'application/json' },
  );
};

const routesOf = (role: Role): string[] =>
  routes.filter((route) => route.roles.includes(role)).map(({ method, path }) => `${method} ${path}`);

/** Questions that need a body. */
const readingByPost = ['post /v1/orders/{orderId}/sourcing/replay', 'post /v1/sourcing/dry-run'];

const isReading = (name: string): boolean => name.startsWith('get ') || readingByPost.includes(name);

describe('authorisation', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 10 });
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  const clientOf = (role: Role) =>
    running.issue({
      role,
      ...(role === 'channel' ? { channelId: 'web-uk' } : {}),
      ...(role === 'locationStaff' ? { locationId: 'leeds' } : {}),
    });

  const newestPosition = async (): Promise<string | undefined> => {
    for await (const { position } of running.service.eventStore.readAll({ direction: 'backwards', limit: 1 }))
      return position;
    return undefined;
  };

  it.each(roles)('lets role %s do what its routes name, and nothing else', async (role) => {
    const client = await clientOf(role);
    for (const route of routes) {
      const { status, code } = await call(client, route);
      const cell = `${role}: ${route.method} ${route.path} -> ${status} ${code ?? ''}`;
      if (route.roles.includes(role)) {
        expect([401, 403, 405, 500], cell).not.toContain(status);
        expect(code, cell).not.toBe('route-unknown');
      } else {
        expect([status, code], cell).toEqual([403, 'not-allowed']);
      }
    }
  });

  it('lets nobody in without a key, not even to see whether something exists', async () => {
    for (const client of [running.as(null), running.as('sfk_unheard-of')]) {
      for (const route of routes) {
        const { status, code } = await call(client, route);
        expect([route.path, status, code]).toEqual([route.path, 401, 'authentication-required']);
      }
    }
  });

  it('names for every route who may use it', () => {
    expect(routes.filter((route) => route.roles.length === 0)).toEqual([]);
    expect(routes.filter((route) => !route.path.startsWith('/v1/'))).toEqual([]);
  });

  it('lets auditors and reporting read only, and reporting see no person and no log', () => {
    for (const role of ['auditor', 'reporting'] as const) {
      expect(routesOf(role).filter((name) => !isReading(name))).toEqual([]);
      expect(routesOf(role).filter((name) => name.endsWith('/recipient'))).toEqual([]);
    }
    expect(routesOf('reporting')).not.toContain('get /v1/events');
  });

  it('lets a question asked by POST record nothing', async () => {
    const auditor = await clientOf('auditor');
    const { orderId } = await place(running.admin, 'asked-about');
    await running.service.simulations.idle();
    const asked = routes.filter(({ method, path }) => readingByPost.includes(`${method} ${path}`));
    expect(asked).toHaveLength(readingByPost.length);
    const before = await newestPosition();
    for (const route of asked) {
      const { status } = await call(auditor, route, route.path.replace('{orderId}', orderId));
      expect([route.path, status]).toEqual([route.path, 200]);
    }
    expect(await newestPosition()).toBe(before);
  });

  it('leaves keys to admins, and stock and configuration to those inside', () => {
    for (const role of roles) {
      const keys = routesOf(role).filter((name) => name.includes('/api-keys'));
      expect(keys).toHaveLength(role === 'admin' ? 3 : 0);
    }
    expect(routesOf('channel').filter((name) => name.includes('/stock-locations'))).toEqual([]);
    const changes = routesOf('locationStaff').filter((name) =>
      /^put \/v1\/(channels|stock-locations\/\{locationId\}$)/.test(name),
    );
    expect(changes).toEqual([]);
  });

  it('gives a location or channel key its place, and no other key one', async () => {
    const issue = (body: object) => running.admin.post('/v1/api-keys', { name: 'Test', ...body });
    const answers = [
      await issue({ role: 'channel' }),
      await issue({ role: 'locationStaff' }),
      await issue({ role: 'operator', channelId: 'web-uk' }),
      await issue({ role: 'channel', channelId: 'web-uk', locationId: 'leeds' }),
      await issue({ role: 'owner' }),
      await issue({ role: 'channel', channelId: 'nobody' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 404]);
  });

  it('ends within a second of the key being revoked', async () => {
    const operator = await clientOf('operator');
    expect((await operator.get('/v1/orders')).status).toBe(200);
    const { status } = await running.admin.delete(`/v1/api-keys/${operator.keyId}`);
    expect(status).toBe(204);
    const until = performance.now() + 1_000;
    let last = 200;
    while (last !== 401 && performance.now() < until) last = (await operator.get('/v1/orders')).status;
    expect(last).toBe(401);
    const listed = await running.admin.get('/v1/api-keys?limit=200');
    expect(listed.text).not.toContain(operator.keyId);
    expect((await running.admin.delete(`/v1/api-keys/${operator.keyId}`)).status).toBe(204);
  });

  it('shows a secret once, and keeps only its hash', async () => {
    const operator = await clientOf('operator');
    for (const path of ['/v1/api-keys?limit=200', '/v1/events?limit=200']) {
      expect((await running.admin.get(path)).text).not.toContain(operator.secret);
    }
    expect(running.log.join('\n')).not.toContain(operator.secret);
  });

  it('leaves a line in the log for every denial', async () => {
    const reporting = await clientOf('reporting');
    const before = running.log.length;
    await reporting.get('/v1/api-keys');
    await running.as(null).get('/v1/orders');
    const denials = running.log.slice(before).filter((line) => line.includes('"level":40'));
    expect(denials.map((line) => JSON.parse(line))).toMatchObject([
      { status: 403, route: '/v1/api-keys', keyId: reporting.keyId },
      { status: 401, route: '/v1/orders' },
    ]);
  });
});
