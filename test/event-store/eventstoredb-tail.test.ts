import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { positionOf } from '../../src/event-store/eventstoredb-records.ts';
import { createTail, type Tail } from '../../src/event-store/eventstoredb-tail.ts';

const at = (place: number): string => positionOf(String(place), String(place));

const event = (place: number, stream = 'order-1'): RecordedEvent => ({
  id: `id-${place}`,
  type: 'OrderPlaced',
  schemaVersion: 1,
  data: '{"text":"1234567"}',
  metadata: '{}',
  hash: '',
  stream,
  version: place,
  position: at(place),
});

const fill = (tail: Tail, from: number, to: number): void =>
  tail.push(Array.from({ length: to - from + 1 }, (_, index) => event(from + index)));

const places = (tail: Tail, after: string | null, limit = 100, prefixes?: readonly string[]) =>
  tail.take(after, limit, prefixes)?.events.map(({ version }) => version) ?? null;

describe('the tail of EventStoreDB', () => {
  it('gives what follows a position, and how far it searched', () => {
    const tail = createTail(at(10));
    fill(tail, 11, 15);
    expect(places(tail, at(10))).toEqual([11, 12, 13, 14, 15]);
    expect(places(tail, at(13))).toEqual([14, 15]);
    expect(tail.take(at(10), 2, undefined)?.position).toBe(at(12));
    expect(tail.take(at(10), 5, undefined)?.position).toBe(at(15));
  });

  it('has nothing for who began before it', () => {
    const tail = createTail(at(10));
    fill(tail, 11, 15);
    expect(tail.take(at(9), 100, undefined)).toBeNull();
    expect(tail.take(null, 100, undefined)).toBeNull();
  });

  it('serves from the first event on where the log was empty', () => {
    const tail = createTail(null);
    expect(tail.take(null, 100, undefined)).toEqual({ events: [], position: null });
    fill(tail, 0, 2);
    expect(places(tail, null)).toEqual([0, 1, 2]);
  });

  it('leaves out streams that nobody wants, and goes past them', () => {
    const tail = createTail(null);
    tail.push([event(1, 'order-1'), event(2, '$stats'), event(3, 'stock-1'), event(4, 'order-2'), event(5, '$ce')]);
    expect(places(tail, null)).toEqual([1, 3, 4]);
    expect(places(tail, null, 100, ['order-'])).toEqual([1, 4]);
    expect(tail.take(null, 100, ['stock-'])?.position).toBe(at(5));
    expect(tail.take(null, 1, ['order-'])?.position).toBe(at(1));
  });

  it('never takes a position back', () => {
    const tail = createTail(at(10));
    expect(tail.take(at(12), 100, undefined)).toEqual({ events: [], position: at(12) });
  });

  it('is bounded by events and by their size, and says where it begins', () => {
    const byCount = createTail(at(0), 3);
    fill(byCount, 1, 5);
    expect(places(byCount, at(1))).toBeNull();
    expect(places(byCount, at(2))).toEqual([3, 4, 5]);
    const bySize = createTail(at(0), 100, 50);
    fill(bySize, 1, 5);
    expect(places(bySize, at(2))).toBeNull();
    expect(places(bySize, at(3))).toEqual([4, 5]);
    expect(bySize.end()).toBe(at(5));
  });

  it('loses and repeats nothing for who keeps up, whatever the sizes of pages and bites', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 })), fc.integer({ min: 1, max: 5 }), (pages, limit) => {
        const tail = createTail(at(0), 8);
        const seen: number[] = [];
        let position: string | null = at(0);
        let last = 0;
        for (const size of pages) {
          fill(tail, last + 1, last + size);
          last += size;
          while ((position ?? '') < (tail.end() ?? '')) {
            const taken = tail.take(position, limit, undefined);
            if (taken === null) throw new Error('left behind');
            seen.push(...taken.events.map(({ version }) => version));
            position = taken.position;
          }
        }
        expect(seen).toEqual(Array.from({ length: last }, (_, index) => index + 1));
      }),
    );
  });
});
