import { DomainError } from '../error.ts';
import type { Quantity, SkuQuantity } from '../values.ts';
import { runningBalances } from './balances.ts';
import { movementDigest } from './evolve.ts';
import { saidBy } from './references.ts';
import type { StockLocation, StockLocationEvent } from './stock-location.ts';

export type Movement<Line> = {
  readonly locationId: string;
  readonly reference: string;
  readonly lines: readonly Line[];
};

export const receive = (data: Movement<SkuQuantity>, state: StockLocation): readonly StockLocationEvent[] => {
  const figures = data.lines.map(({ sku, quantity }) => [sku, quantity] as const);
  if (isRepeated(`receipt:${data.reference}`, figures, state)) return [];
  const balances = runningBalances(state);
  const lines = data.lines.map(({ sku, quantity }) => ({ sku, quantity, ...balances.move(sku, quantity, 0) }));
  return [{ type: 'StockReceived', data: { ...data, lines } }];
};

export const adjust = (
  data: Movement<{ sku: string; delta: number }> & { reason: string },
  state: StockLocation,
): readonly StockLocationEvent[] => {
  const figures = data.lines.map(({ sku, delta }) => [sku, delta] as const);
  if (isRepeated(`adjustment:${data.reference}`, figures, state)) return [];
  const balances = runningBalances(state);
  const lines = data.lines.map(({ sku, delta }) => ({ sku, delta, ...balances.move(sku, delta, 0) }));
  return [{ type: 'StockAdjusted', data: { ...data, lines } }];
};

export const count = (
  data: Movement<{ sku: string; counted: Quantity }>,
  state: StockLocation,
): readonly StockLocationEvent[] => {
  const figures = data.lines.map(({ sku, counted }) => [sku, counted] as const);
  if (isRepeated(`count:${data.reference}`, figures, state)) return [];
  const balances = runningBalances(state);
  const lines = data.lines.map(({ sku, counted }) => {
    const delta = counted - balances.of(sku).onHand;
    return { sku, counted, delta, ...balances.move(sku, delta, 0) };
  });
  return [{ type: 'StockCounted', data: { ...data, lines } }];
};

/** `key` as in `StockLocation.references`: one reference counts once, and only once with the same figures. */
const isRepeated = (
  key: string,
  figures: readonly (readonly [sku: string, figure: number])[],
  { references }: StockLocation,
): boolean => {
  const seen = saidBy(references, key);
  if (seen === undefined) return false;
  if (seen === movementDigest(figures)) return true;
  throw new DomainError('reference-reused', `The ${key.replace(':', ' ')} was recorded before with other lines.`, {
    reference: key.slice(key.indexOf(':') + 1),
  });
};
