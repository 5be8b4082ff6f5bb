import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Loaded } from '../../src/application/execute.ts';
import { type StockLocationCommand, stockLocationDecider } from '../../src/domain/stock-location/decide.ts';
import { stockLocationToParts } from '../../src/domain/stock-location/snapshot.ts';
import type { StockLocation, StockLocationEvent } from '../../src/domain/stock-location/stock-location.ts';
import { createCodec } from '../../src/event-store/codec.ts';
import { type RecordedEvent, StoreUnavailable } from '../../src/event-store/event-store.ts';
import { chainHash, genesisHash } from '../../src/event-store/hash-chain.ts';
import { collect } from '../contracts/event-store-examples.ts';
import {
  adjust,
  define,
  issue,
  onReservation,
  receive,
  resume,
  safetyStock,
  suspend,
} from '../support/location-histories.ts';
import { createMemoryEventStore } from '../support/memory-event-store.ts';
import { fold } from '../support/spec.ts';
import { type Fault, watchEventStore } from '../support/watched-event-store.ts';
import { context, executorOfLocations } from './executing.ts';

const stream = 'stockLocation-leeds';
const few = fc.integer({ min: 1, max: 4 });

const anyCommand: fc.Arbitrary<StockLocationCommand> = fc.oneof(
  fc.constantFrom(define, suspend, resume, resume, issue),
  few.map(safetyStock),
  fc
    .tuple(fc.constantFrom('r1', 'r2', 'r3', 'r4'), few)
    .map(([reference, units]) => receive(reference, ['teapot', units])),
  few.map((units) => adjust(`a${units}`, ['teapot', -units])),
  fc
    .tuple(fc.constantFrom('ReserveStock', 'ReleaseReservation', 'RecordShortPick'), few)
    .map(([type, units]) => onReservation(type, ['teapot', units])),
);

type Deed =
  | { readonly kind: 'tell'; readonly process: number; readonly command: StockLocationCommand }
  | { readonly kind: 'load'; readonly process: number }
  | { readonly kind: 'pause'; readonly turns: number };

const process = fc.nat(1);
const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('tell'), process, command: anyCommand }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('load'), process }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause'), turns: few }) },
);

/** What a caller was told, and how long the log was when it asked and when it was answered. */
type Told = {
  readonly deed: Exclude<Deed, { kind: 'pause' }>;
  readonly commandId: string;
  readonly from: number;
  readonly to: number;
  readonly answer:
    | { readonly version: number; readonly state: unknown; readonly events: number }
    | { readonly refusal: unknown };
};

const decode = (recorded: readonly RecordedEvent[]): readonly StockLocationEvent[] =>
  recorded.map((one) => {
    const decoded = createCodec({ newId: () => '' }).decode(one);
    if (!decoded.ok) throw new Error(decoded.reason);
    return decoded.event as StockLocationEvent;
  });

const stateAfter = (history: readonly StockLocationEvent[], version: number) =>
  fold(stockLocationDecider, history.slice(0, version));

const decided = (command: StockLocationCommand, history: readonly StockLocationEvent[], version: number): unknown => {
  try {
    return stockLocationDecider.decide(command, stateAfter(history, version));
  } catch (error) {
    return error;
  }
};

/** Two processes at work on one stock location through caches of their own, over a log that fails as told. */
const race = async (deeds: readonly Deed[], faults: readonly Fault[]) => {
  const store = watchEventStore(createMemoryEventStore());
  const executors = [executorOfLocations(store), executorOfLocations(store)];
  const length = async () => (await collect(store.readAll())).length;
  const perform = async (deed: Told['deed']): Promise<Told> => {
    const from = await length();
    const asked = context();
    const executor = executors[deed.process] ?? expect.fail();
    // A state is read in the turn in which it arrives: afterwards it goes on changing.
    const seen = ({ version, state }: Loaded<StockLocation>) => ({ version, state: [...stockLocationToParts(state)] });
    const refused = (refusal: unknown) => ({ refusal });
    const answer =
      deed.kind === 'load'
        ? await executor.load(stream).then((loaded) => ({ ...seen(loaded), events: 0 }), refused)
        : await executor
            .execute(stream, deed.command, asked)
            .then((executed) => ({ ...seen(executed), events: executed.events.length }), refused);
    // Whoever has just been answered may ask again at once.
    if (deed.kind === 'load') void executor.load(stream);
    return { deed, commandId: asked.commandId, from, to: await length(), answer };
  };
  store.fail(...faults);
  const underWay: Promise<Told>[] = [];
  for (const deed of deeds) {
    if (deed.kind === 'pause') for (let turn = 0; turn < deed.turns; turn++) await nextTurn();
    else underWay.push(perform(deed));
  }
  return { told: await Promise.all(underWay), recorded: await collect(store.readAll()) };
};

const isAway = ({ answer }: Told): boolean => 'refusal' in answer && answer.refusal instanceof StoreUnavailable;

/** The answer agrees with what the log held at its own place, or at some moment between the question and the answer. */
const check = ({ deed, commandId, from, to, answer }: Told, recorded: readonly RecordedEvent[]): void => {
  const history = decode(recorded);
  if ('state' in answer) expect(answer.state).toEqual([...stockLocationToParts(stateAfter(history, answer.version))]);
  if (deed.kind === 'load') return;
  const own = recorded.filter(({ metadata }) => JSON.parse(metadata).commandId === commandId);
  const before = (own[0]?.version ?? 0) - 1;
  if ('events' in answer && answer.events > 0) {
    expect(own.map(({ type, data }) => ({ type, data: JSON.parse(data) }))).toEqual(
      decided(deed.command, history, before),
    );
    return;
  }
  expect(own).toEqual([]);
  const possible = Array.from({ length: to - from + 1 }, (_, index) => decided(deed.command, history, from + index));
  expect(possible).toContainEqual('refusal' in answer ? answer.refusal : []);
};

describe('two processes that run commands on one log', () => {
  it('make a history in which each command was decided on all that came before it, and chained to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyDeed, { minLength: 5, maxLength: 30 }),
        fc.array(fc.constant<Fault>('refused'), { maxLength: 2 }),
        async (deeds, faults) => {
          const { told, recorded } = await race([{ kind: 'tell', process: 0, command: define }, ...deeds], faults);
          let hash = genesisHash;
          for (const event of recorded) {
            hash = chainHash(hash, event);
            expect(event.hash).toBe(hash);
          }
          for (const one of told) if (!isAway(one)) check(one, recorded);
        },
      ),
      { numRuns: 150 },
    );
  });
});
