import type { EventStore } from '../event-store/event-store.ts';
import type { ReadStore } from '../projections/read-store.ts';

/** The two stores of an installation that cannot be made again. */
export type Originals = { readonly eventStore: EventStore; readonly vault: ReadStore };

export type MigrationStep = 'verifying the source' | 'comparing' | 'copying keys' | 'copying' | 'verifying the target';

/** So many events (documents, where keys are copied) of so many; the total is 0 where it is not known. */
export type OnProgress = (step: MigrationStep, done: number, total: number) => void;

/** The target holds something else, or the source cannot be moved as it is. The message says what and where. */
export class MigrationRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationRefused';
  }
}
