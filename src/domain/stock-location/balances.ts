import { DomainError } from '../error.ts';
import type { Quantity } from '../values.ts';
import type { StockBalance, StockLocation } from './stock-location.ts';

/** Balances as the lines of one command move them, so that two lines of one SKU see each other. */
export const runningBalances = (state: StockLocation) => {
  const moved = new Map<string, { onHand: Quantity; reserved: Quantity }>();
  const of = (sku: string): { onHand: Quantity; reserved: Quantity } =>
    moved.get(sku) ?? state.stock.get(sku) ?? { onHand: 0, reserved: 0 };
  const move = (sku: string, onHandDelta: number, reservedDelta: number): Omit<StockBalance, 'sku'> => {
    const before = of(sku);
    const after = { onHand: before.onHand + onHandDelta, reserved: before.reserved + reservedDelta };
    if (after.onHand < 0) {
      throw new DomainError('stock-below-zero', `There are ${before.onHand} units of ${sku} on hand.`, {
        sku,
        onHand: before.onHand,
      });
    }
    if (after.reserved > after.onHand) {
      throw new DomainError(
        'stock-below-reserved',
        `${after.reserved} units of ${sku} are reserved. Short-pick, reject or cancel their fulfilments first.`,
        { sku, onHand: before.onHand, reserved: before.reserved },
      );
    }
    if (!Number.isSafeInteger(after.onHand)) {
      throw new DomainError('too-many-units', `More than 2^53 units of ${sku} would be on hand.`, { sku });
    }
    moved.set(sku, after);
    return after;
  };
  return { of, move };
};
