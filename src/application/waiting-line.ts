import type { ReadModels } from '../projections/read-models.ts';
import type { Query, Stored } from '../projections/read-store.ts';
import type { StepContext } from './fulfilment-process.ts';

/** Those who wait for some SKUs, in one line: longest wait first, whatever they wait for. */
export type WaitingLine = {
  /** The SKU came free: there is something for those who wait, as long as `isThere`. */
  readonly note: (sku: string, cause: StepContext) => void;
  /** Asks so many at most, and answers how many it asked. `isComplete`: the read model holds everybody who waits. */
  readonly serve: (most: number, isComplete: () => Promise<boolean>) => Promise<number>;
  /** There may be somebody left to ask. */
  readonly isOpen: () => boolean;
};

export type WaitingLineDependencies = {
  readonly readModels: Pick<ReadModels, 'find'>;
  /** Whether there is anything left for those who wait for the SKU. */
  readonly isThere: (sku: string) => boolean;
  readonly ask: (orderId: string, cause: StepContext) => Promise<void>;
  readonly onNobody: (sku: string) => void;
};

const PAGE = 100;

/** Through all who wait for a SKU, page by page. */
type Pass = {
  readonly sku: string;
  readonly cause: StepContext;
  readonly isComplete: boolean;
  /** Null: the first is still to be read. */
  page: readonly Stored[] | null;
  after: Query['after'];
};

/**
 * An order that has no use for what came free keeps nobody behind it from being asked. What comes free during a pass makes
 * for another one, so that a SKU in which much happens is not begun anew for ever.
 */
export const createWaitingLine = ({ readModels, isThere, ask, onNobody }: WaitingLineDependencies): WaitingLine => {
  const passes = new Map<string, Pass>();
  /** By SKU, the newest cause of a pass that is still to begin. */
  const noted = new Map<string, StepContext>();

  const begin = async (isComplete: () => Promise<boolean>): Promise<void> => {
    for (const [sku, cause] of [...noted]) {
      if (passes.has(sku)) continue;
      if (isThere(sku)) passes.set(sku, { sku, cause, isComplete: await isComplete(), page: null, after: undefined });
      noted.delete(sku);
    }
  };

  const readPage = async (pass: Pass): Promise<void> => {
    const { sku, after } = pass;
    const query = { equals: { sku }, orderBy: 'since', limit: PAGE, ...(after === undefined ? {} : { after }) };
    const { items } = await readModels.find('backorders', query);
    const last = items.at(-1);
    pass.page = items;
    if (last !== undefined) {
      pass.after = { id: last.id, value: sinceOf(last) };
      return;
    }
    passes.delete(sku);
    if (!pass.isComplete) note(sku, pass.cause);
    else if (after === undefined) onNobody(sku);
  };

  const note: WaitingLine['note'] = (sku, cause) => void noted.set(sku, cause);

  /** Whose turn it is, of those for whom there is something. */
  const first = async (): Promise<Pass | null> => {
    let found: Pass | null = null;
    for (const pass of passes.values()) {
      if (pass.page === null || pass.page.length === 0) await readPage(pass);
      if (passes.has(pass.sku) && (found === null || isBefore(pass, found))) found = pass;
    }
    return found;
  };

  const serve: WaitingLine['serve'] = async (most, isComplete) => {
    await begin(isComplete);
    let asked = 0;
    let lastAsked = '';
    for (let pass = await first(); pass !== null; pass = await first()) {
      if (!isThere(pass.sku)) {
        passes.delete(pass.sku);
        continue;
      }
      const orderId = String(pass.page?.[0]?.body.orderId);
      // An order asks for all that it waits for at once.
      if (orderId !== lastAsked) {
        if (asked === most) break;
        await ask(orderId, pass.cause);
        lastAsked = orderId;
        asked += 1;
      }
      pass.page = pass.page?.slice(1) ?? null;
    }
    return asked;
  };

  return { note, serve, isOpen: () => passes.size > 0 || noted.size > 0 };
};

const sinceOf = ({ body }: Stored): string => String(body.since);

/** By wait, then by order: the documents of one order stand together. */
const isBefore = ({ page: one }: Pass, { page: other }: Pass): boolean => {
  const [a, b] = [one?.[0], other?.[0]];
  if (a === undefined || b === undefined) return a !== undefined;
  return sinceOf(a) < sinceOf(b) || (sinceOf(a) === sinceOf(b) && a.id < b.id);
};
