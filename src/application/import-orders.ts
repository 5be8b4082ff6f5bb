import type { ImportItem } from './import-grouping.ts';
import type { PlaceOrderBody } from './import-rows.ts';

export type Placement = {
  readonly status: 'placed' | 'alreadyThere' | 'refused';
  readonly orderStatus?: string;
  readonly code?: string;
  readonly message?: string;
};

type RowRefusal = Omit<Extract<ImportItem, { kind: 'refused' }>, 'kind'>;

export type OrderRefusal = {
  readonly channelOrderNumber: string;
  readonly rows: readonly [from: number, to: number];
  readonly code: string;
  readonly message: string;
};

/** `rows` = rows of orders + refused rows; blank rows and the header do not count. */
export type ImportSummary = {
  readonly rows: number;
  readonly orders: number;
  readonly placed: number;
  readonly alreadyThere: number;
  readonly refusedOrders: number;
  readonly refusedRows: number;
  /** Refused rows by reason. */
  readonly byReason: Readonly<Record<string, number>>;
  /** Placed and already existing orders by their status. */
  readonly byOrderStatus: Readonly<Record<string, number>>;
  /** The first of each, as examples; `onRefused` and `onOrderRefused` hear of all. */
  readonly firstRefusedRows: readonly RowRefusal[];
  readonly firstRefusedOrders: readonly OrderRefusal[];
  /** The signal stopped the import before its end. */
  readonly interrupted: boolean;
};

export type ImportDependencies = {
  readonly items: AsyncIterable<ImportItem>;
  /** Must be idempotent by channel and channel order number: that is what makes a second import harmless. */
  readonly place: (order: PlaceOrderBody) => Promise<Placement>;
  /** How many orders may be under way at once. */
  readonly concurrency: number;
  readonly onProgress?: (soFar: ImportSummary) => void;
  readonly onRefused?: (refusal: RowRefusal) => void;
  readonly onOrderRefused?: (refusal: OrderRefusal) => void;
  /** Once aborted, orders under way are finished and no further one is started. */
  readonly signal?: AbortSignal;
};

const EXAMPLES = 20;

const createTally = () => {
  const counts = { rows: 0, orders: 0, placed: 0, alreadyThere: 0, refusedOrders: 0, refusedRows: 0 };
  const byReason: Record<string, number> = {};
  const byOrderStatus: Record<string, number> = {};
  const firstRefusedRows: RowRefusal[] = [];
  const firstRefusedOrders: OrderRefusal[] = [];
  const count = (table: Record<string, number>, key: string): void => {
    table[key] = (table[key] ?? 0) + 1;
  };
  return Object.freeze({
    rowRefused: (refusal: RowRefusal): void => {
      counts.rows += 1;
      counts.refusedRows += 1;
      count(byReason, refusal.reason);
      if (firstRefusedRows.length < EXAMPLES) firstRefusedRows.push(refusal);
    },
    orderTaken: (rowCount: number): void => {
      counts.rows += rowCount;
      counts.orders += 1;
    },
    orderSettled: (status: 'placed' | 'alreadyThere', orderStatus: string): void => {
      counts[status] += 1;
      count(byOrderStatus, orderStatus);
    },
    orderRefused: (refusal: OrderRefusal): void => {
      counts.refusedOrders += 1;
      if (firstRefusedOrders.length < EXAMPLES) firstRefusedOrders.push(refusal);
    },
    summary: (interrupted: boolean): ImportSummary => ({
      ...counts,
      byReason: { ...byReason },
      byOrderStatus: { ...byOrderStatus },
      firstRefusedRows: [...firstRefusedRows],
      firstRefusedOrders: [...firstRefusedOrders],
      interrupted,
    }),
  });
};

/** Places every order of the stream, so many at once; when placing throws, those under way end and it throws too. */
export const importOrders = async (deps: ImportDependencies): Promise<ImportSummary> => {
  const { items, place, concurrency, onProgress, onRefused, onOrderRefused, signal } = deps;
  const tally = createTally();
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];

  const placeOne = async ({ rows, order }: Extract<ImportItem, { kind: 'order' }>): Promise<void> => {
    const { status, orderStatus = 'unknown', code = 'unknown', message = '' } = await place(order);
    if (status === 'refused') {
      const refusal = { channelOrderNumber: order.channelOrderNumber, rows, code, message };
      tally.orderRefused(refusal);
      onOrderRefused?.(refusal);
    } else tally.orderSettled(status, orderStatus);
    onProgress?.(tally.summary(false));
  };

  const start = (item: Extract<ImportItem, { kind: 'order' }>): void => {
    tally.orderTaken(item.rowCount);
    const task: Promise<void> = placeOne(item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(task));
    underWay.add(task);
  };

  try {
    for await (const item of items) {
      if (signal?.aborted === true || failures.length > 0) break;
      if (item.kind === 'order') start(item);
      else {
        const { kind: _, ...refusal } = item;
        tally.rowRefused(refusal);
        onRefused?.(refusal);
      }
      while (underWay.size >= concurrency) await Promise.race(underWay);
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failures.length > 0) throw failures[0];
  return tally.summary(signal?.aborted === true);
};
