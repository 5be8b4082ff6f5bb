import type { DomainEvent } from '../../domain/event.ts';
import type { Quantity } from '../../domain/values.ts';

/** Stock as it really was, and how much of it the simulated orders really took: a lane gives that back to itself. */
export type RealStock = {
  /** `isSimulated`: the order belongs to the period. */
  readonly apply: (event: DomainEvent, isSimulated: (orderId: string) => boolean) => void;
  /** Units that could really be promised; below 0 where safety stock exceeds what is there. */
  readonly available: (locationId: string, sku: string) => number;
  /** The same if no order of the period existed. */
  readonly withoutSimulated: (locationId: string, sku: string) => number;
};

type Held = { onHand: Quantity; reserved: Quantity; safetyStock: Quantity; taken: Quantity };

export const createRealStock = (): RealStock => {
  /** By SKU, then by location: what one order asks is many locations about few SKUs. */
  const stocks = new Map<string, Map<string, Held>>();

  const stockOf = (locationId: string, sku: string): Held => {
    const known = stocks.get(sku)?.get(locationId);
    if (known !== undefined) return known;
    const held = { onHand: 0, reserved: 0, safetyStock: 0, taken: 0 };
    stocks.set(sku, (stocks.get(sku) ?? new Map<string, Held>()).set(locationId, held));
    return held;
  };

  return {
    apply: (event, isSimulated) => {
      switch (event.type) {
        case 'SafetyStockSet':
          stockOf(event.data.locationId, event.data.sku).safetyStock = event.data.quantity;
          return;
        case 'StockReceived':
        case 'StockAdjusted':
        case 'StockCounted':
          for (const { sku, onHand, reserved } of event.data.lines)
            Object.assign(stockOf(event.data.locationId, sku), { onHand, reserved });
          return;
        case 'StockReserved':
        case 'ReservationReleased':
        case 'StockIssued':
        case 'ItemShortPicked':
          for (const { sku, onHand, reserved, quantity } of event.data.lines) {
            const held = stockOf(event.data.locationId, sku);
            Object.assign(held, { onHand, reserved });
            if (!isSimulated(event.data.orderId)) continue;
            // An issue leaves what is available as it was; what was not found is lost in every world.
            if (event.type === 'StockReserved') held.taken += quantity;
            if (event.type === 'ReservationReleased' || event.type === 'ItemShortPicked') held.taken -= quantity;
          }
          return;
        default:
          return;
      }
    },
    available: (locationId, sku) => {
      const held = stocks.get(sku)?.get(locationId);
      return held === undefined ? 0 : held.onHand - held.reserved - held.safetyStock;
    },
    withoutSimulated: (locationId, sku) => {
      const held = stocks.get(sku)?.get(locationId);
      return held === undefined ? 0 : held.onHand - held.reserved - held.safetyStock + held.taken;
    },
  };
};
