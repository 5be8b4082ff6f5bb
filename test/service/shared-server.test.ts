import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventStoreDbEventStore } from '../../src/event-store/eventstoredb.ts';
import { events, newPrefix } from '../contracts/event-store-examples.ts';
import { createEventStoreDbPeer, type Peer } from '../peers/eventstoredb.ts';
import { place, setUp } from '../support/api-examples.ts';
import { type Ended, sourcefold } from '../support/command.ts';
import { startService } from '../support/running-service.ts';

/** What the contract suite leaves behind, and another application's streams. */
const writeAsOthers = async (peer: Peer): Promise<void> => {
  const store = createEventStoreDbEventStore({ url: peer.url });
  const stream = `${newPrefix()}a`;
  await store.append(stream, 0, events(stream, 0, 2));
  await store.append(stream, 2, events(stream, 2, 2));
  await store.close();
  const client = EventStoreDBClient.connectionString(peer.url);
  await client.appendToStream('invoice-1', jsonEvent({ type: 'InvoiceSent', data: { n: 1 } }));
  await client.dispose();
};

describe('an EventStoreDB that holds streams of others as well', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sourcefold-shared-'));
  const embedded = join(folder, 'embedded');
  let peer: Peer;

  const verify = (url = peer.url): Promise<Ended> => sourcefold(['verify'], { EVENT_STORE_URL: url });

  beforeAll(async () => {
    peer = await createEventStoreDbPeer({ file: join(folder, 'peer.db') });
    await writeAsOthers(peer);
    const running = await startService(join(folder, 'data'), { eventStoreUrl: peer.url });
    await setUp(running.admin, { leeds: 10 });
    await place(running.admin, 'S-1');
    await writeAsOthers(peer);
    await running.stop();
    const source = await startService(embedded);
    await setUp(source.admin, { leeds: 10 });
    await source.stop();
  }, 60_000);
  afterAll(async () => {
    await peer.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is verified as far as it is ours, and the others are counted', async () => {
    const { code, stdout } = await verify();
    expect(stdout).toMatch(/^\d+ events in \d+ streams: intact\.\n3 other streams on this server are not Sourcefold's/);
    expect(code).toBe(0);
  });

  it('shows auditors our events, and those of others when they ask for them', async () => {
    const running = await startService(join(folder, 'data'), { eventStoreUrl: peer.url });
    const ours = await running.admin.get('/v1/events?limit=200');
    expect(ours.status).toBe(200);
    expect(ours.text).not.toContain('InvoiceSent');
    const theirs = await running.admin.get('/v1/events?stream=invoice-');
    expect(theirs.status).toBe(200);
    expect(JSON.parse(theirs.text).items).toMatchObject([
      { type: 'InvoiceSent', data: { n: 1 }, metadata: '' },
      { type: 'InvoiceSent', version: 2 },
    ]);
    await running.stop();
  });

  it('takes an installation that moves there, and gives it back, without theirs', async () => {
    const target = await createEventStoreDbPeer({ file: join(folder, 'target.db') });
    await writeAsOthers(target);
    const there = await sourcefold(['migrate', '--from', `sqlite:${embedded}`, '--to', target.url]);
    expect(there).toMatchObject({ code: 0, stdout: expect.stringContaining('with the same digest') });
    expect(await verify(target.url)).toMatchObject({ code: 0, stdout: expect.stringContaining('2 other streams') });
    const to = ['--to', `sqlite:${join(folder, 'back')}`, '--vault', `sqlite:${embedded}`];
    const back = await sourcefold(['migrate', '--from', target.url, ...to]);
    expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining('with the same digest') });
    await target.stop();
  }, 60_000);

  it('is reported where others write to a stream of ours', async () => {
    const client = EventStoreDBClient.connectionString(peer.url);
    await client.appendToStream('order-stray', jsonEvent({ type: 'Stray', data: {} }));
    await client.dispose();
    expect(await verify()).toMatchObject({ code: 1, stdout: expect.stringContaining('"stream":"order-stray"') });
  });
});
