import type { SkuQuantity } from '../values.ts';
import type { LocationProfile, StockLocation } from './stock-location.ts';

/** Raise it when the shape below or the meaning of the fold changes: older snapshots are then ignored. */
export const STOCK_LOCATION_SNAPSHOT = 'stockLocation.3';

type StockLocationJson = {
  readonly status: StockLocation['status'];
  readonly profile: LocationProfile | null;
  readonly stock: readonly (readonly [sku: string, onHand: number, reserved: number, safetyStock: number])[];
  readonly reservations: readonly (readonly [fulfilmentId: string, lines: readonly SkuQuantity[]])[];
  readonly slots: readonly (readonly [fulfilmentId: string, day: string])[];
  readonly load: readonly (readonly [day: string, fulfilments: number])[];
  readonly closed: readonly string[];
  readonly references: readonly (readonly [key: string, fingerprint: string])[];
};

export const stockLocationToJson = (state: StockLocation): StockLocationJson => ({
  status: state.status,
  profile: state.profile,
  stock: [...state.stock].map(([sku, { onHand, reserved, safetyStock }]) => [sku, onHand, reserved, safetyStock]),
  reservations: [...state.reservations],
  slots: [...state.slots],
  load: [...state.load],
  closed: [...state.closed],
  references: [...state.references],
});

export const stockLocationFromJson = (json: unknown): StockLocation => {
  const { status, profile, stock, reservations, slots, load, closed, references } = json as StockLocationJson;
  return {
    status,
    profile,
    stock: new Map(stock.map(([sku, onHand, reserved, safetyStock]) => [sku, { onHand, reserved, safetyStock }])),
    reservations: new Map(reservations),
    slots: new Map(slots),
    load: new Map(load),
    closed: new Set(closed),
    references: new Map(references),
  };
};

/** One that goes its own way. What the fold never changes in place is shared. */
export const copyStockLocation = (state: StockLocation): StockLocation => ({
  ...state,
  stock: new Map([...state.stock].map(([sku, stock]) => [sku, { ...stock }])),
  reservations: new Map(state.reservations),
  slots: new Map(state.slots),
  load: new Map(state.load),
  closed: new Set(state.closed),
  references: new Map(state.references),
});

export const stockLocationSize = ({ stock, reservations, slots, closed, references }: StockLocation): number =>
  stock.size + reservations.size + slots.size + closed.size + references.size;
