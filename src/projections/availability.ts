import type { Quantity } from '../domain/values.ts';
import type { InventoryDocument } from './inventory.ts';
import type { LocationDocument } from './locations.ts';

export type Availability = {
  readonly sku: string;
  readonly available: Quantity;
  readonly byLocation: readonly (Omit<InventoryDocument, 'sku'> & { readonly locationId: string })[];
};

/** Whether units held there may be promised to a customer at a distance. */
export const maySell = ({ status, profile }: LocationDocument): boolean =>
  status === 'active' && profile.capabilities.includes('ship');

/**
 * What the whole network can promise of one SKU: the sum of what each location can, so that a shortage in one place
 * never cancels stock in another. A location that is suspended or does not ship is shown with nothing available.
 *
 * Computed from the inventory documents when somebody asks, not stored: a document per SKU would hold every location
 * that ever had it, and would be read and written anew, thousands of entries long, for every unit sold.
 */
export const availability = (
  sku: string,
  inventory: readonly InventoryDocument[],
  locations: ReadonlyMap<string, LocationDocument>,
): Availability => {
  const byLocation = inventory.map(({ locationId, onHand, reserved, safetyStock, available }) => {
    const location = locations.get(locationId);
    const sold = location !== undefined && maySell(location);
    return { locationId, onHand, reserved, safetyStock, available: sold ? available : 0 };
  });
  const sum = byLocation.reduce((total, { available }) => total + available, 0);
  return { sku, available: Math.min(sum, Number.MAX_SAFE_INTEGER), byLocation };
};
