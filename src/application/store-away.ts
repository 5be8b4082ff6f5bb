import { StoreUnavailable } from '../event-store/event-store.ts';
import { ReadStoreUnavailable } from '../projections/read-store.ts';

/** A store did not do what it was asked: that concerns all work, not just the one that met it. */
export const isStoreAway = (error: unknown): error is StoreUnavailable | ReadStoreUnavailable =>
  error instanceof StoreUnavailable || error instanceof ReadStoreUnavailable;
