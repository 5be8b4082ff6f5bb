import { StreamUnreadable } from '../application/execute-errors.ts';
import type { Service } from '../application/service.ts';
import {
  emptyPolicyBook,
  evolvePolicyBook,
  type PolicyBook,
  policyBookStream,
} from '../domain/policy-book/policy-book.ts';
import { builtInPolicy, type PublishedPolicy } from '../domain/sourcing/policy.ts';
import type { Instant, Position } from '../domain/values.ts';

export type Publication = PublishedPolicy & {
  readonly publishedAt: Instant | null;
  readonly publishedBy: string | null;
};

export type PolicyHistory = {
  readonly book: PolicyBook;
  /** Version n at n: the built-in one first. */
  readonly publications: readonly Publication[];
  readonly version: number;
  readonly position: Position | null;
};

/** The book with who published what, and when, folded from the log: it is short, and asked for rarely. */
export const readPolicyHistory = async ({ eventStore, codec }: Service): Promise<PolicyHistory> => {
  const publications: Publication[] = [{ ...builtInPolicy, publishedAt: null, publishedBy: null }];
  let book = emptyPolicyBook;
  let version = 0;
  let position: Position | null = null;
  for await (const recorded of eventStore.readStream(policyBookStream)) {
    const decoded = codec.decode(recorded);
    if (!decoded.ok) throw new StreamUnreadable(policyBookStream, recorded.version, decoded.reason);
    ({ version, position } = recorded);
    const { event } = decoded;
    switch (event.type) {
      case 'PolicyPublished': {
        const { recordedAt, actor } = event.metadata;
        publications.push({ ...event.data, publishedAt: recordedAt, publishedBy: actor });
        book = evolvePolicyBook(book, event);
        break;
      }
      case 'PolicyActivated':
      case 'PolicyRolledBack':
        book = evolvePolicyBook(book, event);
        break;
      default:
        break;
    }
  }
  return { book, publications, version, position };
};
