import { z } from 'zod';
import { policyStatuses } from '../domain/policy-book/in-force.ts';
import { itemSchema, policyInAnswer, rateCardSchema } from './policy-schema.ts';

const text = z.string();
const count = z.int().min(0);
const share = z.int().min(1).max(100).describe('Percent of the orders, by order id.');
const position = text.nullable().describe('How far in the log this answer reaches.');
const version = count.describe('Also the strong ETag.');

export const faultList = z.array(z.object({ path: text, message: text }));

const inForce = {
  inForce: z.object({ version: count, since: text.nullable().describe('Null: always was.') }),
  canary: z.object({ version: count, since: text, share }).nullable(),
  scheduled: z.array(z.object({ version: count, at: text, share })),
};

/** What the book of policies says now. */
export const policyBookAnswer = z.object({
  ...inForce,
  version: version.describe('Of the book: also the strong ETag.'),
  position,
});

const publication = {
  version: count,
  hash: text,
  status: z.enum(policyStatuses),
  publishedAt: text.nullable().describe('Null: built in.'),
  publishedBy: text.nullable(),
  description: text.nullable(),
};

export const policyList = z.object({
  ...inForce,
  items: z.array(z.object(publication)),
  nextCursor: text.nullable(),
  version: version.describe('Of the book: also the strong ETag.'),
  position,
});
export const policyAnswer = z.object({ ...publication, policy: policyInAnswer, position });

export const policyJudgement = z.object({ valid: z.boolean(), faults: faultList, warnings: faultList });

export const policyDraftAnswer = z.object({
  name: text,
  policy: policyInAnswer,
  faults: faultList.describe('What is to be corrected before it can be published.'),
  warnings: faultList.describe('Channels and locations that there are not.'),
  version,
  position,
});
export const policyDraftItem = z.object({ name: text, description: text.nullable(), savedAt: text, savedBy: text });

export const itemAnswer = itemSchema.extend({ version, position });
export const itemBatchAnswer = z.object({ introduced: count, changed: count, unchanged: count, position });
export const rateCardAnswer = rateCardSchema.extend({ version, position });
