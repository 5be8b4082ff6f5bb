import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChainedEvent, chainHash, genesisHash } from '../../src/event-store/hash-chain.ts';

const example: ChainedEvent = {
  stream: 'order-1',
  version: 1,
  id: '018f6b0e-7c5a-7000-8000-000000000001',
  type: 'OrderPlaced',
  schemaVersion: 1,
  data: '{"lines":[{"sku":"mug","quantity":2}]}',
  metadata: '{"actor":"channel:web"}',
};

const anyEvent = fc.record({
  stream: fc.string(),
  version: fc.nat(),
  id: fc.string(),
  type: fc.string(),
  schemaVersion: fc.nat(),
  data: fc.string(),
  metadata: fc.string(),
});

describe('the hash chain', () => {
  it('is a stored format: this event has this hash for ever', () => {
    expect(chainHash(genesisHash, example)).toBe('c2c1e459ebcac704d5b7774fad01c0874afc7d747dfc77ed6811eb9356e60e9c');
  });

  it('changes with every field and with the hash before', () => {
    const changed: readonly ChainedEvent[] = [
      { ...example, stream: 'order-2' },
      { ...example, version: 2 },
      { ...example, id: '018f6b0e-7c5a-7000-8000-000000000002' },
      { ...example, type: 'OrderHeld' },
      { ...example, schemaVersion: 2 },
      { ...example, data: '{}' },
      { ...example, metadata: '{}' },
    ];
    const first = chainHash(genesisHash, example);
    const hashes = [first, chainHash(first, example), ...changed.map((event) => chainHash(genesisHash, event))];
    expect(new Set(hashes).size).toBe(9);
  });

  it('never takes text of one field for text of its neighbour', () => {
    fc.assert(
      fc.property(anyEvent, fc.string({ minLength: 1 }), (event, moved) => {
        const left = chainHash(genesisHash, { ...event, data: event.data + moved });
        const right = chainHash(genesisHash, { ...event, metadata: moved + event.metadata });
        expect(left).not.toBe(right);
      }),
    );
  });
});
