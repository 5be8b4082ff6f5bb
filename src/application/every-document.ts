import type { ReadModels } from '../projections/read-models.ts';
import type { Query, Stored } from '../projections/read-store.ts';

const PAGE = 1_000;

/** All documents of a read model that a query finds, page by page. What is written meanwhile may be among them or not. */
export async function* everyDocument(
  readModels: Pick<ReadModels, 'find'>,
  name: string,
  query: Omit<Query, 'after' | 'limit'> = {},
): AsyncGenerator<Stored> {
  let after: Query['after'];
  do {
    const { items } = await readModels.find(name, { ...query, limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield* items;
    const last = items.at(-1);
    const value = query.orderBy === undefined ? undefined : last?.body[query.orderBy];
    // A page may be short of deleted documents: only an empty one is the end.
    after = last === undefined ? undefined : { id: last.id, ...(typeof value === 'string' ? { value } : {}) };
  } while (after !== undefined);
}
