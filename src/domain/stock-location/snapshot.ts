import type { SkuQuantity } from '../values.ts';
import { initialStockLocation } from './evolve.ts';
import type { LocationProfile, StockLocation } from './stock-location.ts';

/** Raise it when the shape below or the meaning of the fold changes: older snapshots are then ignored. */
export const STOCK_LOCATION_SNAPSHOT = 'stockLocation.4';

/** Entries in one part: some hundred kilobytes of text at most. */
const ENTRIES_PER_PART = 1_000;

/** A part of a location as plain JSON; all of them together are the whole. */
type StockLocationPart = {
  readonly status?: StockLocation['status'];
  readonly profile?: LocationProfile | null;
  readonly stock?: readonly (readonly [sku: string, onHand: number, reserved: number, safetyStock: number])[];
  readonly reservations?: readonly (readonly [fulfilmentId: string, lines: readonly SkuQuantity[]])[];
  readonly slots?: readonly (readonly [fulfilmentId: string, day: string])[];
  readonly load?: readonly (readonly [day: string, fulfilments: number])[];
  readonly closed?: readonly string[];
  readonly references?: readonly (readonly [key: string, fingerprint: string])[];
};

function* chunks<Entry>(entries: Iterable<Entry>): Generator<readonly Entry[], void> {
  let chunk: Entry[] = [];
  for (const entry of entries) {
    chunk.push(entry);
    if (chunk.length < ENTRIES_PER_PART) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

export function* stockLocationToParts(state: StockLocation): Generator<StockLocationPart, void> {
  const { status, profile, load } = state;
  yield { status, profile, load: [...load] };
  for (const stock of chunks(state.stock))
    yield { stock: stock.map(([sku, { onHand, reserved, safetyStock }]) => [sku, onHand, reserved, safetyStock]) };
  for (const reservations of chunks(state.reservations)) yield { reservations };
  for (const slots of chunks(state.slots)) yield { slots };
  for (const closed of chunks(state.closed)) yield { closed };
  for (const references of chunks(state.references)) yield { references };
}

export const stockLocationFromParts = (parts: Iterable<unknown>): StockLocation => {
  const state = initialStockLocation();
  for (const part of parts as Iterable<StockLocationPart>) {
    if (part.status !== undefined) state.status = part.status;
    if (part.profile !== undefined) state.profile = part.profile;
    for (const [sku, onHand, reserved, safetyStock] of part.stock ?? [])
      state.stock.set(sku, { onHand, reserved, safetyStock });
    for (const [fulfilmentId, lines] of part.reservations ?? []) state.reservations.set(fulfilmentId, lines);
    for (const [fulfilmentId, day] of part.slots ?? []) state.slots.set(fulfilmentId, day);
    for (const [day, fulfilments] of part.load ?? []) state.load.set(day, fulfilments);
    for (const fulfilmentId of part.closed ?? []) state.closed.add(fulfilmentId);
    for (const [key, fingerprint] of part.references ?? []) state.references.set(key, fingerprint);
  }
  return state;
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
