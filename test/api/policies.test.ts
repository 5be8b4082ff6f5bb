import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { sourcingAnswer } from '../../src/api/answers.ts';
import { dryRunAnswer } from '../../src/api/dry-run.ts';
import { policyAnswer, policyBookAnswer, policyJudgement, policyList } from '../../src/api/policy-answers.ts';
import { builtInPolicy, policyHash } from '../../src/domain/sourcing/policy.ts';
import type { Client } from '../support/api-client.ts';
import { eventually, place, setUp } from '../support/api-examples.ts';
import { examplePolicy } from '../support/policies.ts';
import { guideExamples } from '../support/policy-guide.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const path = '/v1/sourcing/policies';

describe('sourcing policies', () => {
  let running: RunningService;
  let operator: Client & { readonly keyId: string };

  beforeAll(async () => {
    running = await startService();
    operator = await running.issue({ role: 'operator' });
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  /** Every test begins with the built-in policy in force and nothing to come. */
  beforeEach(async () => {
    await operator.post(`${path}/roll-back`, { to: 0, reason: 'Next test' });
  });

  const publish = async (description: string): Promise<number> =>
    (await operator.post(path, { policy: examplePolicy(description) })).as(policyAnswer).version;
  const list = async (query = ''): Promise<z.output<typeof policyList>> =>
    (await operator.get(`${path}${query}`)).as(policyList);
  const activate = (version: number, body?: object, headers = {}) =>
    operator.post(`${path}/${version}/activate`, body, headers);
  const inForceAfter = async (version: number, body?: object) => (await activate(version, body)).as(policyBookAnswer);

  it('begin with the built-in one, which is in force and can be read', async () => {
    const answer = (await operator.get(`${path}/0`)).as(policyAnswer);
    expect(answer).toMatchObject({ ...builtInPolicy, status: 'active', publishedAt: null, publishedBy: null });
    expect((await list()).items.at(-1)).toMatchObject({ version: 0, status: 'active' });
  });

  it('are published as the next version, by whom and when, and never change', async () => {
    const policy = examplePolicy('Published once');
    const published = await operator.post(path, { policy });
    const answer = published.as(policyAnswer);
    expect([published.status, published.headers.get('location')]).toEqual([201, `${path}/${answer.version}`]);
    expect(answer).toMatchObject({
      policy,
      hash: policyHash(policy),
      status: 'published',
      publishedBy: operator.keyId,
    });
    const again = await operator.post(path, { policy });
    expect([again.status, again.as(policyAnswer).version]).toEqual([200, answer.version]);
    const next = await publish('Published later');
    expect(next).toBe(answer.version + 1);
    expect((await operator.get(`${path}/${answer.version}`)).as(policyAnswer)).toMatchObject({
      policy,
      hash: answer.hash,
    });
    expect((await list()).items.slice(0, 2).map(({ version }) => version)).toEqual([next, answer.version]);
  });

  it('are refused with everything that is wrong with them, in one answer', async () => {
    const policy = {
      routes: [
        { name: 'a', fenses: [] },
        { name: 'a', otherwise: { do: 'nextRoute' } },
      ],
    };
    const before = await list();
    const refused = await operator.post(path, { policy });
    expect([refused.status, refused.code]).toEqual([422, 'policy-invalid']);
    const { faults } = refused.body as { faults: { path: string; message: string }[] };
    expect(faults.map((fault) => fault.path)).toEqual([
      'routes[0].fenses',
      'routes[1].name',
      'routes[1]',
      'routes[1].otherwise.do',
    ]);
    expect(faults[0]?.message).toContain('"fences"');
    expect((await operator.post(`${path}/validate`, { policy })).as(policyJudgement)).toEqual({
      valid: false,
      faults,
      warnings: [],
    });
    expect(await list()).toEqual(before);
    expect((await operator.post(path, {})).code).toBe('request-invalid');
    expect((await operator.post(path, { draft: 'unheard-of' })).code).toBe('policy-draft-unknown');
  });

  it('are judged without being published', async () => {
    const before = await list();
    const judged = await operator.post(`${path}/validate`, { policy: examplePolicy('Only judged') });
    expect(judged.as(policyJudgement)).toEqual({ valid: true, faults: [], warnings: [] });
    expect(await list()).toEqual(before);
  });

  it('are warned of what they name and there is not', async () => {
    await setUp(operator, { leeds: 0 });
    await operator.put('/v1/channels/web-de', { name: 'Germany', kind: 'web', market: 'DE' });
    const policy = examplePolicy('Misspelt', {
      when: { channels: ['web-uk', 'web-ku'], markets: ['DE', 'ZZ'], methods: ['pickup', 'drone'] },
      fences: [
        { type: 'group', notIn: ['nowhere'] },
        { type: 'protectedStock', units: 1, itemGroups: ['hats'], at: { groups: ['nowhere'] } },
      ],
      objective: { lexicographic: ['priority'], sequence: ['leeds', 'leds'] },
    });
    const { valid, warnings } = (await operator.post(`${path}/validate`, { policy })).as(policyJudgement);
    expect([valid, warnings]).toEqual([
      true,
      [
        { path: 'routes[0].when.channels[1]', message: 'there is no channel "web-ku"' },
        { path: 'routes[0].when.markets[1]', message: 'there is no market "ZZ"' },
        { path: 'routes[0].when.methods[1]', message: 'there is no method "drone"' },
        { path: 'routes[0].fences[0].notIn[0]', message: 'there is no location group "nowhere"' },
        { path: 'routes[0].fences[1].at.groups[0]', message: 'there is no location group "nowhere"' },
        { path: 'routes[0].fences[1].itemGroups[0]', message: 'there is no item group "hats"' },
        { path: 'routes[0].objective.sequence[1]', message: 'there is no location "leds"' },
      ],
    ]);
  });

  it('come into force at once, and leave it by a roll-back', async () => {
    const [first, second] = [await publish('First'), await publish('Second')];
    expect(await inForceAfter(first)).toMatchObject({ inForce: { version: first }, canary: null, scheduled: [] });
    expect(await inForceAfter(second)).toMatchObject({ inForce: { version: second } });
    const statuses = (await list()).items.map(({ version, status }) => [version, status]);
    expect(statuses).toEqual(
      expect.arrayContaining([
        [second, 'active'],
        [first, 'retired'],
        [0, 'retired'],
      ]),
    );
    const back = await operator.post(`${path}/roll-back`, { reason: 'Too many parcels' });
    expect(back.as(policyBookAnswer)).toMatchObject({ inForce: { version: first } });
    expect((await list()).inForce.version).toBe(first);
  });

  it('come into force for a share of the orders, and at an instant, until they are rolled back', async () => {
    const version = await publish('Canary');
    expect(await inForceAfter(version, { share: 10 })).toMatchObject({
      inForce: { version: 0 },
      canary: { version, share: 10 },
    });
    const later = await inForceAfter(version, { at: '2999-01-01T01:00:00+01:00' });
    expect(later.scheduled).toEqual([{ version, at: '2999-01-01T00:00:00.000Z', share: 100 }]);
    expect((await list('?at=2999-01-02T00:00:00Z')).inForce.version).toBe(version);
    const back = await operator.post(`${path}/roll-back`, { reason: 'Never mind' });
    expect(back.as(policyBookAnswer)).toMatchObject({ inForce: { version: 0 }, canary: null, scheduled: [] });
  });

  it('are shown as they were at an instant', async () => {
    const version = await publish('For a while');
    const { inForce } = await inForceAfter(version);
    await operator.post(`${path}/roll-back`, { reason: 'Enough' });
    const then = await list(`?at=${inForce.since}`);
    expect([then.inForce.version, then.items[0]?.version, then.items[0]?.status]).toEqual([version, version, 'active']);
    const before = await list('?at=2020-01-01T00:00:00Z');
    expect(before.items.map((item) => item.version)).toEqual([0]);
  });

  it('are refused an instant that has passed, a canary of themselves, and versions that are not there', async () => {
    const version = await publish('Refusals');
    const outcomes = [
      await activate(version, { at: '2020-01-01T00:00:00Z' }),
      await activate(0, { share: 10 }),
      await activate(version + 1),
      await activate(version, { share: 0 }),
      await operator.post(`${path}/roll-back`, { to: version + 1, reason: 'Nowhere' }),
      await operator.post(`${path}/roll-back`, { reason: 'Nothing' }),
      await operator.post(`${path}/roll-back`, {}),
      await operator.get(`${path}/${version + 1}`),
    ];
    expect(outcomes.map(({ status, code }) => [status, code])).toEqual([
      [422, 'instant-passed'],
      [409, 'policy-in-full-force'],
      [404, 'policy-unknown'],
      [400, 'request-invalid'],
      [404, 'policy-unknown'],
      [409, 'nothing-to-roll-back'],
      [400, 'request-invalid'],
      [404, 'not-found'],
    ]);
  });

  it('are guarded by the entity tag of their book', async () => {
    const version = await publish('Guarded');
    const { etag } = await operator.get(path);
    expect((await activate(version, {}, { 'if-match': etag })).status).toBe(200);
    const late = await activate(version, { share: 20 }, { 'if-match': etag });
    expect([late.status, late.code]).toEqual([412, 'version-mismatch']);
    const refused = await operator.post(`${path}/roll-back`, { reason: 'Late' }, { 'if-match': etag });
    expect(refused.status).toBe(412);
    expect((await list()).inForce.version).toBe(version);
  });

  it('are tried by a dry run as the guide shows it, which changes nothing', async () => {
    const [[, body]] = guideExamples('dry-run') as [[number, object]];
    const before = await list();
    const tried = (await operator.post('/v1/sourcing/dry-run', body)).as(dryRunAnswer);
    expect(tried.plan.map(({ locationId }) => locationId)).toEqual(['york-shop']);
    expect(await list()).toEqual(before);
  });

  it('are listed page by page, newest first', async () => {
    for (const description of ['Page 1', 'Page 2', 'Page 3']) await publish(description);
    const all = (await list('?limit=200')).items.map(({ version }) => version);
    expect(all).toEqual(all.toSorted((one, other) => other - one));
    const paged: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await list(`?limit=2${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
      paged.push(...page.items.map(({ version }) => version));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all);
    expect((await operator.get(`${path}?cursor=forged`)).code).toBe('cursor-invalid');
  });

  it('are what orders are sourced by, from their activation to their roll-back', async () => {
    await setUp(operator, { leeds: 10, hull: 10 });
    const policy = examplePolicy('Hull only', { fences: [{ type: 'location', in: ['hull'] }] });
    const { version } = (await operator.post(path, { policy })).as(policyAnswer);
    const inForce = () => running.service.sourcing.policyFor('any order').version;
    const sourcedBy = async (number: string) => {
      const { orderId, fulfilments } = await place(operator, number);
      const { decisions } = (await operator.get(`/v1/orders/${orderId}/sourcing`)).as(sourcingAnswer);
      return [decisions[0]?.policy.version, fulfilments.map(({ locationId }) => locationId)];
    };
    await activate(version);
    await eventually(
      async () => inForce(),
      (one) => one === version,
    );
    expect(await sourcedBy('P-1')).toEqual([version, ['hull']]);
    await operator.post(`${path}/roll-back`, { reason: 'Leeds is open again' });
    await eventually(
      async () => inForce(),
      (one) => one === 0,
    );
    expect((await sourcedBy('P-2'))[0]).toBe(0);
  });
});
