import { beforeEach, describe, expect, it } from 'vitest';
import type { OrderCommand } from '../../src/domain/order/decide.ts';
import { exampleProfile, kettles, line, noon, placeOrder, teapots } from '../support/examples.ts';
import { checkAtRest } from '../support/fulfilment-laws.ts';
import { cause, createProcessBench, type ProcessBench } from '../support/process-bench.ts';

const evening = '2026-03-02T18:00:00.000Z';

describe('units that a location rejected or did not find', () => {
  let bench: ProcessBench;
  let process: ReturnType<ProcessBench['start']>;

  const advance = async () => {
    await process.refresh();
    await process.advance('o1', cause);
    await process.refresh();
    checkAtRest(await bench.network());
  };
  const retry = async (everywhere = false) => {
    await process.refresh();
    await process.retryBackorder('o1', cause, { everywhere });
    await advance();
  };
  const stateOf = async () => {
    const order = (await bench.network()).order('o1');
    if (order.status === 'unplaced') expect.fail('it was placed');
    return order;
  };
  const places = async () => (await stateOf()).fulfilments.map(({ locationId, status }) => [locationId, status]);
  const live = async () =>
    (await stateOf()).fulfilments.find(({ status }) => status === 'reserved')?.fulfilmentId ?? '';
  const tell = async (command: (fulfilmentId: string) => OrderCommand) => {
    await bench.onOrder(command(await live()));
    bench.setClock(evening);
    await advance();
  };
  const reject = (at = noon) =>
    tell((fulfilmentId) => ({
      type: 'RejectFulfilment',
      data: { orderId: 'o1', fulfilmentId, reason: 'damaged', at },
    }));
  const excluded = async () =>
    (await bench.log()).flatMap((event) => (event.type === 'SourcingDecided' ? [event.data.record.excluded] : []));

  beforeEach(async () => {
    bench = createProcessBench();
    await bench.define();
    process = bench.start();
    for (const sku of ['teapot', 'kettle']) await bench.receive('north', sku, 9);
  });

  const placed = async (lines = [line('1', 'teapot', 5), line('2', 'kettle', 2)]) => {
    await bench.onOrder(placeOrder({ lines }));
    await advance();
    expect(await places()).toEqual([['north', 'reserved']]);
  };

  it('wait, where nobody else has them, though they are free again there', async () => {
    await placed();
    await reject();
    expect(await stateOf()).toMatchObject({ backordered: [teapots(5), kettles(2)] });
    expect((await bench.network()).location('north').stock.get('teapot')).toMatchObject({ onHand: 9, reserved: 0 });
    await retry();
    expect(await places()).toEqual([['north', 'rejected']]);
  });

  it('are not given from one that rejected them to another and back', async () => {
    for (const sku of ['teapot', 'kettle']) await bench.receive('south', sku, 9);
    await placed();
    await reject();
    await reject();
    await retry();
    expect(await places()).toEqual([
      ['north', 'rejected'],
      ['south', 'rejected'],
    ]);
    const atNorth = ['teapot', 'kettle'].map((sku) => ({ locationId: 'north', sku }));
    const atBoth = [...atNorth, ...['teapot', 'kettle'].map((sku) => ({ locationId: 'south', sku }))];
    expect(await excluded()).toEqual([[], atNorth, atBoth]);
  });

  it('are found elsewhere as soon as somebody else has them', async () => {
    await placed();
    await reject();
    await bench.receive('south', 'teapot', 5);
    await retry();
    expect(await places()).toEqual([
      ['north', 'rejected'],
      ['south', 'reserved'],
    ]);
    expect(await stateOf()).toMatchObject({ backordered: [kettles(2)] });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['has received more of them', () => bench.receive('north', 'teapot', 1)],
    ['has found more of them', () => adjust(1)],
    ['has counted more of them', () => count(10)],
  ])('are asked of it again once it %s, and only of that SKU', async (_when, restock) => {
    await placed();
    await reject();
    await restock();
    await retry();
    expect(await places()).toEqual([
      ['north', 'rejected'],
      ['north', 'reserved'],
    ]);
    expect(await stateOf()).toMatchObject({ backordered: [kettles(2)] });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['less was found', () => adjust(-1)],
    ['as many were counted as before', () => count(9)],
    [
      'its safety stock went down',
      () => bench.atLocation({ type: 'SetSafetyStock', data: { locationId: 'north', sku: 'teapot', quantity: 1 } }),
    ],
    [
      'its profile changed',
      () =>
        bench.atLocation({
          type: 'DefineLocation',
          data: { locationId: 'north', profile: exampleProfile({ priority: 1 }) },
        }),
    ],
  ])('are not asked of it again because %s', async (_what, happened) => {
    await placed();
    await reject();
    await happened();
    await retry();
    expect(await places()).toEqual([['north', 'rejected']]);
  });

  it('are not asked of it again for what had come in before', async () => {
    await placed();
    bench.setClock('2026-03-02T11:00:00.000Z');
    await bench.receive('north', 'teapot', 1);
    await reject();
    await retry();
    expect(await places()).toEqual([['north', 'rejected']]);
  });

  it('are asked of it again where more came after they were rejected, but before they were given back', async () => {
    await placed();
    const data = { orderId: 'o1', fulfilmentId: await live(), reason: 'damaged', at: noon };
    await bench.onOrder({ type: 'RejectFulfilment', data });
    bench.setClock(evening);
    await bench.receive('north', 'teapot', 1);
    await advance();
    await retry();
    expect(await places()).toEqual([
      ['north', 'rejected'],
      ['north', 'reserved'],
    ]);
    expect(await stateOf()).toMatchObject({ backordered: [kettles(2)] });
  });

  it('are asked of it again after a restock that came while the order was held', async () => {
    await placed();
    await bench.onOrder({ type: 'HoldOrder', data: { orderId: 'o1', reason: 'fraud' } });
    await reject();
    await bench.receive('north', 'teapot', 1);
    await bench.onOrder({ type: 'ReleaseOrder', data: { orderId: 'o1' } });
    await advance();
    expect(await stateOf()).toMatchObject({ backordered: [kettles(2)], fulfilments: [{}, { status: 'reserved' }] });
  });

  it('are asked of everybody when a person wants it', async () => {
    await placed();
    await reject();
    await retry(true);
    expect(await places()).toEqual([
      ['north', 'rejected'],
      ['north', 'reserved'],
    ]);
    expect((await excluded()).at(-1)).toEqual([]);
    await reject(evening);
    await retry();
    expect(await stateOf()).toMatchObject({ backordered: [teapots(5), kettles(2)] });
  });

  it('are those of the missing SKU alone after a short pick', async () => {
    await placed();
    await tell((fulfilmentId) => ({
      type: 'ShortPickFulfilment',
      data: { orderId: 'o1', fulfilmentId, missing: [{ sku: 'teapot', quantity: 1 }], at: noon },
    }));
    expect(await stateOf()).toMatchObject({ backordered: [teapots(1)], fulfilments: [{ status: 'picked' }] });
    await retry();
    expect(await stateOf()).toMatchObject({ backordered: [teapots(1)] });
    await bench.receive('north', 'teapot', 1);
    await retry();
    expect(await stateOf()).toMatchObject({ backordered: [], fulfilments: [{}, { lines: [teapots(1)] }] });
  });

  const adjust = (delta: number) =>
    bench.atLocation({
      type: 'AdjustStock',
      data: { locationId: 'north', reference: 'a', reason: 'found', lines: [{ sku: 'teapot', delta }] },
    });
  const count = (counted: number) =>
    bench.atLocation({
      type: 'CountStock',
      data: { locationId: 'north', reference: 'c', lines: [{ sku: 'teapot', counted }] },
    });
});
