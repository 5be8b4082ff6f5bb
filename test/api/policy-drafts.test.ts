import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyAnswer, policyDraftAnswer, policyDraftItem } from '../../src/api/policy-answers.ts';
import { examplePolicy } from '../support/policies.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const drafts = '/v1/sourcing/policy-drafts';

describe('drafts of policies', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  const save = (name: string, policy: unknown, headers = {}) =>
    running.admin.put(`${drafts}/${name}`, { policy }, headers);

  it('are saved, replaced, read, listed and deleted', async () => {
    const first = await save('summer', examplePolicy('Summer'));
    expect([first.status, first.etag]).toEqual([201, '"1"']);
    expect((await save('summer', examplePolicy('Summer'))).etag).toBe('"1"');
    const second = await save('summer', examplePolicy('High summer'));
    expect([second.status, second.etag]).toEqual([200, '"2"']);
    const read = (await running.admin.get(`${drafts}/summer`)).as(policyDraftAnswer);
    expect(read).toMatchObject({ name: 'summer', policy: examplePolicy('High summer'), faults: [], version: 2 });
    await save('winter', examplePolicy('Winter'));
    const listed = (await running.admin.get(drafts)).items(policyDraftItem);
    expect(listed).toMatchObject([
      { name: 'summer', description: 'High summer', savedBy: 'admin' },
      { name: 'winter', description: 'Winter', savedBy: 'admin' },
    ]);
    expect((await running.admin.delete(`${drafts}/winter`)).status).toBe(204);
    expect((await running.admin.delete(`${drafts}/winter`)).status).toBe(204);
    expect((await running.admin.get(`${drafts}/winter`)).code).toBe('not-found');
    expect((await running.admin.get(drafts)).items(policyDraftItem).map(({ name }) => name)).toEqual(['summer']);
    expect((await running.admin.delete(`${drafts}/unheard-of`)).code).toBe('policy-draft-unknown');
  });

  it('may have faults, which are told, but not another shape', async () => {
    const faulty = await save('faulty', examplePolicy('Faulty', { otherwise: { do: 'nextRoute' } }));
    expect(faulty.as(policyDraftAnswer).faults.map(({ path }) => path)).toEqual(['routes[0].otherwise.do']);
    const refused = await running.admin.post('/v1/sourcing/policies', { draft: 'faulty' });
    expect(refused).toMatchObject({ status: 422, code: 'policy-invalid' });
    expect(refused.body).toMatchObject({ faults: [{ path: 'routes[0].otherwise.do' }] });
    const shapeless = await save('shapeless', { routes: [{ nam: 'a' }] });
    expect(shapeless).toMatchObject({ status: 422, code: 'policy-invalid' });
    expect((await running.admin.get(`${drafts}/shapeless`)).code).toBe('not-found');
  });

  it('are published by name', async () => {
    await save('ready', examplePolicy('Ready'));
    const published = await running.admin.post('/v1/sourcing/policies', { draft: 'ready' });
    expect(published.status).toBe(201);
    expect(published.as(policyAnswer).policy).toEqual(examplePolicy('Ready'));
    const both = await running.admin.post('/v1/sourcing/policies', { draft: 'ready', policy: examplePolicy('Other') });
    expect(both.code).toBe('request-invalid');
  });

  it('let one of two who edit the same version through', async () => {
    const { etag } = await save('shared', examplePolicy('Shared'));
    expect((await save('shared', examplePolicy('Mine'), { 'if-match': etag })).status).toBe(200);
    expect((await save('shared', examplePolicy('Yours'), { 'if-match': etag })).code).toBe('version-mismatch');
    expect((await save('shared', examplePolicy('New'), { 'if-none-match': '*' })).code).toBe('version-mismatch');
    expect((await running.admin.delete(`${drafts}/shared`, { 'if-match': etag })).code).toBe('version-mismatch');
  });
});
