import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemAnswer, itemBatchAnswer } from '../../src/api/policy-answers.ts';
import { itemSchema } from '../../src/api/policy-schema.ts';
import { eventually } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

describe('items', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
  });

  afterAll(async () => {
    expect(running.errors).toEqual([]);
    await running.stopAndRemove();
  });

  const put = (sku: string, body: object, headers = {}) =>
    running.admin.put(`/v1/items/${encodeURIComponent(sku)}`, body, headers);

  it('are introduced, changed as a whole, and read, whatever their SKU', async () => {
    const teapot = { name: 'Teapot', weight: 780, groups: ['fragile'] };
    const first = await put('TEA/POT+1', teapot);
    expect([first.status, first.etag]).toEqual([201, '"1"']);
    expect(first.as(itemAnswer)).toMatchObject({ sku: 'TEA/POT+1', ...teapot });
    expect((await put('TEA/POT+1', teapot)).etag).toBe('"1"');
    const changed = await put('TEA/POT+1', { weight: 800 });
    expect([changed.status, changed.etag]).toEqual([200, '"2"']);
    const read = await running.admin.get('/v1/items/TEA%2FPOT%2B1');
    expect(read.as(itemAnswer)).toMatchObject({ sku: 'TEA/POT+1', weight: 800, version: 2 });
    expect(read.text).not.toContain('fragile');
    expect((await running.admin.get('/v1/items/unheard-of')).code).toBe('not-found');
  });

  it('are guarded by entity tags', async () => {
    const { etag } = await put('guarded', { weight: 1 });
    expect((await put('guarded', { weight: 2 }, { 'if-match': etag })).status).toBe(200);
    expect((await put('guarded', { weight: 3 }, { 'if-match': etag })).code).toBe('version-mismatch');
    expect((await put('guarded', { weight: 3 }, { 'if-none-match': '*' })).code).toBe('version-mismatch');
  });

  it('come a thousand at once, again without effect, and are listed by SKU', async () => {
    const items = Array.from({ length: 1_000 }, (_, index) => ({
      sku: `bulk-${String(index).padStart(4, '0')}`,
      weight: 100 + (index % 7),
      groups: [index % 2 === 0 ? 'small' : 'large'],
    }));
    const first = await running.admin.post('/v1/items', { items });
    expect(first.as(itemBatchAnswer)).toMatchObject({ introduced: 1_000, changed: 0, unchanged: 0 });
    const [head, ...rest] = items;
    const again = await running.admin.post('/v1/items', { items: [{ ...head, weight: 5 }, ...rest] });
    expect(again.as(itemBatchAnswer)).toMatchObject({ introduced: 0, changed: 1, unchanged: 999 });
    const page = await running.admin.get('/v1/items?limit=200');
    expect(page.items(itemSchema).slice(-2)).toEqual(items.slice(197, 199));
    const { directory } = running.service;
    const known = await eventually(
      async () => directory.item('bulk-0000'),
      (item) => item?.weight === 5,
    );
    expect(known).toEqual({ sku: 'bulk-0000', weight: 5, groups: ['small'] });
    expect(directory.item('bulk-0999')).toEqual({ sku: 'bulk-0999', weight: 105, groups: ['large'] });
  });

  it('are refused in batches that are empty, too large, or name one twice', async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => ({ sku: `many-${index}` }));
    for (const items of [[], many, [{ sku: 'twin' }, { sku: 'twin', weight: 2 }], [{ weight: 2 }]]) {
      expect((await running.admin.post('/v1/items', { items })).code).toBe('request-invalid');
    }
    expect((await running.admin.get('/v1/items/twin')).code).toBe('not-found');
    expect((await put('heavy', { weight: -1 })).code).toBe('request-invalid');
    expect((await put('odd', { wait: 1 })).code).toBe('request-invalid');
  });
});
