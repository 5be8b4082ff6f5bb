import { groupsOf } from '../groups.ts';
import type { SkuQuantity } from '../values.ts';
import { initialStockLocation } from './evolve.ts';
import {
  copyReferences,
  keepAll,
  type ReferencesPart,
  referenceCount,
  referencesToParts,
  restoreReferences,
} from './references.ts';
import type { LocationProfile, StockLocation } from './stock-location.ts';

/** Raise it when the shape below or the meaning of the fold changes: older snapshots are then ignored. */
export const STOCK_LOCATION_SNAPSHOT = 'stockLocation.5';

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
  readonly references?: ReferencesPart;
  /** Of all references, in whatever parts. */
  readonly keptCount?: number;
};

const chunks = <Entry>(entries: Iterable<Entry>): Iterable<readonly Entry[]> =>
  groupsOf(entries, () => 1, ENTRIES_PER_PART);

/** The entries as they are now, to be asked for later: two lists take a tenth of the time that all pairs would. */
const entriesOf = <Value>(map: ReadonlyMap<string, Value>): Iterable<readonly [string, Value]> => {
  const keys = [...map.keys()];
  const values = [...map.values()];
  return keys.values().map((key, at) => [key, values[at] as Value] as const);
};

/** Takes hold of the whole state at once, which is quick; its parts may be asked for later, one by one. */
export const stockLocationToParts = (state: StockLocation): Generator<StockLocationPart, void> => {
  const { status, profile } = state;
  // Of all that is in the maps, the fold changes these in place.
  const stock = Array.from(
    state.stock,
    ([sku, { onHand, reserved, safetyStock }]) => [sku, onHand, reserved, safetyStock] as const,
  );
  const reservations = entriesOf(state.reservations);
  const slots = entriesOf(state.slots);
  const load = [...state.load];
  const closed = [...state.closed];
  const references = keepAll(state.references);
  const { keptCount } = state.references;
  return (function* () {
    yield { status, profile, load, keptCount };
    for (const some of chunks(stock)) yield { stock: some };
    for (const some of chunks(reservations)) yield { reservations: some };
    for (const some of chunks(slots)) yield { slots: some };
    for (const some of chunks(closed)) yield { closed: some };
    for (const some of referencesToParts(references)) yield { references: some };
  })();
};

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
    if (part.keptCount !== undefined) state.references.keptCount = part.keptCount;
    if (part.references !== undefined) restoreReferences(state.references, part.references);
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
  references: copyReferences(state.references),
});

/** What a snapshot writes, in entries; a reference, which is text already, is half of one. */
export const stockLocationSize = ({ stock, reservations, slots, closed, references }: StockLocation): number =>
  stock.size + reservations.size + slots.size + closed.size + referenceCount(references) / 2;
