import type { ReadModels } from '../projections/read-models.ts';
import { everyDocument } from './every-document.ts';

const STANDING_STILL_MS = 10_000;

/** The orders that have something to do but did not move for a while, whatever the reason: longest first, and all of them. */
export async function* standingOrders(readModels: Pick<ReadModels, 'find'>, now: Date): AsyncGenerator<string> {
  const to = new Date(now.getTime() - STANDING_STILL_MS).toISOString();
  for await (const { id } of everyDocument(readModels, 'orders', { orderBy: 'waitingSince', to })) yield id;
}
