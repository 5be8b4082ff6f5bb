import type { AppendResult, NewEvent } from '../event-store/event-store.ts';
import type { Stored } from '../projections/read-store.ts';

export type VaultDocument = Stored & { readonly collection: string };

/** What events rest on beyond their stream's version: they are written only if it is so. */
export type Grounds = {
  /** Ids of events that the log must hold before them. */
  readonly after: readonly string[];
  /** Documents of the vault that must stand just so. Those that do not exist are written, in the same commit. */
  readonly documents: readonly VaultDocument[];
};

/**
 * An append on grounds: rejects with `GroundsMissing` where they are not met. Only where the log and the vault share their
 * transactions. With it nobody need wait for one commit before handing over what follows from it.
 */
export type DependentAppend = (
  stream: string,
  expectedVersion: number,
  events: readonly NewEvent[],
  grounds: Grounds,
) => Promise<AppendResult>;

/** What must be so for the events of several to be written in one append. */
export const allGrounds = (several: readonly Grounds[]): Grounds => ({
  after: several.flatMap(({ after }) => after),
  documents: several.flatMap(({ documents }) => documents),
});
