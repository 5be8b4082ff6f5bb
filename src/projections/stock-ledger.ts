import type { DomainEvent } from '../domain/event.ts';
import type { StockBalance } from '../domain/stock-location/stock-location.ts';
import type { Instant, Position, Quantity } from '../domain/values.ts';
import type { Projection } from './projection.ts';

/** One line of one stock movement, with the balances it left behind. */
export type LedgerDocument = {
  readonly locationId: string;
  readonly sku: string;
  readonly at: Instant;
  readonly movement: DomainEvent['type'];
  readonly onHandDelta: number;
  readonly reservedDelta: number;
  readonly onHand: Quantity;
  readonly reserved: Quantity;
  readonly reference: string | null;
  readonly reason: string | null;
  readonly fulfilmentId: string | null;
  readonly orderId: string | null;
  readonly actor: string;
  readonly position: Position;
};

type Line = StockBalance & { readonly onHandDelta: number; readonly reservedDelta: number };

type Movement = {
  readonly locationId: string;
  readonly lines: readonly Line[];
  readonly reference?: string;
  readonly reason?: string;
  readonly fulfilmentId?: string;
  readonly orderId?: string;
};

type Moved = StockBalance & { readonly quantity: Quantity };

const moved = (lines: readonly Moved[], onHandSign: -1 | 0 | 1, reservedSign: -1 | 0 | 1): readonly Line[] =>
  lines.map((line) => ({
    ...line,
    // Adding zero turns the -0 of `0 * -1` into 0.
    onHandDelta: onHandSign * line.quantity + 0,
    reservedDelta: reservedSign * line.quantity + 0,
  }));

const movementOf = (event: DomainEvent): Movement | null => {
  switch (event.type) {
    case 'StockReceived':
      return { ...event.data, lines: moved(event.data.lines, 1, 0) };
    case 'StockAdjusted':
    case 'StockCounted':
      return {
        ...event.data,
        lines: event.data.lines.map((line) => ({ ...line, onHandDelta: line.delta, reservedDelta: 0 })),
      };
    case 'StockReserved':
      return { ...event.data, lines: moved(event.data.lines, 0, 1) };
    case 'ReservationReleased':
      return { ...event.data, lines: moved(event.data.lines, 0, -1) };
    case 'StockIssued':
    case 'ItemShortPicked':
      return { ...event.data, lines: moved(event.data.lines, -1, -1) };
    default:
      return null;
  }
};

export const stockLedger: Projection<LedgerDocument> = {
  name: 'stock-ledger',
  version: 1,
  streamPrefixes: ['stockLocation-'],
  indexes: [
    ['locationId', 'sku', 'position'],
    ['locationId', 'position'],
    ['sku', 'position'],
  ],
  writeOnce: true,
  ids: (event) => {
    const movement = movementOf(event);
    if (movement === null) return [];
    return movement.lines.map(({ sku }, index) => `${event.position}/${movement.locationId}/${sku}/${index}`);
  },
  evolve: (document, event, id) => {
    const movement = movementOf(event);
    const line = movement?.lines[Number(id.slice(id.lastIndexOf('/') + 1))];
    if (movement === null || line === undefined) return document;
    return {
      locationId: movement.locationId,
      sku: line.sku,
      at: event.metadata.recordedAt,
      movement: event.type,
      onHandDelta: line.onHandDelta,
      reservedDelta: line.reservedDelta,
      onHand: line.onHand,
      reserved: line.reserved,
      reference: movement.reference ?? null,
      reason: movement.reason ?? null,
      fulfilmentId: movement.fulfilmentId ?? null,
      orderId: movement.orderId ?? null,
      actor: event.metadata.actor,
      position: event.position,
    };
  },
};
