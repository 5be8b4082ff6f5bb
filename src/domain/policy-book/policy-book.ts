import type { PublishedPolicy } from '../sourcing/policy.ts';
import type { Instant } from '../values.ts';

/** There is one book: what it holds applies to every order. */
export const policyBookStream = 'sourcingPolicy-main';

// Stored format: names and fields are permanent.
export type PolicyBookEvent =
  | { readonly type: 'PolicyPublished'; readonly data: PublishedPolicy }
  | {
      readonly type: 'PolicyActivated';
      /** `share`: percent of the orders, by order id; 100 is full force. */
      readonly data: { readonly version: number; readonly from: Instant; readonly share: number };
    }
  | {
      readonly type: 'PolicyRolledBack';
      /** In full force from `from` on; canaries end, and what was to start later does not. */
      readonly data: { readonly version: number; readonly from: Instant; readonly reason: string };
    };

export type Activation = {
  readonly version: number;
  readonly from: Instant;
  readonly share: number;
  readonly isRollBack: boolean;
};

export type PolicyBook = {
  /** Version n is the nth; version 0, which is built in, is not among them. */
  readonly published: readonly PublishedPolicy[];
  /** By the instant they start at; of one instant, in the order in which they were decided. */
  readonly activations: readonly Activation[];
};

export const emptyPolicyBook: PolicyBook = { published: [], activations: [] };

export const evolvePolicyBook = (book: PolicyBook, event: PolicyBookEvent): PolicyBook => {
  switch (event.type) {
    case 'PolicyPublished':
      return { ...book, published: [...book.published, event.data] };
    case 'PolicyActivated':
      return { ...book, activations: inOrder([...book.activations, { ...event.data, isRollBack: false }]) };
    case 'PolicyRolledBack': {
      const { version, from } = event.data;
      const begun = book.activations.filter((activation) => activation.from <= from);
      return { ...book, activations: [...begun, { version, from, share: 100, isRollBack: true }] };
    }
  }
};

const inOrder = (activations: readonly Activation[]): readonly Activation[] =>
  activations.toSorted((one, other) => (one.from < other.from ? -1 : one.from > other.from ? 1 : 0));
