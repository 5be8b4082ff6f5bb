import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyAnswer, policyBookAnswer } from '../../src/api/policy-answers.ts';
import { eventually } from '../support/api-examples.ts';
import { examplePolicy } from '../support/policies.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const policies = '/v1/sourcing/policies';

describe('what planners define on one node', () => {
  let north: RunningService;
  let south: RunningService;

  beforeAll(async () => {
    north = await startService();
    south = await startService(north.folder, { role: 'api' });
  });

  afterAll(async () => {
    for (const node of [north, south]) expect(node.errors).toEqual([]);
    for (const node of [south, north]) await node.stop();
    rmSync(north.folder, { recursive: true });
  });

  it('is in force on the others: policies, canaries and roll-backs', async () => {
    const { version } = (await north.admin.post(policies, { policy: examplePolicy('Everywhere') })).as(policyAnswer);
    await north.admin.post(`${policies}/${version}/activate`, { share: 50 });
    const orderIds = Array.from({ length: 40 }, (_, index) => `order-${index}`);
    const versions = (node: RunningService) =>
      orderIds.map((orderId) => node.service.sourcing.policyFor(orderId).version);
    await eventually(
      async () => versions(south),
      (found) => found.includes(version),
    );
    expect(versions(south)).toEqual(versions(north));
    expect(new Set(versions(south))).toEqual(new Set([0, version]));
    await south.admin.post(`${policies}/roll-back`, { reason: 'Too many parcels' });
    await eventually(
      async () => versions(north),
      (found) => !found.includes(version),
    );
  });

  it('is known to the others: items and rate cards', async () => {
    await north.admin.put('/v1/items/teapot', { weight: 780, groups: ['fragile'] });
    const bands = [{ transitDays: 1, prices: [{ upTo: 1_000, price: 400 }] }];
    await north.admin.put('/v1/rate-cards/next-day', { carrier: 'Example Parcel', service: 'Next day', bands });
    const { directory } = south.service;
    await eventually(
      async () => directory.rateCards(),
      (cards) => cards.length === 1,
    );
    expect(directory.item('teapot')).toEqual({ sku: 'teapot', weight: 780, groups: ['fragile'] });
  });

  it('lets one of two nodes through that change the same book at once', async () => {
    const { version } = (await north.admin.post(policies, { policy: examplePolicy('Contested') })).as(policyAnswer);
    const { etag } = await north.admin.get(policies);
    const activate = (node: RunningService, share: number) =>
      node.admin.post(`${policies}/${version}/activate`, { share }, { 'if-match': etag });
    const answers = await Promise.all([
      activate(north, 10),
      activate(south, 20),
      activate(north, 30),
      activate(south, 40),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const winner = answers.find(({ status }) => status === 200)?.as(policyBookAnswer).canary?.share;
    const { canary } = (await south.admin.get(policies)).body as { canary: { share: number } };
    expect(canary.share).toBe(winner);
  });

  it('is whole on a node that starts later', async () => {
    const { version } = (await north.admin.post(policies, { policy: examplePolicy('Before the start') })).as(
      policyAnswer,
    );
    await north.admin.post(`${policies}/${version}/activate`);
    const late = await startService(north.folder, { role: 'api' });
    expect(late.service.sourcing.policyFor('any').version).toBe(version);
    expect(late.service.directory.item('teapot')?.weight).toBe(780);
    expect(late.service.directory.rateCards()).toHaveLength(1);
    expect(late.errors).toEqual([]);
    await late.stop();
  });
});
