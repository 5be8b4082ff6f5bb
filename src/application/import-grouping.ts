import { MOST_LINES } from '../domain/values.ts';
import type { Cells, OrderBodyLine, PlaceOrderBody, Refusal, RefusalReason, RowShape } from './import-rows.ts';
import { isRefusal, quoted, refuse } from './import-rows.ts';

/** Rows are numbered as a spreadsheet does: the header is row 1. */
export type ImportItem =
  | {
      readonly kind: 'order';
      /** First and last row of the order. */
      readonly rows: readonly [from: number, to: number];
      readonly rowCount: number;
      readonly order: PlaceOrderBody;
    }
  | { readonly kind: 'refused'; readonly row: number; readonly reason: RefusalReason; readonly message: string };

type OpenOrder = {
  readonly cells: Cells;
  readonly rows: number[];
  readonly lines: OrderBodyLine[];
  readonly lineIds: Set<string>;
  lastRow: number;
  fault: { readonly row: number; readonly refusal: Refusal } | null;
};

export type GroupingOptions = {
  readonly shape: RowShape;
  readonly channelId: string;
  /** How many rows of other orders may lie between two rows of one order. */
  readonly window: number;
};

const refused = (row: number, { reason, message }: Refusal): ImportItem => ({ kind: 'refused', row, reason, message });

const incomplete = (row: number, faulty: number): ImportItem =>
  refused(
    row,
    refuse('order-incomplete', `row ${faulty} of the same order was refused, and half an order is not placed`),
  );

const disagreement = (shape: RowShape, first: Cells, cells: Cells): Refusal | null => {
  for (const column of shape.headerColumns) {
    const [said, says] = [first[column] ?? '', cells[column] ?? ''];
    if (says !== '' && says !== said)
      return refuse('rows-disagree', `${column} is ${quoted(says)} here and ${quoted(said)} in the order's first row`);
  }
  return null;
};

const readRow = (shape: RowShape, order: OpenOrder, cells: Cells): OrderBodyLine | Refusal => {
  const disagrees = disagreement(shape, order.cells, cells);
  if (disagrees !== null) return disagrees;
  if (order.lines.length === MOST_LINES) return refuse('order-too-large', `an order has ${MOST_LINES} lines at most`);
  const line = shape.line(cells);
  if (isRefusal(line) || line.lineId === undefined || order.fault !== null) return line;
  if (order.lineIds.has(line.lineId))
    return refuse('line-repeated', `the order has a line ${quoted(line.lineId)} already`);
  order.lineIds.add(line.lineId);
  return line;
};

/**
 * Gathers rows into orders. Rows of one order need not follow each other directly (real exports mix the orders of an
 * hour), but no more than `window` rows may lie between two of them, which is what bounds the memory.
 */
export const createGrouping = ({ shape, channelId, window }: GroupingOptions) => {
  // Ordered by last row: an order that gets a row moves to the end.
  const open = new Map<string, OpenOrder>();

  const fail = (order: OpenOrder, row: number, refusal: Refusal): ImportItem[] => {
    order.fault = { row, refusal };
    order.lines.length = 0;
    order.lineIds.clear();
    return [...order.rows.splice(0).map((held) => incomplete(held, row)), refused(row, refusal)];
  };

  const finish = (orderNumber: string, order: OpenOrder): ImportItem[] => {
    open.delete(orderNumber);
    const from = order.rows[0];
    if (from === undefined) return [];
    const header = shape.header(order.cells, orderNumber);
    if (isRefusal(header)) return order.rows.map((row) => refused(row, header));
    const body: PlaceOrderBody = {
      channelId,
      channelOrderNumber: orderNumber,
      ...header,
      method: 'homeDelivery',
      lines: order.lines,
    };
    return [{ kind: 'order', rows: [from, order.rows.at(-1) ?? from], rowCount: order.rows.length, order: body }];
  };

  const finishThose = (isDone: (order: OpenOrder) => boolean): ImportItem[] => {
    const items: ImportItem[] = [];
    for (const [orderNumber, order] of open) {
      if (!isDone(order)) break;
      items.push(...finish(orderNumber, order));
    }
    return items;
  };

  const orderOf = (orderNumber: string, row: number, cells: Cells): OpenOrder => {
    const known = open.get(orderNumber);
    open.delete(orderNumber);
    const order = known ?? { cells, rows: [], lines: [], lineIds: new Set(), lastRow: row, fault: null };
    order.lastRow = row;
    open.set(orderNumber, order);
    return order;
  };

  const take = (row: number, cells: Cells, whole: boolean): ImportItem[] => {
    const orderNumber = cells[shape.orderNumberColumn] ?? '';
    if (orderNumber === '') return [refused(row, refuse('order-number-missing', 'the row names no order'))];
    const order = orderOf(orderNumber, row, cells);
    const line = whole
      ? readRow(shape, order, cells)
      : refuse('columns-missing', 'the row has not as many columns as the header');
    if (!isRefusal(line)) {
      if (order.fault !== null) return [incomplete(row, order.fault.row)];
      order.rows.push(row);
      order.lines.push(line);
      return [];
    }
    return line.orderStands === true || order.fault !== null ? [refused(row, line)] : fail(order, row, line);
  };

  return Object.freeze({
    /** Takes the next row and returns what is now known: its refusal, and orders that are complete. */
    add: (row: number, cells: Cells, whole: boolean): ImportItem[] => {
      const items = finishThose((order) => row - order.lastRow - 1 > window);
      items.push(...take(row, cells, whole));
      return items;
    },
    /** No more rows: what is still open is complete. */
    close: (): ImportItem[] => finishThose(() => true),
  });
};
