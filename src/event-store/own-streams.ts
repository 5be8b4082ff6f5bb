import { apiKeyStream } from '../domain/api-key.ts';
import { channelStream } from '../domain/channel.ts';
import { itemStream } from '../domain/item.ts';
import { orderStream } from '../domain/order/order.ts';
import { policyBookStream } from '../domain/policy-book/policy-book.ts';
import { policyDraftStream } from '../domain/policy-draft.ts';
import { rateCardStream } from '../domain/rate-card.ts';
import { simulationStream } from '../domain/simulation.ts';
import { sourcingRunStream } from '../domain/sourcing-run.ts';
import { stockLocationStream } from '../domain/stock-location/stock-location.ts';
import type { EventStore } from './event-store.ts';

/** How the names of our streams begin. On a server that others use as well, every other stream is theirs. */
export const ownStreamPrefixes: readonly string[] = [
  orderStream(''),
  stockLocationStream(''),
  channelStream(''),
  apiKeyStream(''),
  itemStream(''),
  rateCardStream(''),
  policyDraftStream(''),
  simulationStream(''),
  sourcingRunStream(''),
  policyBookStream,
];

export const isOwnStream = (stream: string): boolean => ownStreamPrefixes.some((prefix) => stream.startsWith(prefix));

/** The log as if the server held nothing of others. For reads that may take their time: few among many are long to find. */
export const withoutOthers = (log: EventStore): EventStore => ({
  ...log,
  readAll: (options) => log.readAll({ streamPrefixes: ownStreamPrefixes, ...options }),
});
