import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type Lag = { readonly samples: number; readonly p50: number; readonly p99: number; readonly most: number };

const SAMPLE_EVERY_MS = 10;

/**
 * Watches, from outside of the service, how long after it was committed each newest event is reflected by the orders
 * read model: the log's newest position and the read model's checkpoint, looked at every 10 ms. Call `stop` for the result.
 */
export const watchLag = (dataDir: string): { readonly stop: () => Lag } => {
  const log = new DatabaseSync(join(dataDir, 'events.db'), { readOnly: true });
  const models = new DatabaseSync(join(dataDir, 'read-models.db'), { readOnly: true });
  const newest = log.prepare('select max(position) as row from events');
  const checkpoint = models.prepare("select position from checkpoints where id like 'orders@%'");
  let open: { row: number; seenAt: number }[] = [];
  let last = 0;
  const lags: number[] = [];
  const timer = setInterval(() => {
    const now = performance.now();
    const row = Number(newest.get()?.row);
    if (row > last) open.push({ row, seenAt: now });
    last = row;
    const reached = Number(checkpoint.get()?.position);
    lags.push(...open.filter((one) => one.row <= reached).map(({ seenAt }) => now - seenAt));
    open = open.filter((one) => one.row > reached);
  }, SAMPLE_EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      log.close();
      models.close();
      const sorted = lags.toSorted((a, b) => a - b);
      const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
      return { samples: sorted.length, p50: at(0.5), p99: at(0.99), most: at(1) };
    },
  };
};
