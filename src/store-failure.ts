import type { StoreUnavailable } from './event-store/event-store.ts';
import type { ReadStoreUnavailable } from './projections/read-store.ts';

/** What a store met, in one line: what failed, and why where that does not say it yet. */
export const storeFailure = ({ message, cause }: StoreUnavailable | ReadStoreUnavailable): string =>
  cause instanceof Error && !message.includes(': ') ? `${message} (${cause.message})` : message;
