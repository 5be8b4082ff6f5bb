import type { PolicyBookCommand } from '../domain/policy-book/decide.ts';
import { inForce, policyStatus } from '../domain/policy-book/in-force.ts';
import { type PolicyBook, policyBookStream } from '../domain/policy-book/policy-book.ts';
import type { Instant } from '../domain/values.ts';
import { etagOf, expectedVersions } from './etag.ts';
import { type Publication, readPolicyHistory } from './policy-history.ts';
import { ApiProblem } from './problem.ts';
import type { Call, Reply } from './route.ts';

export const policyTag = 'Sourcing policies';
export const planners = ['admin', 'operator'] as const;
export const policyReaders = ['admin', 'operator', 'auditor', 'reporting'] as const;
export const ifMatchBook = {
  'If-Match': 'The ETag of the book that you read: refused with 412 when it has changed since.',
};

type AnyCall = Call<unknown, unknown, unknown>;

/** Gives the book a command, on behalf of the caller. */
export const tellBook = async (call: AnyCall, command: PolicyBookCommand) => {
  const executed = await call.service.policyBook.execute(policyBookStream, command, call.context(), {
    repetition: call.repetition,
    expectedVersions: expectedVersions(call.header('if-match')),
  });
  await call.wrote(executed.position);
  return executed;
};

export const nowOf = ({ service }: Pick<AnyCall, 'service'>): Instant => service.now().toISOString();

export const inForceAnswer = (book: PolicyBook, now: Instant) => {
  const { full, canary, scheduled } = inForce(book, now);
  return {
    inForce: full,
    canary: canary === null ? null : { version: canary.version, since: canary.from, share: canary.share },
    scheduled: scheduled.map(({ version, from, share }) => ({ version, at: from, share })),
  };
};

type Loaded = { readonly state: PolicyBook; readonly version: number; readonly position: string | null };

/** What is in force after a command. */
export const bookReply = (call: AnyCall, { state, version, position }: Loaded): Reply => ({
  status: 200,
  body: { ...inForceAnswer(state, nowOf(call)), version, position },
  headers: { ETag: etagOf(version) },
});

export const publicationAnswer = ({ policy, ...publication }: Publication, book: PolicyBook, now: Instant) => ({
  ...publication,
  status: policyStatus(book, publication.version, now),
  description: policy.description ?? null,
});

/** One version, whole. */
export const policyReply = async (call: AnyCall, version: number, status = 200): Promise<Reply> => {
  const { book, publications, version: bookVersion, position } = await readPolicyHistory(call.service);
  const publication = publications[version];
  if (publication === undefined) throw new ApiProblem('not-found');
  const { policy } = publication;
  return {
    status,
    body: { ...publicationAnswer(publication, book, nowOf(call)), policy, position },
    headers: { ETag: etagOf(bookVersion) },
  };
};
