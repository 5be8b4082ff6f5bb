import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWaitingLine, type WaitingLine } from '../../src/application/waiting-line.ts';
import type { Query, Stored } from '../../src/projections/read-store.ts';
import { cause } from '../support/process-bench.ts';

type Backorder = { readonly orderId: string; readonly sku: string; readonly since: string };

const waits = (orderId: string, sku: string, minute: number): Backorder => ({
  orderId,
  sku,
  since: `2026-03-02T09:${String(minute).padStart(2, '0')}:00.000Z`,
});

describe('a line of those who wait', () => {
  let backorders: Backorder[];
  let line: WaitingLine;
  let units: Map<string, number>;
  let asked: string[];
  let nobodyFor: string[];
  /** What an order does that is asked. */
  let take: (orderId: string) => void;
  let isComplete: boolean;

  const find = async (_name: string, { equals = {}, after, limit }: Query) => {
    const items = backorders
      .filter(({ sku }) => sku === equals.sku)
      .map((body): Stored => ({ id: `${body.orderId}/${body.sku}`, position: '1', body }))
      .toSorted((a, b) => placeOf(a).localeCompare(placeOf(b)))
      .filter((one) => after === undefined || placeOf(one) > `${after.value} ${after.id}`)
      .slice(0, limit);
    return { items, position: null };
  };
  const placeOf = ({ id, body }: Stored): string => `${body.since} ${id}`;
  const serve = (most = 1_000) => line.serve(most, async () => isComplete);
  /** Takes its units, if there are enough of them, and waits no longer. */
  const buys = (orderId: string, sku: string, quantity: number): void => {
    const left = units.get(sku) ?? 0;
    if (left < quantity) return;
    units.set(sku, left - quantity);
    backorders = backorders.filter((one) => one.orderId !== orderId);
  };

  beforeEach(() => {
    backorders = [];
    asked = [];
    nobodyFor = [];
    units = new Map([['teapot', 1_000]]);
    take = () => undefined;
    isComplete = true;
    line = createWaitingLine({
      readModels: { find },
      isThere: (sku) => (units.get(sku) ?? 0) > 0,
      ask: async (orderId) => {
        asked.push(orderId);
        take(orderId);
      },
      onNobody: (sku) => void nobodyFor.push(sku),
    });
  });

  it('asks the longest wait first, whatever it is for', async () => {
    units.set('kettle', 1);
    backorders = [
      waits('o1', 'teapot', 5),
      waits('o2', 'kettle', 3),
      waits('o3', 'teapot', 1),
      waits('o4', 'kettle', 9),
    ];
    line.note('teapot', cause);
    line.note('kettle', cause);
    expect(await serve()).toBe(4);
    expect(asked).toEqual(['o3', 'o2', 'o1', 'o4']);
    expect(line.isOpen()).toBe(false);
  });

  it('asks nobody once nothing is left', async () => {
    units.set('teapot', 2);
    take = (orderId) => buys(orderId, 'teapot', 1);
    backorders = [1, 2, 3, 4].map((minute) => waits(`o${minute}`, 'teapot', minute));
    line.note('teapot', cause);
    await serve();
    expect(asked).toEqual(['o1', 'o2']);
    expect([line.isOpen(), nobodyFor]).toEqual([false, []]);
  });

  it('comes to the last of many, behind orders that have no use for what there is', async () => {
    units.set('teapot', 5);
    take = (orderId) => buys(orderId, 'teapot', orderId === 'small' ? 1 : 100);
    backorders = Array.from({ length: 450 }, (_, index) => waits(`large-${index}`, 'teapot', 1));
    backorders.push(waits('small', 'teapot', 2));
    line.note('teapot', cause);
    expect(await serve(200)).toBe(200);
    expect([line.isOpen(), asked.includes('small')]).toEqual([true, false]);
    await serve(200);
    await serve(200);
    expect(asked.filter((orderId) => orderId === 'small')).toEqual(['small']);
    expect(new Set(asked).size).toBe(451);
    expect([line.isOpen(), units.get('teapot')]).toEqual([false, 4]);
  });

  it('leaves nobody waiting for what is there, whatever came when, and asks in the order of the wait', async () => {
    const few = fc.integer({ min: 1, max: 6 });
    const orders = fc.array(fc.tuple(few, fc.nat(50), fc.constantFrom('teapot', 'kettle')), { maxLength: 260 });
    const arrivals = fc.array(fc.tuple(fc.constantFrom('teapot', 'kettle'), few, fc.nat(40)), { maxLength: 8 });
    const isInOrder = (all: readonly number[]) => all.every((minute, at) => minute >= (all[at - 1] ?? 0));
    await fc.assert(
      fc.asyncProperty(orders, arrivals, async (wanting, coming) => {
        backorders = wanting.map(([, minute, sku], index) => waits(`o${index}`, sku, minute));
        units = new Map();
        const needs = new Map(wanting.map(([quantity, , sku], index) => [`o${index}`, { quantity, sku }]));
        take = (orderId) => {
          const { sku, quantity } = needs.get(orderId) ?? expect.fail();
          buys(orderId, sku, quantity);
        };
        for (const [sku, quantity, most] of coming) {
          asked = [];
          units.set(sku, (units.get(sku) ?? 0) + quantity);
          line.note(sku, cause);
          if (most > 0) await serve(most);
          const minutes = asked.map((orderId) => wanting[Number(orderId.slice(1))]?.[1] ?? 0);
          if (!line.isOpen()) expect(isInOrder(minutes)).toBe(true);
        }
        while (line.isOpen()) await serve(10);
        for (const { orderId, sku } of backorders)
          expect(needs.get(orderId)?.quantity).toBeGreaterThan(units.get(sku) ?? 0);
      }),
      { numRuns: 100 },
    );
  });

  it('goes to the end of the line before it begins anew for what came free meanwhile', async () => {
    backorders = [1, 2, 3].map((minute) => waits(`o${minute}`, 'teapot', minute));
    line.note('teapot', cause);
    await serve(2);
    line.note('teapot', cause);
    await serve(2);
    expect(asked).toEqual(['o1', 'o2', 'o3']);
    await serve();
    expect(asked).toEqual(['o1', 'o2', 'o3', 'o1', 'o2', 'o3']);
    expect(line.isOpen()).toBe(false);
  });

  it('asks an order once for all that it waits for', async () => {
    const skus = ['cup', 'saucer', 'teapot'];
    for (const sku of skus) units.set(sku, 9);
    backorders = skus.flatMap((sku) => [waits('o2', sku, 1), waits('o1', sku, 1)]);
    for (const sku of skus) line.note(sku, cause);
    expect(await serve()).toBe(2);
    expect(asked).toEqual(['o1', 'o2']);
  });

  it('looks again while the read model may lack somebody', async () => {
    isComplete = false;
    line.note('teapot', cause);
    await serve();
    expect([line.isOpen(), nobodyFor]).toEqual([true, []]);
    isComplete = true;
    backorders = [waits('o1', 'teapot', 1)];
    await serve();
    expect([line.isOpen(), asked, nobodyFor]).toEqual([false, ['o1'], []]);
  });

  it('says when nobody waits', async () => {
    line.note('teapot', cause);
    await serve();
    expect(nobodyFor).toEqual(['teapot']);
  });

  it('asks again whom it could not ask', async () => {
    backorders = [waits('o1', 'teapot', 1), waits('o2', 'teapot', 2)];
    line.note('teapot', cause);
    take = () => {
      throw new Error('the store is away');
    };
    await expect(serve()).rejects.toThrow('away');
    take = () => undefined;
    await serve();
    expect(asked).toEqual(['o1', 'o1', 'o2']);
  });
});
