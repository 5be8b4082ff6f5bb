import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAvailabilityIndex } from '../../src/application/availability.ts';
import { runLiveView } from '../../src/application/live-view.ts';
import { createService, type Service } from '../../src/application/service.ts';
import { apiKeyStream } from '../../src/domain/api-key.ts';
import { channelStream } from '../../src/domain/channel.ts';
import { itemStream } from '../../src/domain/item.ts';
import { policyFor } from '../../src/domain/policy-book/in-force.ts';
import { policyBookStream } from '../../src/domain/policy-book/policy-book.ts';
import { rateCardStream } from '../../src/domain/rate-card.ts';
import type { StockLocationCommand } from '../../src/domain/stock-location/decide.ts';
import { stockLocationStream } from '../../src/domain/stock-location/stock-location.ts';
import type { ReadStore } from '../../src/projections/read-store.ts';
import { createSqliteReadStore } from '../../src/projections/sqlite.ts';
import { define, onReservation, receive, safetyStock, suspend } from '../support/location-histories.ts';
import { activate, examplePolicy, hour, publish } from '../support/policies.ts';
import { type Bench, createBench } from '../support/projecting.ts';
import { context } from './executing.ts';

describe('the live view', () => {
  let bench: Bench;
  let service: Service;
  let vault: ReadStore;
  const tell = async (...commands: readonly StockLocationCommand[]): Promise<string> => {
    let last = '';
    for (const command of commands) {
      const { position } = await service.locations.execute(
        stockLocationStream(command.data.locationId),
        command,
        context(),
      );
      last = position ?? last;
    }
    return last;
  };
  /** What the index would be had it seen every event from the first. */
  const wanted = async () => {
    const index = createAvailabilityIndex();
    for await (const one of bench.eventStore.readAll({ streamPrefixes: ['stockLocation-', 'channel-', 'apiKey-'] })) {
      const decoded = service.codec.decode(one);
      if (decoded.ok) index.apply(decoded.event);
    }
    return index.network(['teapot', 'kettle']);
  };
  const start = async () => {
    const aborter = new AbortController();
    let isReady = false;
    const onReady = () => {
      isReady = true;
    };
    const ended = runLiveView(service, { onReady, signal: aborter.signal });
    await vi.waitFor(() => expect(isReady).toBe(true));
    return async () => {
      aborter.abort();
      await ended;
    };
  };

  beforeEach(async () => {
    bench = await createBench();
    vault = createSqliteReadStore({ file: ':memory:' });
    service = await createService({
      eventStore: bench.eventStore,
      readStore: bench.readStore,
      vault,
      now: () => new Date(),
      newId: randomUUID,
      onConflict: () => undefined,
      onError: (error) => expect.fail(String(error)),
    });
  });
  afterEach(async () => {
    await bench.remove();
    await vault.close();
  });

  const project = async (position: string): Promise<void> => {
    const { stop } = bench.start();
    await vi.waitFor(async () => expect(await service.readModels.reached(null, position, 5_000)).toBe(true));
    await stop();
  };

  it('is what the log says, whether it comes from read models, from the log, or from both', async () => {
    await project(await tell(define, receive('asn-1', ['teapot', 10], ['kettle', 4]), safetyStock(1)));
    await tell(onReservation('ReserveStock', ['teapot', 3]), suspend);
    const stop = await start();
    expect(service.availability.network(['teapot', 'kettle'])).toEqual(await wanted());
    expect(service.availability.network(['teapot']).available).toEqual([[6]]);
    await tell(receive('asn-2', ['teapot', 5]));
    await vi.waitFor(() => expect(service.availability.network(['teapot']).available).toEqual([[11]]));
    await stop();
  });

  it('needs no read model', async () => {
    await tell(define, receive('asn-1', ['teapot', 10]));
    const stop = await start();
    expect(service.availability.network(['teapot', 'kettle'])).toEqual(await wanted());
    await stop();
  });

  it('knows no API key that was revoked, before or after the read models were written', async () => {
    const key = (keyId: string) => ({ keyId, name: keyId, role: 'operator', secretHash: `hash of ${keyId}` }) as const;
    const issue = (keyId: string) => {
      const data = { ...key(keyId), issuedAt: '2026-03-02T09:00:00.000Z' };
      return service.apiKeys.execute(apiKeyStream(keyId), { type: 'IssueApiKey', data }, context());
    };
    const revoke = (keyId: string) => {
      const data = { keyId, revokedAt: '2026-03-03T09:00:00.000Z' };
      return service.apiKeys.execute(apiKeyStream(keyId), { type: 'RevokeApiKey', data }, context());
    };
    for (const keyId of ['k1', 'k2', 'k3']) await issue(keyId);
    const channel = { channelId: 'web', profile: { name: 'Web', kind: 'web' } } as const;
    await service.channels.execute(channelStream('web'), { type: 'DefineChannel', data: channel }, context());
    await project((await revoke('k1')).position ?? '');
    await revoke('k2');
    const stop = await start();
    const known = ['k1', 'k2', 'k3'].map((keyId) => service.directory.keyByHash(`hash of ${keyId}`)?.keyId);
    expect(known).toEqual([undefined, undefined, 'k3']);
    expect(service.directory.channel('web')).toEqual(channel.profile);
    await stop();
  });

  it('knows items, rate cards and the whole book of policies, from before and after the read models were written', async () => {
    const item = (sku: string, weight: number) =>
      service.items.execute(itemStream(sku), { type: 'DefineItem', data: { sku, weight } }, context());
    const rateCard = (rateCardId: string) => {
      const bands = [{ transitDays: 1, prices: [{ upTo: 1_000, price: 400 }] }];
      const data = { rateCardId, carrier: 'Example Parcel', service: 'Next day', bands };
      return service.rateCards.execute(rateCardStream(rateCardId), { type: 'DefineRateCard', data }, context());
    };
    const withdraw = (rateCardId: string) => {
      const command = { type: 'WithdrawRateCard', data: { rateCardId } } as const;
      return service.rateCards.execute(rateCardStream(rateCardId), command, context());
    };
    const tellBook = (command: Parameters<Service['policyBook']['execute']>[1]) =>
      service.policyBook.execute(policyBookStream, command, context());
    await tellBook(publish(examplePolicy('First')));
    for (const sku of ['teapot', 'kettle']) await item(sku, 500);
    for (const id of ['economy', 'next-day']) await rateCard(id);
    await project((await tellBook(activate(1, hour(9)))).position ?? '');
    await item('kettle', 900);
    await withdraw('economy');
    await tellBook(publish(examplePolicy('Second')));
    const stop = await start();
    const { directory } = service;
    expect(['teapot', 'kettle'].map((sku) => directory.item(sku)?.weight)).toEqual([500, 900]);
    expect(directory.rateCards().map(({ rateCardId }) => rateCardId)).toEqual(['next-day']);
    expect(policyFor(directory.policies(), 'o1', hour(9)).policy).toEqual(examplePolicy('First'));
    await tellBook(activate(2, hour(10)));
    await vi.waitFor(() => expect(policyFor(directory.policies(), 'o1', hour(10)).version).toBe(2));
    await stop();
  });
});
