import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../src/cli/connection.ts';
import { receiveStock } from '../../src/cli/demo.ts';

/** Answers a receipt as the service does: 201 the first time, 200 when it was recorded before. */
const connectionTo = (recorded: Set<string>): Connection => ({
  url: 'http://127.0.0.1',
  send: async (_method, path, body) => {
    const receipt = JSON.stringify([path, body]);
    const status = recorded.has(receipt) ? 200 : 201;
    recorded.add(receipt);
    return { status, body: {} };
  },
});

describe('the opening stock of the demo', () => {
  const said: string[] = [];

  beforeEach(() => {
    said.length = 0;
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => void vi.restoreAllMocks());

  it('is told from what had been received before', async () => {
    const recorded = new Set<string>();
    await receiveStock(connectionTo(recorded));
    recorded.delete([...recorded].at(0) ?? '');
    await receiveStock(connectionTo(recorded));
    await receiveStock(connectionTo(recorded));
    const [first, second, third] = said.map((text) => (text.match(/\d+/g) ?? []).map(Number));
    const [all = 0] = first ?? [];
    expect([first, third]).toEqual([
      [all, 0],
      [0, all],
    ]);
    expect(second?.[0]).toBeGreaterThan(0);
    expect(second?.reduce((sum, units) => sum + units)).toBe(all);
  });
});
