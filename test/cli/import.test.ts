import { describe, expect, it } from 'vitest';
import type { ImportSummary } from '../../src/application/import-orders.ts';
import { importFile, isComplete } from '../../src/cli/import.ts';

const summary = (overrides: Partial<ImportSummary>): ImportSummary => ({
  rows: 4,
  orders: 2,
  placed: 1,
  alreadyThere: 1,
  refusedOrders: 0,
  refusedRows: 0,
  byReason: {},
  byOrderStatus: { allocated: 2 },
  firstRefusedRows: [],
  firstRefusedOrders: [],
  interrupted: false,
  ...overrides,
});

describe('an import', () => {
  it('is complete when every order is there, whatever rows are no orders', () => {
    expect(isComplete(summary({}))).toBe(true);
    const byReason = { cancellation: 3, 'not-a-product': 2, 'not-a-sale': 1 };
    expect(isComplete(summary({ refusedRows: 6, byReason }))).toBe(true);
  });

  it('is not complete when an order or a row of one was refused', () => {
    expect(isComplete(summary({ refusedOrders: 1 }))).toBe(false);
    expect(isComplete(summary({ refusedRows: 2, byReason: { cancellation: 1, 'date-unreadable': 1 } }))).toBe(false);
  });

  it('is refused for what is no file, in a sentence', async () => {
    const options = { channel: 'web', concurrency: 1, currency: 'GBP' };
    await expect(importFile('test/cli', options)).rejects.toThrow('test/cli is a folder');
    await expect(importFile('nowhere.csv', options)).rejects.toThrow('There is no file nowhere.csv.');
    await expect(importFile('/dev/null', options)).rejects.toThrow('/dev/null is no plain file');
  });

  it('is not complete when it was interrupted', () => {
    expect(isComplete(summary({ interrupted: true }))).toBe(false);
  });
});
