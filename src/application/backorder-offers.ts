import type { Position } from '../domain/values.ts';
import type { ReadModels } from '../projections/read-models.ts';
import type { Query } from '../projections/read-store.ts';
import type { AvailabilityIndex } from './availability.ts';
import type { CapacityWatch } from './capacity-watch.ts';
import type { Freed } from './due-work.ts';
import type { StepContext } from './fulfilment-process.ts';
import { createWaitingLine, type WaitingLine } from './waiting-line.ts';

/** Offers what came free to the orders that wait for it. */
export type BackorderOffers = {
  /** Reads on about who waited before the start; false: there may be more of them. */
  readonly readOn: () => Promise<boolean>;
  /** Somebody waits for these SKUs from now on. */
  readonly waitsFor: (skus: readonly string[]) => void;
  readonly offer: (freed: readonly Freed[]) => void;
  /** The locations may do more in their day. */
  readonly offerPlacesAt: (locationIds: readonly string[], cause: StepContext) => void;
  /** Asks some of those who wait, known up to this position; false: nobody is left to ask. */
  readonly turn: (upTo: Position | null) => Promise<boolean>;
};

export type BackorderOffersDependencies = {
  readonly readModels: Pick<ReadModels, 'find' | 'reached'>;
  readonly availability: Pick<AvailabilityIndex, 'holdersOf'>;
  readonly capacity: Pick<CapacityWatch, 'hasRoom'>;
  /** Who waits since before that is known from the read model alone. */
  readonly startsAfter: Position | null;
  /** Of what is offered because it was free already. */
  readonly startedBy: StepContext;
  readonly ask: (orderId: string, cause: StepContext) => Promise<void>;
};

/** Orders that are asked before others have their turn: what the log brings, above all. */
const ASKED_IN_A_TURN = 200;
/** So that the many who wait for one SKU hold up nobody who waits for another. */
const ASKED_OF_A_LINE = 50;
const READ_AT_ONCE = 200;
const READ_MODEL_WAIT_MS = 2_000;

/**
 * Units of a SKU go to those who wait for that SKU: a line for each, and the lines take turns. What a location may do more
 * goes to whoever waits for anything that it holds: these stand in one line, and are asked as long as it has room.
 *
 * Nothing of it is stored. At the start, whatever somebody waits for counts as having come free.
 */
export const createBackorderOffers = (dependencies: BackorderOffersDependencies): BackorderOffers => {
  const { readModels, availability, capacity, startsAfter, startedBy, ask } = dependencies;
  const { holdersOf } = availability;
  const lines = new Map<string, WaitingLine>();
  /** SKUs that somebody may wait for: one too many costs a look, one too few would leave somebody waiting. */
  const awaited = new Set<string>();
  let readUpTo: Query['after'];
  /** By SKU, where there was room for more of it. */
  const places = new Map<string, Set<string>>();

  const onNobody = (sku: string): void => void awaited.delete(sku);
  const lineFor = (isThere: (sku: string) => boolean) => createWaitingLine({ readModels, isThere, ask, onNobody });

  const isHeld = (sku: string): boolean => holdersOf(sku).length > 0;
  const hasPlace = (sku: string): boolean =>
    holdersOf(sku).some((locationId) => places.get(sku)?.has(locationId) === true && capacity.hasRoom(locationId));
  const forPlaces = lineFor(hasPlace);
  const fromTheStart = lineFor(isHeld);

  const offerOne = (sku: string, cause: StepContext): void => {
    // Who is not known yet is offered what there is once he is read about.
    if (!awaited.has(sku)) return;
    const line = lines.get(sku) ?? lineFor(isHeld);
    lines.set(sku, line);
    line.note(sku, cause);
  };

  const heldAt = (locationIds: ReadonlySet<string>): (readonly [sku: string, at: readonly string[]])[] =>
    [...awaited].flatMap((sku) => {
      const at = holdersOf(sku).filter((locationId) => locationIds.has(locationId));
      return at.length === 0 ? [] : [[sku, at] as const];
    });

  const offerPlacesAt: BackorderOffers['offerPlacesAt'] = (locationIds, cause) => {
    if (locationIds.length === 0) return;
    for (const [sku, at] of heldAt(new Set(locationIds))) {
      places.set(sku, new Set([...(places.get(sku) ?? []), ...at]));
      forPlaces.note(sku, cause);
    }
  };

  /** A location that has no room may still be asked by rules that do not go by it. */
  const offerStockOf = (locationId: string, cause: StepContext): void => {
    if (capacity.hasRoom(locationId)) offerPlacesAt([locationId], cause);
    else for (const [sku] of heldAt(new Set([locationId]))) offerOne(sku, cause);
  };

  const readOn = async (): Promise<boolean> => {
    const isThere = startsAfter === null || (await readModels.reached('backorders', startsAfter, READ_MODEL_WAIT_MS));
    if (!isThere) return false;
    const query = { orderBy: 'since', limit: READ_AT_ONCE, ...(readUpTo === undefined ? {} : { after: readUpTo }) };
    const { items } = await readModels.find('backorders', query);
    for (const { body } of items) {
      awaited.add(String(body.sku));
      fromTheStart.note(String(body.sku), startedBy);
    }
    const last = items.at(-1);
    if (last !== undefined) readUpTo = { id: last.id, value: String(last.body.since) };
    return last === undefined;
  };

  const turn: BackorderOffers['turn'] = async (upTo) => {
    let reached: Promise<boolean> | undefined;
    // While the read model is behind, somebody may be missing there.
    const isComplete = (): Promise<boolean> => {
      reached ??= upTo === null ? Promise.resolve(true) : readModels.reached('backorders', upTo, READ_MODEL_WAIT_MS);
      return reached;
    };
    let left = ASKED_IN_A_TURN;
    for (const line of [forPlaces, fromTheStart]) left -= await line.serve(ASKED_OF_A_LINE, isComplete);
    if (!forPlaces.isOpen()) places.clear();
    for (const [sku, line] of [...lines]) {
      if (left <= 0) break;
      left -= await line.serve(Math.min(left, ASKED_OF_A_LINE), isComplete);
      // To the end of the lines, if anybody is left in it.
      lines.delete(sku);
      if (line.isOpen()) lines.set(sku, line);
    }
    return lines.size > 0 || forPlaces.isOpen() || fromTheStart.isOpen();
  };

  return {
    readOn,
    waitsFor: (skus) => {
      for (const sku of skus) awaited.add(sku);
    },
    offer: (freed) => {
      for (const one of freed) {
        if ('skus' in one) for (const sku of one.skus) offerOne(sku, one.cause);
        if ('stockOf' in one) offerStockOf(one.stockOf, one.cause);
      }
      const places = freed.flatMap((one) => ('placeAt' in one ? [one] : []));
      const at = places.map(({ placeAt }) => placeAt);
      // All at once: it takes a look at everything that is waited for.
      for (const { cause } of places.slice(-1)) offerPlacesAt(at, cause);
    },
    offerPlacesAt,
    turn,
  };
};
