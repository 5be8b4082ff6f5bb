import type { Network } from '../network.ts';
import { asLeft, type Contender, type Share, sourceAlone } from './contender.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { totalWorth, type Worth } from './worth.ts';

/** Who has what while orders are sourced together. Orders are named by their index. */
export type Allocation = {
  readonly contenders: readonly Contender[];
  readonly network: Network;
  /** Fulfilments left before anybody takes one, by location; null: any number. */
  readonly capacity: readonly (number | null)[];
  readonly ledger: Ledger;
  readonly shares: (Share | null)[];
};

/** Work that one search may take here: most need a fraction of it. */
export const WORK = 400_000;

export const emptyAllocation = (contenders: readonly Contender[], network: Network): Allocation => {
  const capacity = freeCapacity(contenders, network);
  const ledger = createLedger(network, capacity);
  return { contenders, network, capacity, ledger, shares: contenders.map(() => null) };
};

/** By location, as the candidates of the orders say: all are to be dispatched on the same day. */
const freeCapacity = (contenders: readonly Contender[], { locations }: Network): readonly (number | null)[] => {
  const capacity = locations.map((): number | null => null);
  for (const { prepared, locations: own } of contenders)
    prepared.facts.candidates.capacityLeft?.forEach((left, index) => {
      const location = own[index];
      if (location !== undefined) capacity[location] = left;
    });
  return capacity;
};

/** The order gives back what it has. */
export const vacate = ({ ledger, shares }: Allocation, index: number): Share | null => {
  const share = shares[index] ?? null;
  if (share !== null) ledger.giveBack(share.holding);
  shares[index] = null;
  return share;
};

export const settle = ({ ledger, shares }: Allocation, index: number, share: Share | null): void => {
  if (share !== null) ledger.take(share.holding);
  shares[index] = share;
};

/** The order takes what is best for it of what the others leave. */
export const sourceOne = (allocation: Allocation, index: number): void => {
  const { contenders, ledger, network } = allocation;
  const contender = contenders[index];
  if (contender === undefined) return;
  const share = sourceAlone(contender, asLeft(contender, ledger, network), { maxWork: WORK });
  settle(allocation, index, share);
};

export const worthOfAll = ({ shares }: Allocation): Worth => totalWorth(shares.map((share) => share?.worth ?? []));
