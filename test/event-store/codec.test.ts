import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AnyEvent } from '../../src/domain/event.ts';
import { type CodecDependencies, createCodec } from '../../src/event-store/codec.ts';
import type { NewEvent, RecordedEvent } from '../../src/event-store/event-store.ts';
import { chainHash, genesisHash } from '../../src/event-store/hash-chain.ts';
import { storedFormats } from '../../src/event-store/schemas.ts';
import { anyHistory } from '../support/random-history.ts';
import { exampleMetadata as metadata, samples } from '../support/stored-samples.ts';

/** A codec of the newest formats. */
const codec = (dependencies: Partial<CodecDependencies> = {}) => createCodec({ newId: randomUUID, ...dependencies });

const recordedAs = (event: Partial<RecordedEvent>): RecordedEvent => ({
  id: randomUUID(),
  stream: 'order-o1',
  version: 3,
  position: '0000000000000009',
  type: 'OrderHeld',
  schemaVersion: 1,
  data: '{"orderId":"o1","reason":"fraud"}',
  metadata: JSON.stringify(metadata),
  hash: genesisHash,
  ...event,
});

const place = (event: NewEvent): RecordedEvent => recordedAs(event);
const encoding = { stream: 'order-o1', version: 2, previousHash: genesisHash, metadata };
const reasonOf = (event: Partial<RecordedEvent>): string => {
  const decoded = codec().decode(recordedAs(event));
  return decoded.ok ? '' : decoded.reason;
};

describe('stored events', () => {
  it.each(samples.map((sample) => [sample.type, sample] as const))('%s can be read for ever', (type, sample) => {
    const decoded = codec().decode(recordedAs({ ...sample, data: JSON.stringify(sample.data) }));
    expect(decoded).toMatchObject({ ok: true, event: { type, metadata, version: 3, position: '0000000000000009' } });
    const { schemaVersion, data } = sample;
    const isNewest = Object.entries(storedFormats).some(
      ([one, format]) => one === type && format.version === schemaVersion,
    );
    if (isNewest && decoded.ok) expect(JSON.stringify(decoded.event.data)).toBe(JSON.stringify(data));
  });

  it('have a sample of every type in every version', () => {
    const wanted = Object.entries(storedFormats).flatMap(([type, { version }]) =>
      Array.from({ length: version }, (_, index) => `${type} ${index + 1}`),
    );
    const found = new Set(samples.map(({ type, schemaVersion }) => `${type} ${schemaVersion}`));
    expect([...found].sort()).toEqual(wanted.sort());
  });

  it('come back as they were written, read by another process and by their own', () => {
    fc.assert(
      fc.property(anyHistory(60), (history) => {
        const written = history.map(([, event]) => event);
        const own = codec().encode(written, encoding).map(place);
        // What goes to another thread or process is the text alone.
        for (const encoded of [own, structuredClone(own)]) {
          const read = encoded.map((one) => codec().decode(one));
          expect(read).toEqual(
            encoded.map(({ id }, index) => ({
              ok: true,
              event: expect.objectContaining({ ...written[index], id, metadata }),
            })),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are not parsed again where they were written', () => {
    const held: AnyEvent = { type: 'OrderHeld', data: { orderId: 'o1', reason: 'fraud' } };
    const [own] = codec().encode([held], encoding).map(place);
    const decoded = codec().decode({ ...recordedAs(own ?? {}), data: 'not looked at' });
    expect(decoded).toMatchObject({ ok: true, event: { data: held.data, version: 3 } });
  });

  it('carry on the hash chain of their stream', () => {
    const held: AnyEvent = { type: 'OrderHeld', data: { orderId: 'o1', reason: 'fraud' } };
    const encoded = codec().encode([held, { type: 'OrderReleased', data: { orderId: 'o1' } }], encoding);
    const first = chainHash(genesisHash, { ...recordedAs(encoded[0] ?? {}), version: 3 });
    const second = chainHash(first, { ...recordedAs(encoded[1] ?? {}), version: 4 });
    expect(encoded.map(({ hash }) => hash)).toEqual([first, second]);
  });
});

describe('a stored event that this release cannot read', () => {
  it.each<[string, Partial<RecordedEvent>, string]>([
    ['a type that it does not know', { type: 'OrderTeleported' }, 'unknown event type OrderTeleported'],
    ['a type named like a property of every object', { type: 'constructor' }, 'unknown event type constructor'],
    ['a version of the future', { schemaVersion: 2 }, 'OrderHeld has schema version 2; this release reads up to 1'],
    ['a version that never was', { schemaVersion: 0 }, 'no upcaster from schema version 0'],
    ['data that is no JSON', { data: '{"orderId":' }, 'JSON'],
    ['data that is no object', { data: 'null' }, 'expected object'],
    ['a missing field', { data: '{"orderId":"o1"}' }, 'reason'],
    ['a field of another type', { data: '{"orderId":"o1","reason":7}' }, 'expected string'],
    ['a field too many', { data: '{"orderId":"o1","reason":"fraud","mood":"bad"}' }, 'mood'],
    ['metadata that is no JSON', { metadata: 'tester' }, 'JSON'],
    ['metadata that lacks who did it', { metadata: JSON.stringify({ ...metadata, actor: undefined }) }, 'actor'],
  ])('is named with its reason: %s', (_, event, reason) => {
    expect(reasonOf(event)).toContain(reason);
  });
});

describe('the columns of a sourcing decision', () => {
  const version = storedFormats.SourcingDecided.version;
  const { data } =
    samples.find(({ type, schemaVersion }) => type === 'SourcingDecided' && schemaVersion === version) ?? expect.fail();
  const { record } = z.looseObject({ record: z.looseObject({ candidates: z.looseObject({}) }) }).parse(data);
  const reason = (columns: object): string =>
    reasonOf({
      type: 'SourcingDecided',
      schemaVersion: version,
      data: JSON.stringify({ ...data, record: { ...record, candidates: { ...record.candidates, ...columns } } }),
    });

  it('may hold what they are made for', () => {
    expect(
      reason({ kilometres: [0.1, 7], parcelCost: [-1], capacityLeft: [null, 3], refusedHoursAgo: [[null, -2]] }),
    ).toBe('');
  });

  it.each([
    ['locationId', [7]],
    ['kilometres', [1, 'near']],
    ['parcelCost', [1.5]],
    ['available', [[3], [-1]]],
    ['dispatchDay', [null]],
    ['capacityLeft', [2 ** 53]],
    ['unitCost', 'many'],
  ])('are refused where one entry is something else: %s', (name, column) => {
    expect(reason({ [name]: column })).toContain(name);
  });
});

describe('an event of an older version', () => {
  const formats = {
    ...storedFormats,
    OrderHeld: {
      version: 3,
      schema: storedFormats.OrderHeld.schema,
      upcasters: {
        1: (data: unknown) => ({ order: z.object({ id: z.string() }).parse(data).id }),
        2: (data: unknown) => ({ orderId: z.object({ order: z.string() }).parse(data).order, reason: 'unknown' }),
      },
    },
  };
  const read = (schemaVersion: number, data: string) => codec({ formats }).decode(recordedAs({ schemaVersion, data }));

  it('is brought to the newest one, version by version', () => {
    const event = { data: { orderId: 'o1', reason: 'unknown' } };
    expect(read(1, '{"id":"o1"}')).toMatchObject({ ok: true, event });
    expect(read(2, '{"order":"o1"}')).toMatchObject({ ok: true, event });
    expect(read(3, '{"orderId":"o1","reason":"unknown"}')).toMatchObject({ ok: true, event });
  });

  it('is named with its reason where that fails', () => {
    expect(read(1, '{"order":"o1"}')).toMatchObject({ ok: false, reason: expect.stringContaining('id') });
  });

  it('is written in the newest version only', () => {
    const [encoded] = codec({ formats }).encode(
      [{ type: 'OrderHeld', data: { orderId: 'o1', reason: 'x' } }],
      encoding,
    );
    expect(encoded?.schemaVersion).toBe(3);
  });
});
