import { skuPattern } from '../domain/values.ts';
import type { OrderRequest } from './order-request.ts';

export type PlaceOrderBody = OrderRequest;

export type OrderBodyLine = OrderRequest['lines'][number];

/** What an order's rows say in common, once they are read. */
export type OrderHeader = Pick<PlaceOrderBody, 'placedAt' | 'customer' | 'destination'>;

export type RefusalReason =
  | 'cancellation'
  | 'columns-missing'
  | 'coordinates-unreadable'
  | 'country-unknown'
  | 'date-unreadable'
  | 'line-repeated'
  | 'method-unknown'
  | 'not-a-product'
  | 'not-a-sale'
  | 'order-incomplete'
  | 'order-number-missing'
  | 'order-too-large'
  | 'price-unreadable'
  | 'quantity-unreadable'
  | 'rows-disagree'
  | 'sku-missing'
  | 'sku-unreadable';

export type Refusal = {
  readonly reason: RefusalReason;
  readonly message: string;
  /** The order is whole without this row (a bank charge is no goods); otherwise the row takes its order with it. */
  readonly orderStands?: true;
};

export type Cells = Readonly<Record<string, string>>;

/** A kind of CSV that we read: which columns it has and what a row means. Column names are in lower case. */
export type RowShape = {
  readonly name: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly orderNumberColumn: string;
  /** Columns that every row of an order must agree on; a blank cell means "as in the order's first row". */
  readonly headerColumns: readonly string[];
  readonly line: (cells: Cells) => OrderBodyLine | Refusal;
  readonly header: (cells: Cells, orderNumber: string) => OrderHeader | Refusal;
};

export const isRefusal = (read: object): read is Refusal => 'reason' in read;

export const refuse = (reason: RefusalReason, message: string): Refusal => ({ reason, message });

export const skip = (reason: RefusalReason, message: string): Refusal => ({ reason, message, orderStands: true });

/** Quotes text of the file in a message, at a length that fits one line. */
export const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** A whole number that a double holds exactly, or `null`. */
export const wholeNumber = (text: string): number | null => {
  if (!/^-?\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
};

/** Pounds, euros … as written ("2.55") in minor units (255), by moving the point in the text: no float drift. */
export const minorUnits = (text: string): number | null => {
  const [, sign, whole, fraction = ''] = /^(-?)(\d{1,14})(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined || !/^\d{0,2}0*$/.test(fraction)) return null;
  const value = wholeNumber(whole + fraction.slice(0, 2).padEnd(2, '0'));
  return value === null || (sign === '-' && value !== 0) ? null : value;
};

/** A quantity that can be ordered, or why not. */
export const orderedQuantity = (text: string): number | Refusal => {
  const quantity = wholeNumber(text);
  if (quantity !== null && quantity > 0) return quantity;
  return refuse('quantity-unreadable', `quantity ${quoted(text)} is not a whole number of 1 or more`);
};

/** A SKU as the service accepts it, or why not. */
export const acceptedSku = (text: string): string | Refusal => {
  if (text === '') return refuse('sku-missing', 'the row names no article');
  if (skuPattern.test(text)) return text;
  return refuse('sku-unreadable', `article ${quoted(text)} is not 1 to 64 letters, digits, or . _ / + - between them`);
};
