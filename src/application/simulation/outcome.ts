import type { LineUnits } from '../../domain/order/order.ts';
import type { MinorUnits, Quantity } from '../../domain/values.ts';

/** What one location ships of an order. */
export type Part = {
  readonly locationId: string;
  readonly lines: readonly LineUnits[];
  readonly cost: MinorUnits;
  readonly kilometres: number;
  readonly dispatchDay: string | null;
  readonly deliveryDay: string | null;
};

/** How an order fares in one world: the one that was, or one under another policy. */
export type Outcome = {
  readonly orderId: string;
  readonly placedAt: string;
  readonly deliverBy: string | null;
  readonly lines: readonly LineUnits[];
  readonly parts: readonly Part[];
  /** Units that wait for stock, or for people. */
  readonly waiting: readonly LineUnits[];
  /** True once anything of it had to wait. */
  readonly waited: boolean;
  readonly parked: boolean;
  /** Units cancelled because a rule says so, not the customer. */
  readonly givenUp: Quantity;
};

export const unitsOf = (lines: readonly { readonly quantity: Quantity }[]): Quantity =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);

/** `lines` less `gone`, line by line; what is not there is not taken. */
export const less = (lines: readonly LineUnits[], gone: readonly LineUnits[]): LineUnits[] => {
  const left = new Map<string, Quantity>();
  for (const { lineId, quantity } of gone) left.set(lineId, (left.get(lineId) ?? 0) + quantity);
  return lines.flatMap((line) => {
    const taken = Math.min(line.quantity, left.get(line.lineId) ?? 0);
    left.set(line.lineId, (left.get(line.lineId) ?? 0) - taken);
    return taken === line.quantity ? [] : [{ ...line, quantity: line.quantity - taken }];
  });
};

/** The part of `gone` that is in `lines`. */
export const common = (lines: readonly LineUnits[], gone: readonly LineUnits[]): LineUnits[] => {
  const rest = less(lines, gone);
  return less(lines, rest);
};

/** Takes units that the customer cancelled out of an outcome: those that wait first, then from the last part on. */
export const withoutCancelled = (outcome: Outcome, cancelled: readonly LineUnits[]): Outcome => {
  let gone = less(cancelled, outcome.waiting);
  const parts = outcome.parts.toReversed().flatMap((part): Part[] => {
    const lines = less(part.lines, gone);
    gone = less(gone, part.lines);
    return lines.length === 0 ? [] : [{ ...part, lines }];
  });
  return {
    ...outcome,
    lines: less(outcome.lines, cancelled),
    waiting: less(outcome.waiting, cancelled),
    parts: parts.toReversed(),
  };
};
