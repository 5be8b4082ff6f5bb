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

export const context = { actor: 'bench', channel: null, commandId: 'c', correlationId: 'c', causationId: 'c' };

/** Of 2,000 SKUs, one after the other. */
export const receipt = (number: number) => ({
  type: 'ReceiveStock' as const,
  data: { locationId: 'cold', reference: `receipt-${number}`, lines: [{ sku: `SKU-${number % 2_000}`, quantity: 1 }] },
});

/** What commands to locations go through, on a log in that folder, and nothing else. */
export const openLocations = async (dataDir: string) => {
  const stores = await openStores({ dataDir });
  await stores.vault.ensure(SNAPSHOTS);
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
  return { locations, close };
};
