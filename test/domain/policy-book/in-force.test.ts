import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyBookDecider } from '../../../src/domain/policy-book/decide.ts';
import { inForce, percentileOf, policyFor, policyStatus } from '../../../src/domain/policy-book/in-force.ts';
import type { PolicyBook, PolicyBookEvent } from '../../../src/domain/policy-book/policy-book.ts';
import { builtInPolicy } from '../../../src/domain/sourcing/policy.ts';
import { activate, activated, hour, published, rollBack, rolledBack } from '../../support/policies.ts';
import { fold } from '../../support/spec.ts';

const bookOf = (...events: readonly PolicyBookEvent[]): PolicyBook =>
  fold(policyBookDecider, [published(1), published(2), published(3), ...events]);

const orderIds = Array.from({ length: 2_000 }, (_, index) => `order-${index}`);
const versionsOf = (book: PolicyBook, now: string): readonly number[] =>
  orderIds.map((orderId) => policyFor(book, orderId, now).version);
const shareOf = (book: PolicyBook, version: number, now: string): number =>
  versionsOf(book, now).filter((one) => one === version).length / orderIds.length;

describe('the policy of an order', () => {
  it('is the built-in one until another is in force', () => {
    const book = bookOf(activated(1, hour(9)));
    expect(policyFor(book, 'o1', hour(8))).toBe(builtInPolicy);
    expect(policyFor(book, 'o1', hour(9))).toMatchObject({ version: 1, policy: { description: 'v1' } });
  });

  it('is the newest in full force at that instant, however early that was decided', () => {
    const book = bookOf(activated(3, hour(12)), activated(1, hour(9)), activated(2, hour(10)));
    const at = [8, 9, 10, 11, 12, 13].map((hours) => policyFor(book, 'o1', hour(hours)).version);
    expect(at).toEqual([0, 1, 2, 2, 3, 3]);
  });

  it('is the one decided last, of two that start at one instant', () => {
    expect(policyFor(bookOf(activated(2, hour(9)), activated(1, hour(9))), 'o1', hour(9)).version).toBe(1);
  });

  it('is a canary for its share of the orders, until another is in full force', () => {
    const book = bookOf(activated(1, hour(8)), activated(2, hour(9), 20), activated(3, hour(12)));
    expect(new Set(versionsOf(book, hour(8)))).toEqual(new Set([1]));
    expect(shareOf(book, 2, hour(9))).toBeGreaterThan(0.17);
    expect(shareOf(book, 2, hour(9))).toBeLessThan(0.23);
    expect(new Set(versionsOf(book, hour(12)))).toEqual(new Set([3]));
  });

  it('is one of the newest canary or of the version in full force, where several canaries were begun', () => {
    const book = bookOf(activated(1, hour(8)), activated(2, hour(9), 50), activated(3, hour(10), 50));
    expect(new Set(versionsOf(book, hour(10)))).toEqual(new Set([1, 3]));
  });

  it('is what it was before a roll-back again, whatever was begun or planned since', () => {
    const before = bookOf(activated(1, hour(8)));
    const book = bookOf(
      activated(1, hour(8)),
      activated(2, hour(9)),
      activated(3, hour(10), 30),
      activated(3, hour(20)),
      rolledBack(1, hour(11)),
    );
    for (const hours of [11, 20, 30]) expect(versionsOf(book, hour(hours))).toEqual(versionsOf(before, hour(hours)));
    expect(policyFor(book, 'o1', hour(9)).version).toBe(2);
  });
});

describe('the share of a canary', () => {
  it('is about met by any ids, and grows without exchanging orders', () => {
    const takenBy = (share: number, ids: readonly string[]) => ids.filter((id) => percentileOf(id) < share);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.uuid(), { minLength: 3_000, maxLength: 3_000 }),
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 99 }),
        (ids, one, other) => {
          const [small, large] = [Math.min(one, other), Math.max(one, other)];
          expect(Math.abs(takenBy(small, ids).length / ids.length - small / 100)).toBeLessThan(0.05);
          const taken = new Set(takenBy(large, ids));
          expect(takenBy(small, ids).filter((id) => !taken.has(id))).toEqual([]);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('takes the same orders on every machine', () => {
    expect(['order-1', 'order-2', 'order-3', '536365'].map(percentileOf)).toEqual([73, 68, 3, 67]);
  });
});

describe('an order at the edge of the share', () => {
  it('is taken by the first percent beyond its own', () => {
    expect(percentileOf('order-1')).toBe(73);
    const takenAt = (share: number) =>
      policyFor(bookOf(activated(2, hour(9), share)), 'order-1', hour(9)).version === 2;
    expect([takenAt(73), takenAt(74)]).toEqual([false, true]);
  });
});

describe('a book', () => {
  const step = fc.record({
    kind: fc.constantFrom('activate' as const, 'canary' as const, 'later' as const, 'back' as const),
    version: fc.nat(3),
    wait: fc.nat(5),
  });

  /** Whatever planners do, refused or not, an hour or more after the other. */
  const played = (
    steps: readonly { kind: 'activate' | 'canary' | 'later' | 'back'; version: number; wait: number }[],
  ) => {
    let book = bookOf();
    let hours = 0;
    return steps.map(({ kind, version, wait }) => {
      hours += wait + 1;
      const before = book;
      const now = hour(hours);
      const command =
        kind === 'back'
          ? rollBack(now)
          : activate(version, now, kind === 'canary' ? { share: 30 } : kind === 'later' ? { at: hour(hours + 3) } : {});
      try {
        book = policyBookDecider.decide(command, book).reduce(policyBookDecider.evolve, book);
      } catch {
        // A refusal changes nothing.
      }
      return { kind, version, now, hours, before, after: book };
    });
  };

  it('never changes what applied in the past', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        for (const { hours, before, after } of played(steps)) {
          for (let past = 0; past < hours; past += 1) {
            const of = (book: PolicyBook) =>
              ['o1', 'o2', 'o3', 'o4'].map((id) => policyFor(book, id, hour(past)).version);
            expect(of(after)).toEqual(of(before));
          }
        }
      }),
    );
  });

  it('undoes an activation by a roll-back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.nat(3), (steps, version) => {
        const before = played(steps.filter(({ kind }) => kind !== 'later')).at(-1)?.after ?? bookOf();
        const at = (hours: number) => hour(1_000 + hours);
        const stable = inForce(before, at(0)).full.version;
        if (version === stable) return;
        const activatedBook = policyBookDecider
          .decide(activate(version, at(1)), before)
          .reduce(policyBookDecider.evolve, before);
        const back = policyBookDecider
          .decide(rollBack(at(2)), activatedBook)
          .reduce(policyBookDecider.evolve, activatedBook);
        expect(inForce(back, at(2))).toMatchObject({ full: { version: stable }, canary: null, scheduled: [] });
      }),
    );
  });
});

describe('the status of a policy', () => {
  it('tells what it is to the orders of that moment', () => {
    const book = bookOf(activated(1, hour(8)), activated(2, hour(10), 10), activated(3, hour(12)));
    const at = (hours: number) => [0, 1, 2, 3].map((version) => policyStatus(book, version, hour(hours)));
    expect(at(7)).toEqual(['active', 'scheduled', 'scheduled', 'scheduled']);
    expect(at(9)).toEqual(['retired', 'active', 'scheduled', 'scheduled']);
    expect(at(11)).toEqual(['retired', 'active', 'canary', 'scheduled']);
    expect(at(13)).toEqual(['retired', 'retired', 'retired', 'active']);
    expect(policyStatus(bookOf(), 3, hour(9))).toBe('published');
  });

  it('is published again for what was planned and never came', () => {
    expect(
      policyStatus(bookOf(activated(1, hour(8)), activated(3, hour(20)), rolledBack(1, hour(9))), 3, hour(21)),
    ).toBe('published');
  });
});
