import type { ProjectedEvent } from '../domain/event.ts';

/** What an event says of a location's stock, with the balances it left; null: it moved none. */
export const stockMovementOf = (event: ProjectedEvent) => {
  switch (event.type) {
    case 'StockReceived':
    case 'StockAdjusted':
    case 'StockCounted':
    case 'StockReserved':
    case 'ReservationReleased':
    case 'StockIssued':
    case 'ItemShortPicked':
      return event.data;
    default:
      return null;
  }
};
