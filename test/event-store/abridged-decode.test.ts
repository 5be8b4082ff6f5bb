import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { AnyEvent } from '../../src/domain/event.ts';
import { createAbridgedDecode } from '../../src/event-store/abridged-decode.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import type { NewEvent, RecordedEvent } from '../../src/event-store/event-store.ts';
import { chainHash, genesisHash } from '../../src/event-store/hash-chain.ts';
import { placeOrder } from '../support/examples.ts';
import { exampleMetadata as metadata, samples } from '../support/stored-samples.ts';

const stream = 'order-o1';
const decisionsOf = (version: number) =>
  samples.filter(({ type, schemaVersion }) => type === 'SourcingDecided' && schemaVersion === version);

const newId = () => '00000000-0000-4000-8000-000000000001';
const whole = createCodec({ newId }).decode;

const recordedAs = (event: NewEvent, version: number): RecordedEvent => ({
  ...structuredClone(event),
  ...{ stream, version, position: String(version).padStart(16, '0') },
});

/** An order and its decision, as they stand in the log. */
const historyWith = (data: never): readonly [placed: RecordedEvent, decided: RecordedEvent] => {
  const events: AnyEvent[] = [
    { type: 'OrderPlaced', data: placeOrder({ orderId: 'o1' }).data },
    { type: 'SourcingDecided', data },
  ];
  const encoding = { stream, version: 0, previousHash: genesisHash, metadata };
  const [placed, decided] = createCodec({ newId })
    .encode(events, encoding)
    .map((one, index) => recordedAs(one, index + 1));
  if (placed === undefined || decided === undefined) throw new Error('two events make two');
  return [placed, decided];
};

/** The newest form of a decision. */
const [placed, decided] = historyWith(decisionsOf(2)[0]?.data as never);

const decodedAfter = (event: RecordedEvent, before: RecordedEvent = placed) => {
  const decode = createAbridgedDecode(whole);
  decode(before);
  return decode(event);
};

describe('decoding for read models', () => {
  it.each(decisionsOf(2).map(({ data }) => [data]))('leaves nothing but its record out of a decision', (data) => {
    const [before, event] = historyWith(data as never);
    const { record: _record, ...rest } = data;
    const full = whole(event);
    expect(full.ok).toBe(true);
    expect(decodedAfter(event, before)).toEqual({ ok: true, event: { ...(full.ok && full.event), data: rest } });
  });

  it('decodes every other event, and every older form, as a whole', () => {
    const decode = createAbridgedDecode(whole);
    let previousHash = genesisHash;
    for (const [index, { type, schemaVersion, data }] of samples.entries()) {
      if (type === 'SourcingDecided' && schemaVersion === 2) continue;
      const event = {
        id: newId(),
        type,
        schemaVersion,
        data: JSON.stringify(data),
        metadata: JSON.stringify(metadata),
      };
      const hash = chainHash(previousHash, { stream, version: index + 1, ...event });
      const recorded = recordedAs({ ...event, hash }, index + 1);
      previousHash = hash;
      expect(decode(recorded)).toEqual(whole(recorded));
    }
  });

  it('finds what damage makes of a decision wherever the whole is needed to find it', () => {
    const property = (at: number, text: string) => {
      const damaged = {
        ...decided,
        data: `${decided.data.slice(0, at)}${text}${decided.data.slice(at + text.length)}`,
      };
      fc.pre(damaged.data !== decided.data);
      expect(decodedAfter(damaged)).toEqual(whole(damaged));
    };
    const place = fc.integer({ min: 0, max: decided.data.length - 1 });
    fc.assert(fc.property(place, fc.string({ minLength: 1, maxLength: 3 }), property));
    const cut = { ...decided, data: decided.data.slice(0, -10) };
    expect(decodedAfter(cut)).toEqual(whole(cut));
    expect(decodedAfter(cut).ok).toBe(false);
  });

  it('decodes a whole decision when it did not see the event before, or not as it was', () => {
    const full = vi.fn(whole);
    const decode = createAbridgedDecode(full);
    expect(decode(decided)).toEqual(whole(decided));
    decode({ ...placed, hash: genesisHash });
    expect(decode(decided)).toEqual(whole(decided));
    decode({ ...placed, version: 7 });
    expect(decode(decided)).toEqual(whole(decided));
    expect(full.mock.calls.filter(([{ type }]) => type === 'SourcingDecided')).toHaveLength(3);
  });

  it('decodes a whole decision that lists its record before other fields', () => {
    const { record, ...rest }: Record<string, unknown> = { ...(decisionsOf(2)[0] ?? { data: {} }).data };
    const [before, event] = historyWith({ orderId: rest.orderId, record, ...rest } as never);
    expect(decodedAfter(event, before)).toEqual(whole(event));
  });
});
