import type { Network } from '../network.ts';

/** Units taken, `[row of the network][location]`, and fulfilments begun at locations. */
export type Holding = {
  readonly units: readonly { readonly row: number; readonly location: number; readonly units: number }[];
  readonly locations: readonly number[];
};

/** What is left for all orders together while they are sourced: stock, and fulfilments of the day of dispatch. */
export type Ledger = {
  readonly left: (row: number, location: number) => number;
  /** Null: any number. */
  readonly capacityLeft: (location: number) => number | null;
  readonly take: (holding: Holding) => void;
  readonly giveBack: (holding: Holding) => void;
};

/** `capacity`: fulfilments left by location, as the orders' day of dispatch is one and the same. */
export const createLedger = ({ available }: Network, capacity: readonly (number | null)[]): Ledger => {
  const stock = available.map((row) => Int32Array.from(row));
  const places = [...capacity];

  const move = ({ units, locations }: Holding, sign: 1 | -1): void => {
    for (const one of units) {
      const row = stock[one.row];
      if (row !== undefined) row[one.location] = (row[one.location] ?? 0) + sign * one.units;
    }
    for (const location of locations) {
      const left = places[location] ?? null;
      if (left !== null) places[location] = left + sign;
    }
  };

  return {
    left: (row, location) => stock[row]?.[location] ?? 0,
    capacityLeft: (location) => places[location] ?? null,
    take: (holding) => move(holding, -1),
    giveBack: (holding) => move(holding, 1),
  };
};
