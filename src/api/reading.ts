import type { Service } from '../application/service.ts';
import type { Position } from '../domain/values.ts';
import { StoreUnavailable } from '../event-store/event-store.ts';
import type { Query, Scalar, Stored } from '../projections/read-store.ts';
import { ApiProblem } from './problem.ts';
import type { Call, Reply } from './route.ts';

const MIN_POSITION_WAIT_MS = 5_000;
const OWN_WRITES_WAIT_MS = 1_000;

export type Reading = Call<unknown, { readonly minPosition?: Position }, unknown>;

/**
 * Waits until the read model holds what the caller wrote itself (for a moment) and `minPosition` (or answers 503).
 */
export const awaitPosition = async (name: string, { query, caller, service, ownWrites }: Reading): Promise<void> => {
  const { readModels } = service;
  const own = await ownWrites.newest(caller);
  if (own !== undefined) await readModels.reached(name, own, OWN_WRITES_WAIT_MS);
  const { minPosition } = query;
  if (minPosition === undefined || (await readModels.reached(name, minPosition, 0))) return;
  await assertPosition(minPosition, service);
  if (!(await readModels.reached(name, minPosition, MIN_POSITION_WAIT_MS)))
    throw new ApiProblem('read-model-behind', undefined, { position: await readModels.position(name) });
};

/** What no log has given out, or another one, is not worth waiting for. While the log is away, it may be a position. */
const assertPosition = async (minPosition: Position, { eventStore }: Service): Promise<void> => {
  try {
    for await (const _ of eventStore.readAll({ after: minPosition, limit: 1 })) return;
  } catch (error) {
    if (error instanceof RangeError)
      throw new ApiProblem('request-invalid', '`minPosition` is no position of this log.');
    if (!(error instanceof StoreUnavailable)) throw error;
  }
};

type Paged = Call<
  unknown,
  { readonly limit: number; readonly cursor?: string; readonly minPosition?: Position },
  unknown
>;

export type ListOptions = Omit<Query, 'limit' | 'after'> & {
  readonly name: string;
  readonly item: (stored: Stored) => unknown | Promise<unknown>;
  /** Documents that this caller may not see are left out; the page is then shorter, and the cursor still goes on. */
  readonly visible?: (stored: Stored) => boolean;
};

/** One page of a read model: `{items, nextCursor, position}`. */
export const listPage = async (call: Paged, { name, item, visible, ...query }: ListOptions): Promise<Reply> => {
  await awaitPosition(name, call);
  const { items, nextCursor, position } = await turnPage(call, { name, ...query }, call.service.readModels.find);
  const shown = await Promise.all(items.filter(visible ?? (() => true)).map(item));
  return { status: 200, body: { items: shown, nextCursor, position } };
};

type Found = { readonly items: readonly Stored[]; readonly position: Position | null };

/** The documents from the cursor on, and the cursor of those behind them. */
export const turnPage = async (
  { query: { limit, cursor }, caller, cursors }: Pick<Paged, 'query' | 'caller' | 'cursors'>,
  { name, ...query }: Omit<ListOptions, 'item' | 'visible'>,
  find: (name: string, query: Query) => Promise<Found>,
): Promise<Found & { readonly nextCursor: string | null }> => {
  const signedQuery = JSON.stringify([name, query, caller.keyId]);
  const after = cursor === undefined ? {} : { after: cursors.read(signedQuery, cursor) };
  const { items: found, position } = await find(name, { ...query, ...after, limit: limit + 1 });
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  const nextCursor = last === undefined ? null : cursors.write(signedQuery, placeOf(last, query.orderBy));
  return { items, nextCursor, position };
};

/** A work that no node has under way any more is shown so in lists, too: whoever ran it could not say so. */
export const unlessInterrupted = async <Document extends { readonly status?: unknown }>(
  document: Document,
  readStatus: () => Promise<string>,
): Promise<Document> =>
  document.status === 'running' && (await readStatus()) === 'interrupted'
    ? { ...document, status: 'interrupted' }
    : document;

const placeOf = ({ id, body }: Stored, orderBy: string | undefined): { id: string; value?: Scalar } => {
  const value = orderBy === undefined ? undefined : body[orderBy];
  return typeof value === 'string' || typeof value === 'number' ? { id, value } : { id };
};
