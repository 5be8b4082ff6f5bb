import type { z } from 'zod';

type Line = { readonly lineId?: string; readonly quantity: number; readonly unitPrice?: number };

const isExact = (values: readonly number[]): boolean =>
  Number.isSafeInteger(values.reduce((sum, value) => sum + value, 0));

/** What must hold of an order's lines together: events keep their sums, which have to be exact. */
export const soundLines = (
  { lines }: { readonly lines: readonly Line[] },
  { addIssue }: Pick<z.RefinementCtx, 'addIssue'>,
): void => {
  const refuse = (message: string) => addIssue({ code: 'custom', path: ['lines'], message });
  const named = lines.flatMap(({ lineId }) => lineId ?? []);
  if (new Set(named).size !== named.length) refuse('must not use a lineId twice');
  if (!isExact(lines.map(({ quantity }) => quantity))) refuse('must not add up to more than 2^53 units');
  if (!isExact(lines.map(({ quantity, unitPrice = 0 }) => quantity * unitPrice))) {
    refuse('must not be worth more than 2^53 minor units');
  }
};
