import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../src/domain/error.ts';
import { type StockLocationCommand, stockLocationDecider } from '../../../src/domain/stock-location/decide.ts';
import type {
  StockBalance,
  StockLocation,
  StockLocationEvent,
} from '../../../src/domain/stock-location/stock-location.ts';
import { exampleProfile } from '../../support/examples.ts';
import { fold } from '../../support/spec.ts';

const locationId = 'leeds';
const { decide, evolve, initialState } = stockLocationDecider;
const define: StockLocationCommand = { type: 'DefineLocation', data: { locationId, profile: exampleProfile() } };

const sku = fc.constantFrom('teapot', 'kettle', 'urn');
const quantity = fc.integer({ min: 1, max: 9 });
const reference = fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5', 'r6');
const units = fc.array(fc.record({ sku, quantity }), { minLength: 1, maxLength: 4 });
const fulfilmentId = fc.constantFrom('f1', 'f2', 'f3', 'f4', 'f5', 'f6');

const movement = <Line>(lines: fc.Arbitrary<Line[]>) =>
  fc.record({ locationId: fc.constant(locationId), reference, lines });
const reservation = fc.record({
  locationId: fc.constant(locationId),
  fulfilmentId,
  orderId: fc.constant('o1'),
  lines: units,
});
const command = <Type extends string, Data>(type: Type, data: fc.Arbitrary<Data>) =>
  data.map((one) => ({ type, data: one }));

const anyCommand: fc.Arbitrary<StockLocationCommand> = fc.oneof(
  command('ReceiveStock', movement(units)),
  command('ReserveStock', reservation),
  command('ReserveStock', reservation),
  command('ReleaseReservation', reservation),
  command('RecordShortPick', reservation),
  command(
    'IssueStock',
    reservation.map(({ lines: _lines, ...named }) => named),
  ),
  command(
    'AdjustStock',
    movement(fc.array(fc.record({ sku, delta: fc.integer({ min: -9, max: 9 }) }), { minLength: 1, maxLength: 3 })).map(
      (data) => ({ ...data, reason: 'found' }),
    ),
  ),
  command('CountStock', movement(fc.array(fc.record({ sku, counted: fc.nat(20) }), { minLength: 1, maxLength: 3 }))),
  command('SetSafetyStock', fc.record({ locationId: fc.constant(locationId), sku, quantity: fc.nat(3) })),
  command('SuspendLocation', fc.constant({ locationId, reason: 'flood' })),
  command('ResumeLocation', fc.constant({ locationId })),
  command('ResumeLocation', fc.constant({ locationId })),
);
const anyCommands = fc.array(anyCommand, { maxLength: 60, size: 'max' });

const outcome = (state: StockLocation, one: StockLocationCommand): readonly StockLocationEvent[] | string => {
  try {
    return decide(one, state);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

/** Folds what the commands cause, looking at the state after every event. */
const play = (
  commands: readonly StockLocationCommand[],
  look: (state: StockLocation, event: StockLocationEvent) => void = () => {},
): { state: StockLocation; log: StockLocationEvent[] } => {
  const state = initialState();
  const log: StockLocationEvent[] = [];
  for (const one of [define, ...commands]) {
    const events = outcome(state, one);
    if (typeof events === 'string') continue;
    for (const event of events) {
      log.push(event);
      evolve(state, event);
      look(state, event);
    }
  }
  return { state, log };
};

const linesOf = (event: StockLocationEvent): readonly StockBalance[] => ('lines' in event.data ? event.data.lines : []);

const onHandChange = (event: StockLocationEvent, of: string): number => {
  const total = (lines: readonly { sku: string; change: number }[]) =>
    lines.reduce((sum, line) => sum + (line.sku === of ? line.change : 0), 0);
  switch (event.type) {
    case 'StockReceived':
      return total(event.data.lines.map((line) => ({ ...line, change: line.quantity })));
    case 'StockAdjusted':
    case 'StockCounted':
      return total(event.data.lines.map((line) => ({ ...line, change: line.delta })));
    case 'StockIssued':
    case 'ItemShortPicked':
      return total(event.data.lines.map((line) => ({ ...line, change: -line.quantity })));
    default:
      return 0;
  }
};

describe('after any commands, a stock location', () => {
  it('has reserved no more than is on hand, and nothing negative, at any moment', () => {
    const check = (state: StockLocation): void => {
      for (const { onHand, reserved } of state.stock.values()) {
        if (!(0 <= reserved && reserved <= onHand)) expect.fail(`${reserved} reserved of ${onHand} on hand`);
      }
    };
    fc.assert(fc.property(anyCommands, (commands) => void play(commands, check)));
  });

  it('has on hand what was received, adjusted and counted, less what was issued and not found', () => {
    fc.assert(
      fc.property(anyCommands, (commands) => {
        const { state, log } = play(commands);
        for (const [of, { onHand }] of state.stock)
          expect(onHand).toBe(log.reduce((sum, event) => sum + onHandChange(event, of), 0));
      }),
    );
  });

  it('has reserved, for each SKU, what its open reservations hold', () => {
    const check = ({ stock, reservations }: StockLocation): void => {
      for (const [of, { reserved }] of stock) {
        const open = [...reservations.values()].flat().filter((line) => line.sku === of);
        expect(reserved).toBe(open.reduce((sum, line) => sum + line.quantity, 0));
      }
    };
    fc.assert(fc.property(anyCommands, (commands) => void play(commands, check)));
  });

  it('is as its events say: the last balance of each SKU', () => {
    fc.assert(
      fc.property(anyCommands, (commands) => {
        const { state, log } = play(commands);
        const balances = new Map(
          log.flatMap(linesOf).map(({ sku: of, onHand, reserved }) => [of, { onHand, reserved }]),
        );
        for (const [of, balance] of balances) expect(state.stock.get(of)).toMatchObject(balance);
      }),
    );
  });

  it('answers a repeated command with nothing new, or with the same refusal', () => {
    fc.assert(
      fc.property(anyCommands, anyCommand, (commands, one) => {
        const { state } = play(commands);
        const first = outcome(state, one);
        if (typeof first !== 'string') first.reduce(evolve, state);
        // A fulfilment's need only shrinks, so no order asks for SKUs other than those it has reserved.
        fc.pre(one.type !== 'ReserveStock' || !state.closed.has(one.data.fulfilmentId));
        expect(outcome(state, one)).toEqual(typeof first === 'string' ? first : []);
      }),
    );
  });

  it('opens no reservation twice and holds nothing for a closed one', () => {
    fc.assert(
      fc.property(anyCommands, (commands) => {
        const { state, log } = play(commands);
        const opened = log.flatMap((event) => (event.type === 'StockReserved' ? [event.data.fulfilmentId] : []));
        expect(new Set(opened).size).toBe(opened.length);
        for (const id of state.closed) expect(state.reservations.has(id)).toBe(false);
      }),
    );
  });

  it('is the same folded at once or in two halves', () => {
    fc.assert(
      fc.property(anyCommands, fc.nat(80), (commands, at) => {
        const { state, log } = play(commands);
        const half = structuredClone(fold(stockLocationDecider, log.slice(0, at)));
        expect(log.slice(at).reduce(evolve, half)).toEqual(state);
      }),
    );
  });
});

describe('two lines of one SKU', () => {
  it('are one demand: reserved together or not at all', () => {
    fc.assert(
      fc.property(fc.array(quantity, { minLength: 2, maxLength: 5 }), fc.nat(30), (quantities, stock) => {
        const { state } = play([
          { type: 'CountStock', data: { locationId, reference: 'c1', lines: [{ sku: 'teapot', counted: stock }] } },
        ]);
        const lines = quantities.map((one) => ({ sku: 'teapot', quantity: one }));
        const answer = outcome(state, {
          type: 'ReserveStock',
          data: { locationId, fulfilmentId: 'f1', orderId: 'o1', lines },
        });
        const wanted = quantities.reduce((sum, one) => sum + one, 0);
        const fits = [{ sku: 'teapot', quantity: wanted, onHand: stock, reserved: wanted }];
        expect(typeof answer === 'string' ? answer : answer.flatMap(linesOf)).toEqual(
          wanted > stock ? 'stock-insufficient' : fits,
        );
      }),
      { numRuns: 10_000 },
    );
  });
});
