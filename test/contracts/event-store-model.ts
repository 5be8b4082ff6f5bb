import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventStore, type NewEvent, VersionConflict } from '../../src/event-store/event-store.ts';
import type { StoreUnderTest } from './event-store.ts';
import { collect, endOf, events, idsOf, newPrefix, takeUntil } from './event-store-examples.ts';

type Attempt = { readonly expectedVersion: number; readonly events: readonly NewEvent[] };
type Answer = number | { readonly actualVersion: number };

/** The port's rules over an array of event ids. */
const modelAppend = (stream: string[], { expectedVersion, events: given }: Attempt): Answer => {
  const ids = idsOf(given);
  if (expectedVersion === stream.length) return stream.push(...ids);
  const written = stream.slice(expectedVersion, expectedVersion + ids.length);
  const repeated = ids.length > 0 && expectedVersion < stream.length && written.join() === ids.join();
  return repeated ? expectedVersion + ids.length : { actualVersion: stream.length };
};

const storeAppend = async (store: EventStore, stream: string, attempt: Attempt): Promise<Answer> => {
  try {
    return (await store.append(stream, attempt.expectedVersion, attempt.events)).version;
  } catch (error) {
    if (error instanceof VersionConflict) return { actualVersion: error.actualVersion };
    throw error;
  }
};

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('atEnd' as const), count: fc.integer({ min: 0, max: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('anywhere' as const),
      expectedVersion: fc.integer({ min: 0, max: 12 }),
      count: fc.integer({ min: 0, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat' as const), which: fc.nat(20), cut: fc.nat(2) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const attemptOf = (stream: string, next: Step, version: number, earlier: readonly Attempt[]): Attempt => {
  if (next.kind !== 'repeat') {
    const expectedVersion = next.kind === 'atEnd' ? version : next.expectedVersion;
    return { expectedVersion, events: events(stream, expectedVersion, next.count) };
  }
  const again = earlier[next.which % Math.max(1, earlier.length)];
  if (again === undefined) return { expectedVersion: version, events: [] };
  // An event that was refused before may be tried again; one that was written must not be tried at the stream's end,
  // where the port leaves open whether an id is looked for in the whole log.
  if (again.expectedVersion === version) return { expectedVersion: version, events: events(stream, version, 1) };
  return { ...again, events: again.events.slice(0, Math.max(1, again.events.length - next.cut)) };
};

export const modelContract = (createStore: () => Promise<StoreUnderTest>): void => {
  describe('as a whole', () => {
    let made: StoreUnderTest;

    beforeAll(async () => {
      made = await createStore();
    });
    afterAll(() => made.cleanup());

    const runStream = async (store: EventStore, stream: string, steps: readonly Step[]): Promise<readonly string[]> => {
      const model: string[] = [];
      const earlier: Attempt[] = [];
      for (const next of steps) {
        const attempt = attemptOf(stream, next, model.length, earlier);
        earlier.push(attempt);
        expect(await storeAppend(store, stream, attempt)).toEqual(modelAppend(model, attempt));
      }
      return model;
    };

    it('answers and keeps what a list per stream would, whatever is appended side by side', async () => {
      const { store } = made;
      const plans = fc.array(fc.array(step, { maxLength: 12 }), { minLength: 2, maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          const prefix = newPrefix();
          const stop = new AbortController();
          const after = await endOf(store);
          const batches = store.subscribe({ after, streamPrefixes: [prefix], signal: stop.signal });
          const total = Promise.withResolvers<number>();
          const names = plan.map((_, index) => `${prefix}${index}`);
          const subscribed = (async () => {
            const iterator = batches[Symbol.asyncIterator]();
            const live = await takeUntil(iterator, (_, { caughtUp }) => caughtUp);
            const expected = (await total.promise) - live.length;
            return [...live, ...(expected > 0 ? await takeUntil(iterator, (seen) => seen.length >= expected) : [])];
          })();
          try {
            const models = await Promise.all(plan.map((steps, index) => runStream(store, names[index] ?? '', steps)));
            total.resolve(models.flat().length);
            for (const [index, model] of models.entries())
              expect(idsOf(await collect(store.readStream(names[index] ?? '')))).toEqual(model);
            const all = await collect(store.readAll({ after, streamPrefixes: [prefix] }));
            for (const [index, model] of models.entries())
              expect(idsOf(all.filter(({ stream }) => stream === names[index]))).toEqual(model);
            expect(idsOf(await subscribed)).toEqual(idsOf(all));
          } finally {
            total.resolve(0);
            stop.abort();
          }
        }),
        { numRuns: 40 },
      );
    });
  });
};
