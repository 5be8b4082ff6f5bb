import { expect } from 'vitest';
import { fulfil, type Work, watch } from './fulfilment.ts';
import { checkAlways, checkAtRest } from './fulfilment-laws.ts';
import { createNetwork, type Network } from './network.ts';

export type World = {
  readonly network: Network;
  /** Work under way that may go on at any time, however old what it read has become. */
  readonly running: Work[];
  readonly cursor: { next: number };
  watcher: Work | null;
};

export const createWorld = (): World => ({
  network: createNetwork(['north', 'south', 'west'], checkAlways),
  running: [],
  cursor: { next: 0 },
  watcher: null,
});

/** More than this, and the process goes round in circles. */
const MAX_ROUNDS = 20;
const MAX_PAUSES = 1_000;

export const runToEnd = (work: Work): void => {
  for (let pauses = 0; work.next().done === false; pauses += 1) expect(pauses).toBeLessThan(MAX_PAUSES);
};

/** The service starts again and does all that the log asks for. Slow work of before may still be around. */
export const comeToRest = (world: World): void => {
  const { network, cursor } = world;
  world.watcher = null;
  network.refresh();
  for (let round = 0, before = -1; before < network.log.length; round += 1) {
    expect(round).toBeLessThan(MAX_ROUNDS);
    before = network.log.length;
    for (const orderId of network.orderIds()) runToEnd(fulfil(network, orderId));
    runToEnd(watch(network, cursor));
  }
  checkAtRest(network);
};
