import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { positionOf } from '../../src/event-store/sqlite-file.ts';
import { createTail } from '../../src/event-store/sqlite-tail.ts';
import { events } from '../contracts/event-store-examples.ts';

const recorded = (firstRow: number, count: number, stream = 'order-1'): readonly RecordedEvent[] =>
  events(stream, 0, count).map((event, index) => ({
    ...event,
    stream,
    version: firstRow + index,
    position: positionOf(firstRow + index),
  }));

const all = () => true;

describe('the tail of the log', () => {
  it('hands over what follows a row, and nothing to one who has it all', () => {
    const tail = createTail();
    const given = recorded(1, 5);
    tail.push(1, given);
    expect(tail.take(0, 10, all)).toEqual({ events: given, end: 5 });
    expect(tail.take(3, 1, all)).toEqual({ events: given.slice(3, 4), end: 4 });
    expect(tail.take(5, 10, all)).toBeNull();
    expect(tail.last()).toBe(5);
  });

  it('leaves out what is not wanted and still moves on', () => {
    const tail = createTail();
    tail.push(1, [...recorded(1, 2), ...recorded(3, 2, 'stockLocation-1')]);
    const stock = (stream: string) => stream.startsWith('stockLocation-');
    expect(tail.take(0, 1, stock)?.end).toBe(3);
    expect(tail.take(0, 10, (stream) => !stock(stream))).toMatchObject({ events: { length: 2 }, end: 4 });
    expect(tail.take(0, 10, () => false)).toEqual({ events: [], end: 4 });
  });

  it('forgets the oldest above its bounds, and says so to one who still needs them', () => {
    const byCount = createTail(4);
    byCount.push(1, recorded(1, 3));
    byCount.push(4, recorded(4, 3));
    expect(byCount.take(1, 10, all)).toBeNull();
    expect(byCount.take(2, 10, all)?.events).toHaveLength(4);
    const bySize = createTail(1_000, 200);
    bySize.push(1, recorded(1, 100));
    expect(bySize.take(0, 10, all)).toBeNull();
    expect(bySize.take(98, 10, all)?.events.length).toBeGreaterThan(0);
  });

  it('forgets what nobody needs any more, and goes on from there', () => {
    const tail = createTail();
    tail.push(1, recorded(1, 3));
    tail.release(2);
    expect(tail.take(1, 10, all)).toBeNull();
    expect(tail.take(2, 10, all)).toMatchObject({ events: { length: 1 }, end: 3 });
    tail.release(Number.POSITIVE_INFINITY);
    expect(tail.last()).toBe(3);
    tail.push(4, recorded(4, 1));
    expect(tail.take(3, 10, all)).toMatchObject({ events: { length: 1 }, end: 4 });
  });

  it('begins anew where another process wrote in between', () => {
    const tail = createTail();
    tail.push(1, recorded(1, 3));
    tail.push(6, recorded(6, 2));
    expect(tail.take(2, 10, all)).toBeNull();
    expect(tail.take(3, 10, all)).toBeNull();
    expect(tail.take(5, 10, all)).toMatchObject({ events: { length: 2 }, end: 7 });
  });
});
