import type { ApiKeyGrant } from '../domain/api-key.ts';
import type { ChannelProfile } from '../domain/channel.ts';
import type { Item } from '../domain/item.ts';
import { policyBookStream } from '../domain/policy-book/policy-book.ts';
import type { RateCard } from '../domain/rate-card.ts';
import type { LocationProfile } from '../domain/stock-location/stock-location.ts';
import type { InventoryDocument } from '../projections/inventory.ts';
import type { LocationLoadDocument } from '../projections/location-load.ts';
import { earliest } from './earliest.ts';
import { everyDocument } from './every-document.ts';
import { StreamUnreadable } from './execute-errors.ts';
import type { Service } from './service.ts';
import { followLog } from './subscription.ts';

const DAY_MS = 86_400_000;
const SOURCES = ['locations', 'inventory', 'location-load', 'channels', 'api-keys', 'items', 'rate-cards'] as const;
const STREAMS = ['stockLocation-', 'channel-', 'apiKey-', 'item-', 'rateCard-', policyBookStream] as const;

/**
 * Fills the availability index and the directory from the read models, then follows the log from where the oldest of
 * them stood. Events that a read model already had are applied once more, in order: they carry absolute figures, so
 * the end is the same. `onReady` is called when the log's end has been reached for the first time.
 */
export const runLiveView = async (
  { eventStore, readModels, codec, availability, directory, viewProgress, now, onError }: Service,
  { onReady, signal }: { readonly onReady: () => void; readonly signal: AbortSignal },
): Promise<void> => {
  const positions = await Promise.all(SOURCES.map((name) => readModels.position(name)));
  for await (const { body } of everyDocument(readModels, 'locations')) {
    const { locationId, profile, status } = body as { locationId: string; profile: LocationProfile; status: string };
    availability.restoreLocation({ locationId, profile, suspended: status === 'suspended' });
  }
  for await (const { body, position } of everyDocument(readModels, 'inventory')) {
    const stock = body as InventoryDocument;
    availability.restoreStock(stock.locationId, stock.sku, stock);
    const past = pastOf(stock);
    if (Object.keys(past).length > 0) availability.restorePast(stock.locationId, stock.sku, { ...past, position });
  }
  // Which day it is depends on where the location is: yesterday may still be today.
  const from = new Date(now().getTime() - 2 * DAY_MS).toISOString().slice(0, 10);
  for await (const { body } of everyDocument(readModels, 'location-load', { orderBy: 'day', from })) {
    const { locationId, day, fulfilments } = body as LocationLoadDocument;
    availability.restoreLoad(locationId, { day, fulfilments });
  }
  for await (const { body } of everyDocument(readModels, 'channels')) {
    const { channelId, profile } = body as { channelId: string; profile: ChannelProfile };
    directory.restoreChannel(channelId, profile);
  }
  for await (const { body } of everyDocument(readModels, 'api-keys')) {
    const { status, ...key } = body as ApiKeyGrant & { secretHash: string; status: string };
    if (status === 'active') directory.restoreKey(key);
  }
  for await (const { body } of everyDocument(readModels, 'items')) directory.restoreItem(body as Item);
  for await (const { body } of everyDocument(readModels, 'rate-cards')) directory.restoreRateCard(body as RateCard);
  // No read model holds the book: it is one short stream, and its past counts.
  for await (const recorded of eventStore.readStream(policyBookStream)) {
    const decoded = codec.decode(recorded);
    if (decoded.ok) directory.apply(decoded.event);
    else onError(new StreamUnreadable(policyBookStream, recorded.version, decoded.reason));
  }
  const restoredUpTo = earliest(positions);
  availability.restorePosition(restoredUpTo);
  viewProgress.advance(restoredUpTo);
  await followLog({
    eventStore,
    streamPrefixes: STREAMS,
    after: restoredUpTo,
    handle: ({ events, position, caughtUp }) => {
      for (const recorded of events) {
        const decoded = codec.decode(recorded);
        if (!decoded.ok) continue;
        availability.apply(decoded.event);
        directory.apply(decoded.event);
      }
      viewProgress.advance(position);
      if (caughtUp) onReady();
    },
    onError,
    signal,
  });
};

const pastOf = ({ issued, refusedAt, restockedAt }: InventoryDocument) => ({
  ...(issued !== undefined && { issued }),
  ...(refusedAt !== undefined && { refusedAt }),
  ...(restockedAt !== undefined && { restockedAt }),
});
