import { type StockLocationCommand, stockLocationDecider } from '../../src/domain/stock-location/decide.ts';
import type { StockLocationEvent } from '../../src/domain/stock-location/stock-location.ts';
import { exampleProfile } from './examples.ts';
import { historyOf } from './spec.ts';

export const locationId = 'leeds';
export const leeds = exampleProfile();
export const define: StockLocationCommand = { type: 'DefineLocation', data: { locationId, profile: leeds } };
export const suspend: StockLocationCommand = { type: 'SuspendLocation', data: { locationId, reason: 'flood' } };
export const resume: StockLocationCommand = { type: 'ResumeLocation', data: { locationId } };

type Units = readonly (readonly [sku: string, figure: number])[];

const lines = (...quantities: Units) => quantities.map(([sku, quantity]) => ({ sku, quantity }));

export const receive = (reference: string, ...units: Units): StockLocationCommand => ({
  type: 'ReceiveStock',
  data: { locationId, reference, lines: lines(...units) },
});
export const adjust = (reference: string, ...deltas: Units): StockLocationCommand => ({
  type: 'AdjustStock',
  data: { locationId, reference, reason: 'damaged', lines: deltas.map(([sku, delta]) => ({ sku, delta })) },
});
export const count = (reference: string, ...figures: Units): StockLocationCommand => ({
  type: 'CountStock',
  data: { locationId, reference, lines: figures.map(([sku, counted]) => ({ sku, counted })) },
});
export const safetyStock = (quantity: number): StockLocationCommand => ({
  type: 'SetSafetyStock',
  data: { locationId, sku: 'teapot', quantity },
});
export const named = { locationId, fulfilmentId: 'f1', orderId: 'o1' };
export const onReservation = (
  type: 'ReserveStock' | 'ReleaseReservation' | 'RecordShortPick',
  ...units: Units
): StockLocationCommand => ({ type, data: { ...named, lines: lines(...units) } });
export const reserve = (...units: Units) => onReservation('ReserveStock', ...units);
export const issue: StockLocationCommand = { type: 'IssueStock', data: named };

/** Ten teapots and four kettles have come; then the commands. */
export const past = (...commands: readonly StockLocationCommand[]): StockLocationEvent[] =>
  historyOf(stockLocationDecider, [define, receive('asn-1', ['teapot', 10], ['kettle', 4]), ...commands]);

export const balance = (sku: string, quantity: number, onHand: number, reserved: number) => ({
  sku,
  quantity,
  onHand,
  reserved,
});
