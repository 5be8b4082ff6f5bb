import { apiKeys } from './api-keys.ts';
import { channels } from './channels.ts';
import { postDryRun } from './dry-run.ts';
import { events } from './events.ts';
import { inventory } from './inventory.ts';
import { items } from './items.ts';
import { locationLoads } from './location-load.ts';
import { orderActions } from './order-actions.ts';
import { getTimeline } from './order-history.ts';
import { orderSourcing } from './order-sourcing.ts';
import { getOrder, getRecipient, listOrders, postOrder } from './orders.ts';
import { policies } from './policies.ts';
import { policyActivation } from './policy-activation.ts';
import { policyDrafts } from './policy-drafts.ts';
import { postPromise } from './promises.ts';
import { rateCards } from './rate-cards.ts';
import type { Route } from './route.ts';
import { simulations } from './simulations.ts';
import { sourcingRuns } from './sourcing-runs.ts';
import { stock } from './stock.ts';
import { stockLocations } from './stock-locations.ts';
import { waiting } from './waiting.ts';

/** Every route of the API: what is mounted, documented, and tested for who may call it. */
export const routes: readonly Route[] = [
  postOrder,
  listOrders,
  getOrder,
  postPromise,
  ...orderActions,
  getTimeline,
  ...orderSourcing,
  getRecipient,
  ...stockLocations,
  ...stock,
  ...inventory,
  locationLoads,
  ...waiting,
  postDryRun,
  ...simulations,
  ...sourcingRuns,
  ...policies,
  ...policyActivation,
  ...policyDrafts,
  ...rateCards,
  ...items,
  ...channels,
  ...apiKeys,
  ...events,
];
