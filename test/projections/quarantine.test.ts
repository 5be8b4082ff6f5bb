import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Decode } from '../../src/projections/decode.ts';
import { PARKED_BEHIND } from '../../src/projections/quarantine.ts';
import { rebuildProjections } from '../../src/projections/rebuild.ts';
import { placeOrder } from '../support/examples.ts';
import { decodeJson, type Happening } from '../support/history.ts';
import { type Bench, createBench } from '../support/projecting.ts';
import { tallies } from '../support/tallies.ts';

const placed = (orderId: string): Happening => [
  `order-${orderId}`,
  { type: 'OrderPlaced', data: placeOrder({ orderId }).data },
];
const held = (orderId: string): Happening => [
  `order-${orderId}`,
  { type: 'OrderHeld', data: { orderId, reason: 'fraud' } },
];
const released = (orderId: string): Happening => [`order-${orderId}`, { type: 'OrderReleased', data: { orderId } }];

/** Cannot read that an order was put on hold. */
const short: Decode = (recorded) =>
  recorded.type === 'OrderHeld' ? { ok: false, reason: 'no such type' } : decodeJson(recorded);

const failing = tallies({
  evolve: (document, event, id) => {
    if (event.type === 'OrderHeld') throw new Error('no such case');
    return { orderId: id, events: Number(document?.events ?? 0) + 1, types: [...(document?.types ?? []), event.type] };
  },
});

const other = tallies({ name: 'others' });

describe('an event that cannot be taken', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await createBench([tallies(), other]);
  });

  afterEach(() => bench.remove());

  const typesOf = async (id: string, name = 'tallies') => (await bench.readModels.get(name, [id])).get(id)?.body.types;

  const quarantine = async () =>
    (await bench.readStore.find('quarantine', { limit: 100 })).map(({ body }) => [
      body.stream,
      body.version,
      body.reason,
    ]);

  const recordStory = () => bench.record(placed('a'), placed('b'), held('a'), released('a'), released('b'));

  it.each([
    ['read', { decode: short }, 'no such type'],
    ['folded', { projections: [failing, other] }, 'tallies cannot take OrderHeld: no such case'],
  ])(
    'that cannot be %s waits with all that follow in its stream, and every other stream goes on',
    async (_, options, reason) => {
      const arrivals = vi.fn();
      bench.start({ ...options, hooks: { quarantined: arrivals } });
      await bench.readModels.reached(null, await recordStory(), 5_000);
      const position = await bench.record(released('a'), released('b'));
      expect(await bench.readModels.reached(null, position, 5_000)).toBe(true);
      expect(await typesOf('a')).toEqual(['OrderPlaced']);
      expect(await typesOf('a', 'others')).toEqual(['OrderPlaced']);
      expect(await typesOf('b')).toEqual(['OrderPlaced', 'OrderReleased', 'OrderReleased']);
      expect(await quarantine()).toEqual([
        ['order-a', 2, reason],
        ['order-a', 3, PARKED_BEHIND],
        ['order-a', 4, PARKED_BEHIND],
      ]);
      expect(arrivals.mock.calls.flat(2)).toHaveLength(3);
    },
  );

  it('is applied in its place once the code can take it, with all that waited', async () => {
    const first = bench.start({ decode: short });
    await bench.readModels.reached(null, await recordStory(), 5_000);
    await first.stop();
    const { projector } = bench.start();
    await bench.readModels.reached(null, await bench.record(held('b'), held('a')), 5_000);
    expect(await typesOf('a')).toEqual(['OrderPlaced']);
    expect(await projector.retryQuarantined()).toEqual({ applied: 3, waiting: 0, suspect: [] });
    expect(await typesOf('a')).toEqual(['OrderPlaced', 'OrderHeld', 'OrderReleased', 'OrderHeld']);
    expect(await quarantine()).toEqual([]);
    await bench.readModels.reached(null, await bench.record(released('a')), 5_000);
    expect(await typesOf('a')).toHaveLength(5);
  });

  it('stays where it is when the code still cannot take it, and what came before it is let go', async () => {
    const first = bench.start({ decode: short });
    await bench.readModels.reached(null, await recordStory(), 5_000);
    await first.stop();
    const { projector } = bench.start({
      decode: (recorded) => (recorded.type === 'OrderReleased' ? { ok: false, reason: 'worse' } : decodeJson(recorded)),
    });
    expect(await projector.retryQuarantined()).toEqual({ applied: 1, waiting: 1, suspect: [] });
    expect(await typesOf('a')).toEqual(['OrderPlaced', 'OrderHeld']);
    expect(await projector.retryQuarantined()).toEqual({ applied: 0, waiting: 1, suspect: [] });
    expect(await quarantine()).toEqual([['order-a', 3, PARKED_BEHIND]]);
  });

  it('stops a rebuild, which leaves no trace', async () => {
    bench.start({ decode: short });
    await bench.readModels.reached(null, await recordStory(), 5_000);
    const before = await bench.readStore.get('projections', ['tallies']);
    const rebuilding = rebuildProjections({ ...bench, decode: short, projections: [tallies()] });
    await expect(rebuilding).rejects.toThrow('version 2 of order-a');
    const after = await bench.readStore.get('projections', ['tallies']);
    expect(after.get('tallies')?.body).toEqual(before.get('tallies')?.body);
    expect(await quarantine()).toHaveLength(2);
  });

  it('is left out of a rebuild that is told so, which then equals the live read model', async () => {
    bench.start({ decode: short });
    await bench.readModels.reached(null, await recordStory(), 5_000);
    const [rebuilt] = await rebuildProjections({
      ...bench,
      decode: short,
      projections: [tallies()],
      skipPoison: true,
      dropAfterMs: 0,
    });
    expect(rebuilt?.comparison).toEqual({ compared: 2, different: [], unsettled: [] });
    await vi.waitFor(async () => expect(await typesOf('a')).toEqual(['OrderPlaced']), { timeout: 2_000 });
  });
});
