import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { judgePolicy } from '../../src/api/judge-policy.ts';
import { comparison } from '../../src/application/simulation/comparison.ts';
import type { SimulationResult } from '../../src/application/simulation/simulation.ts';
import { MissingFile } from '../../src/cli/input-file.ts';
import { type SimulateOptions, simulatePolicies } from '../../src/cli/simulate.ts';
import { ConfigurationError } from '../../src/config.ts';
import { createSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { commandWithin } from '../support/command-within.ts';
import { exampleProfile, line, placeOrder } from '../support/examples.ts';
import { cause, createProcessBench } from '../support/process-bench.ts';
import { simulationResult } from '../support/simulations.ts';

/** Teapots at one place, kettles at the other, and two orders that want both. */
const fillLog = async (file: string): Promise<void> => {
  const eventStore = createSqliteEventStore({ file });
  const bench = createProcessBench(eventStore);
  for (const locationId of ['north', 'south']) {
    const profile = exampleProfile({ costs: { perParcel: 300, perUnit: 10 } });
    await bench.atLocation({ type: 'DefineLocation', data: { locationId, profile } });
  }
  await bench.receive('north', 'teapot', 10);
  await bench.receive('south', 'kettle', 10);
  const process = bench.start();
  await process.refresh();
  for (const orderId of ['o1', 'o2']) {
    const lines = [line('1', 'teapot', 1), line('2', 'kettle', 1)];
    await bench.onOrder(placeOrder({ orderId, channelOrderNumber: orderId, lines }));
    await process.advance(orderId, cause);
  }
  await eventStore.close();
};

describe('sourcefold simulate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sourcefold-simulate-'));
  const at = (name: string): string => join(folder, name);
  const fileOf = (name: string, content: unknown): string => {
    writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content));
    return at(name);
  };
  const said: string[] = [];

  beforeAll(async () => {
    await fillLog(at('events.db'));
    fileOf('as-it-is.json', { routes: [{ name: 'cheapest' }] });
    fileOf('one-box.json', { routes: [{ name: 'one box', split: { mode: 'never' } }] });
  });

  beforeEach(() => commandWithin(folder, said));

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const simulate = (options: Partial<SimulateOptions>) =>
    simulatePolicies({ policy: [at('as-it-is.json'), at('one-box.json')], ...options });
  const rowOf = (label: string): string[] =>
    (
      said
        .join('')
        .split('\n')
        .find((row) => row.startsWith(label)) ?? ''
    )
      .slice(label.length)
      .trim()
      .split(/ {2,}/);

  it('prints the figures of each policy beside those of what happened', async () => {
    await simulate({});
    expect(said.join('')).toMatch(/^ +as it was +as-it-is +one-box\n/);
    expect(rowOf('orders')).toEqual(['2', '2', '2']);
    expect(rowOf('units filled')).toEqual(['4', '4', '2']);
    expect(rowOf('split rate')).toEqual(['100.0 %', '100.0 %', '0.0 %']);
    expect(rowOf('orders that changed')).toEqual(['0', '2']);
  });

  it('names policies of one base name by their paths', async () => {
    for (const name of ['x', 'y']) mkdirSync(at(name));
    const [x, y] = ['x/p.json', 'y/p.json'].map((name) => fileOf(name, { routes: [{ name: 'all' }] }));
    await simulate({ policy: [x ?? '', at('one-box.json'), y ?? ''] });
    expect(said.join('').split('\n')[0]?.trim().split(/ {2,}/)).toEqual(['as it was', x, 'one-box', y]);
  });

  it('writes the whole result as JSON, and a report', async () => {
    await simulate({ json: at('result.json'), html: at('report.html') });
    const result = JSON.parse(readFileSync(at('result.json'), 'utf8')) as SimulationResult;
    expect(result.baseline).toMatchObject({ orders: 2, fulfilments: 4, unitsFilled: 4 });
    expect(result.variants.map(({ name, changed }) => [name, changed.length])).toEqual([
      ['as-it-is', 0],
      ['one-box', 2],
    ]);
    expect(readFileSync(at('report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*one-box[\s\S]*<\/html>/);
  });

  it('takes the orders of the period alone', async () => {
    await simulate({ from: '2026-03-01', to: '2026-03-03' });
    expect(rowOf('orders')).toEqual(['2', '2', '2']);
    said.length = 0;
    await simulate({ from: '2026-02-28t23:59:60z', to: '2026-03-03T01:00:00+01:00' });
    expect(rowOf('orders')).toEqual(['2', '2', '2']);
    said.length = 0;
    await simulate({ from: '2026-03-03' });
    expect(rowOf('orders')).toEqual(['0', '0', '0']);
    expect(rowOf('split rate')).toEqual(['–', '–', '–']);
  });

  it('leaves the log as it is', async () => {
    const eventsIn = async (): Promise<number> => {
      const eventStore = createSqliteEventStore({ file: at('events.db') });
      const events = await Array.fromAsync(eventStore.readAll());
      await eventStore.close();
      return events.length;
    };
    const before = await eventsIn();
    await simulate({});
    expect(await eventsIn()).toBe(before);
  });

  it('names every fault of a policy that could not be published, with its file', async () => {
    const faulty = fileOf('faulty.json', {
      routes: [
        { name: 'a', fenses: [] },
        { name: 'a', otherwise: { do: 'nextRoute' } },
      ],
    });
    const refused = await simulate({ policy: [at('one-box.json'), faulty] }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfigurationError);
    const { message } = refused as Error;
    expect(message).toContain(faulty);
    for (const fault of ['routes[0].fenses: ', 'routes[1].name: ', 'routes[1].otherwise'])
      expect(message).toContain(fault);
    expect(said).toEqual([]);
  });

  it.each<[string, () => Partial<SimulateOptions>, RegExp]>([
    ['without a policy', () => ({ policy: [] }), /--policy FILE/],
    [
      'with a file that is no JSON',
      () => ({ policy: [fileOf('half.json', '{"routes": [')] }),
      /half\.json is not JSON/,
    ],
    ['with a date that is none', () => ({ from: 'yesterday' }), /--from: yesterday is no date/],
    ['with a time without zone', () => ({ to: '2026-03-02T10:00:00' }), /--to: .* nor a time with zone/],
    ['with a day that is none', () => ({ from: '2026-02-30' }), /--from: 2026-02-30 is no date/],
    ['with an end before the start', () => ({ from: '2026-03-02', to: '2026-03-01' }), /--from must lie before --to/],
    ['from a day that is yet to come', () => ({ from: '2999-01-01' }), /^--from: 2999-01-01 lies in the future: there/],
    ['to a day before all', () => ({ to: '1969-07-20' }), /^--to: 1969-07-20 lies before every order\.$/],
  ])('is refused %s', async (_case, options, message) => {
    await expect(simulate(options())).rejects.toThrow(ConfigurationError);
    await expect(simulate(options())).rejects.toThrow(message);
  });

  it('is refused for a file that is not there, and where there is no log', async () => {
    await expect(simulate({ policy: [at('nowhere.json')] })).rejects.toThrow(MissingFile);
    await expect(simulate({ policy: [folder] })).rejects.toThrow('is a folder');
    vi.stubEnv('DATA_DIR', at('nowhere'));
    await expect(simulate({})).rejects.toThrow(ConfigurationError);
  });
});

describe('the guide to simulations', () => {
  const guide = readFileSync(new URL('../../docs/simulation.md', import.meta.url), 'utf8');

  it('shows policies that can be tried', () => {
    const policies = [...guide.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = '']) => JSON.parse(text));
    expect(policies).toHaveLength(3);
    for (const policy of policies) expect(judgePolicy(policy)).toEqual({ policy, faults: [] });
  });

  it('shows every figure of the table', () => {
    const labels = comparison(simulationResult([])).map(({ label }) => label);
    expect(labels.filter((label) => !new RegExp(`^${label}  `, 'm').test(guide))).toEqual([]);
  });
});
