import { demoLocations } from '../src/application/demo-locations.ts';
import { createExecutor } from '../src/application/execute.ts';
import { createSnapshots, SNAPSHOTS } from '../src/application/snapshots.ts';
import { stockLocationDecider } from '../src/domain/stock-location/decide.ts';
import {
  STOCK_LOCATION_SNAPSHOT,
  stockLocationFromParts,
  stockLocationSize,
  stockLocationToParts,
} from '../src/domain/stock-location/snapshot.ts';
import type { StockLocation } from '../src/domain/stock-location/stock-location.ts';
import { createCodec } from '../src/event-store/codec.ts';
import { openStores } from '../src/stores.ts';
import type { Figure } from './report.ts';
import { removeFolder, temporaryFolder } from './service.ts';

const EVENTS = 100_000;
const SKUS = 2_000;
const AT_ONCE = 500;

const context = { actor: 'bench', channel: null, commandId: 'c', correlationId: 'c', causationId: 'c' };

const open = async (dataDir: string) => {
  const stores = await openStores({ dataDir });
  let isClosing = false;
  const close = (): Promise<void> => {
    isClosing = true;
    return stores.close();
  };
  const snapshots = createSnapshots<StockLocation>({
    store: stores.vault,
    eventStore: stores.eventStore,
    format: STOCK_LOCATION_SNAPSHOT,
    every: 2_000,
    sizeOf: stockLocationSize,
    toParts: stockLocationToParts,
    fromParts: stockLocationFromParts,
    onError: (error) => {
      // A snapshot that the end cuts off is no fault: the one before stands.
      if (!isClosing) throw error;
    },
  });
  const locations = createExecutor({
    eventStore: stores.eventStore,
    codec: createCodec({ newId: () => crypto.randomUUID() }),
    decider: stockLocationDecider,
    now: () => new Date().toISOString(),
    cacheSize: 100,
    snapshots,
  });
  return { stores, locations, close };
};

/** The first command of a process to a location with a long history: snapshot, tail, decision and durable append. */
export const benchColdLocation = async (stream: string): Promise<readonly Figure[]> => {
  const dataDir = temporaryFolder();
  const receive = (number: number) => ({
    type: 'ReceiveStock' as const,
    data: { locationId: 'cold', reference: `receipt-${number}`, lines: [{ sku: `SKU-${number % SKUS}`, quantity: 1 }] },
  });
  const warm = await open(dataDir);
  await warm.stores.vault.ensure(SNAPSHOTS);
  const profile = demoLocations[0]?.profile;
  if (profile === undefined) throw new Error('the demo network is empty');
  await warm.locations.execute(stream, { type: 'DefineLocation', data: { locationId: 'cold', profile } }, context);
  for (let start = 0; start < EVENTS; start += AT_ONCE) {
    const commands = Array.from({ length: AT_ONCE }, (_, index) => receive(start + index));
    await Promise.all(commands.map((command) => warm.locations.execute(stream, command, context)));
  }
  await warm.close();
  const cold = await open(dataDir);
  const started = performance.now();
  const { version } = await cold.locations.execute(stream, receive(EVENTS), context);
  const milliseconds = performance.now() - started;
  await cold.close();
  removeFolder(dataDir);
  return [{ name: `first command at version ${version}`, value: milliseconds, unit: 'ms', goal: { max: 200 } }];
};
