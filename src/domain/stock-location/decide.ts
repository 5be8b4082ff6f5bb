import type { Decider } from '../decider.ts';
import { DomainError } from '../error.ts';
import type { Quantity, SkuQuantity } from '../values.ts';
import { evolveStockLocation, initialStockLocation } from './evolve.ts';
import { adjust, count, type Movement, receive } from './movements.ts';
import {
  issue,
  type ReservationLines,
  type ReservationToReduce,
  release,
  reserve,
  type WantedReservation,
  writeOff,
} from './reservations.ts';
import type { LocationProfile, StockLocation, StockLocationEvent } from './stock-location.ts';

export type StockLocationCommand =
  | {
      readonly type: 'DefineLocation';
      readonly data: { readonly locationId: string; readonly profile: LocationProfile };
    }
  | { readonly type: 'SuspendLocation'; readonly data: { readonly locationId: string; readonly reason: string } }
  | { readonly type: 'ResumeLocation'; readonly data: { readonly locationId: string } }
  | {
      readonly type: 'SetSafetyStock';
      readonly data: { readonly locationId: string; readonly sku: string; readonly quantity: Quantity };
    }
  | { readonly type: 'ReceiveStock'; readonly data: Movement<SkuQuantity> }
  | {
      readonly type: 'AdjustStock';
      readonly data: Movement<{ readonly sku: string; readonly delta: number }> & { readonly reason: string };
    }
  | { readonly type: 'CountStock'; readonly data: Movement<{ readonly sku: string; readonly counted: Quantity }> }
  /** Holds these units for a fulfilment, once: a fulfilment only ever needs less, so less is held when asked again. */
  | { readonly type: 'ReserveStock'; readonly data: WantedReservation }
  /** Declarative, so that repeating it is harmless: afterwards the reservation holds `keep` and no more. */
  | { readonly type: 'ReleaseReservation'; readonly data: ReservationToReduce }
  /** As `ReleaseReservation`, but the units that go were not found: they leave on hand, too. */
  | { readonly type: 'RecordShortPick'; readonly data: ReservationLines }
  | {
      readonly type: 'IssueStock';
      readonly data: { readonly locationId: string; readonly fulfilmentId: string; readonly orderId: string };
    };

const decide = (command: StockLocationCommand, state: StockLocation): readonly StockLocationEvent[] => {
  if (command.type === 'DefineLocation') return define(command.data, state);
  if (state.status === 'unregistered') {
    throw new DomainError('location-unknown', `There is no stock location ${command.data.locationId}.`);
  }
  switch (command.type) {
    case 'SuspendLocation':
      return state.status === 'suspended' ? [] : [{ type: 'LocationSuspended', data: command.data }];
    case 'ResumeLocation':
      return state.status === 'active' ? [] : [{ type: 'LocationResumed', data: command.data }];
    case 'SetSafetyStock':
      return (state.stock.get(command.data.sku)?.safetyStock ?? 0) === command.data.quantity
        ? []
        : [{ type: 'SafetyStockSet', data: command.data }];
    case 'ReceiveStock':
      return receive(command.data, state);
    case 'AdjustStock':
      return adjust(command.data, state);
    case 'CountStock':
      return count(command.data, state);
    case 'ReserveStock':
      return reserve(command.data, state);
    case 'ReleaseReservation':
      return release(command.data, state);
    case 'RecordShortPick':
      return writeOff(command.data, state);
    case 'IssueStock':
      return issue(command.data, state);
  }
};

const define = (
  data: { locationId: string; profile: LocationProfile },
  state: StockLocation,
): readonly StockLocationEvent[] => {
  if (state.profile === null) return [{ type: 'LocationRegistered', data }];
  if (JSON.stringify(state.profile) === JSON.stringify(data.profile)) return [];
  return [{ type: 'LocationProfileChanged', data }];
};

export const stockLocationDecider: Decider<StockLocation, StockLocationCommand, StockLocationEvent> = {
  initialState: initialStockLocation,
  evolve: evolveStockLocation,
  decide,
};
