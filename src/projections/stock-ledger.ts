import type { ProjectedEvent } from '../domain/event.ts';
import type { StockBalance } from '../domain/stock-location/stock-location.ts';
import type { Instant, Position, Quantity } from '../domain/values.ts';
import type { Projection } from './projection.ts';
import { stockMovementOf } from './stock-movement.ts';

/** One line of one stock movement, with the balances it left behind. */
export type LedgerDocument = {
  readonly locationId: string;
  readonly sku: string;
  readonly at: Instant;
  readonly movement: ProjectedEvent['type'];
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

type Line = StockBalance & { readonly quantity?: Quantity; readonly delta?: number };

type Movement = {
  readonly locationId: string;
  readonly lines: readonly Line[];
  readonly reference?: string;
  readonly reason?: string;
  readonly fulfilmentId?: string;
  readonly orderId?: string;
};

type Sign = -1 | 0 | 1;

/** Which way a line's quantity goes, on hand and reserved. Adjustments and counts carry their own sign. */
const signs: Readonly<Partial<Record<ProjectedEvent['type'], readonly [onHand: Sign, reserved: Sign]>>> = {
  StockReceived: [1, 0],
  StockAdjusted: [1, 0],
  StockCounted: [1, 0],
  StockReserved: [0, 1],
  ReservationReleased: [0, -1],
  StockIssued: [-1, -1],
  ItemShortPicked: [-1, -1],
};

const movementOf = (event: ProjectedEvent): Movement | null => stockMovementOf(event);

/** Adding zero turns the -0 of `0 * -1` into 0. */
const times = (sign: Sign, units: number): number => sign * units + 0;

export const stockLedger: Projection<LedgerDocument> = {
  name: 'stock-ledger',
  version: 1,
  streamPrefixes: ['stockLocation-'],
  // Ids begin with the position, and every index ends with the id: each lists its movements in the order of the log.
  indexes: [['locationId', 'sku'], ['locationId']],
  writeOnce: true,
  ids: (event) => {
    const movement = movementOf(event);
    if (movement === null) return [];
    return movement.lines.map(({ sku }, index) => `${event.position}/${movement.locationId}/${sku}/${index}`);
  },
  evolve: (document, event, id) => {
    const movement = movementOf(event);
    const line = movement?.lines[Number(id.slice(id.lastIndexOf('/') + 1))];
    const [onHand, reserved] = signs[event.type] ?? [0, 0];
    if (movement === null || line === undefined) return document;
    const units = line.delta ?? line.quantity ?? 0;
    return {
      locationId: movement.locationId,
      sku: line.sku,
      at: event.metadata.recordedAt,
      movement: event.type,
      onHandDelta: times(onHand, units),
      reservedDelta: times(reserved, units),
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
