import { apiKeys } from './api-keys.ts';
import { backorders } from './backorders.ts';
import { channels } from './channels.ts';
import { inTransitDeliveries } from './in-transit-deliveries.ts';
import { inventory } from './inventory.ts';
import { items } from './items.ts';
import { locationLoad } from './location-load.ts';
import { locations } from './locations.ts';
import { orders } from './orders.ts';
import { parkedOrders } from './parked-orders.ts';
import { policyDrafts } from './policy-drafts.ts';
import { anyProjection } from './projection.ts';
import { rateCards } from './rate-cards.ts';
import { simulations } from './simulations.ts';
import { sourcingRuns } from './sourcing-runs.ts';
import { stockLedger } from './stock-ledger.ts';

/** Every stored read model. */
export const allProjections = [
  anyProjection(locations),
  anyProjection(inventory),
  anyProjection(locationLoad),
  anyProjection(stockLedger),
  anyProjection(orders),
  anyProjection(inTransitDeliveries),
  anyProjection(backorders),
  anyProjection(parkedOrders),
  anyProjection(channels),
  anyProjection(apiKeys),
  anyProjection(items),
  anyProjection(rateCards),
  anyProjection(policyDrafts),
  anyProjection(simulations),
  anyProjection(sourcingRuns),
];
