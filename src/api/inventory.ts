import { z } from 'zod';
import { stockLocationStream } from '../domain/stock-location/stock-location.ts';
import { availability } from '../projections/availability.ts';
import type { InventoryDocument } from '../projections/inventory.ts';
import type { LocationDocument } from '../projections/locations.ts';
import { availabilityAnswer, inventoryItem, ledgerItem, pageOf } from './answers.ts';
import { ApiProblem } from './problem.ts';
import { awaitPosition, listPage } from './reading.ts';
import { type Call, type Route, route } from './route.ts';
import { id, page, position, sku } from './schemas.ts';
import { assertOwnLocation, locationParams } from './stock-locations.ts';
import { visibleLocation } from './visible.ts';

const inside = ['admin', 'operator', 'locationStaff', 'auditor', 'reporting'] as const;
const MOST_LOCATIONS = 10_000;

const assertLocation = async (call: Call<{ locationId: string }, unknown, unknown>): Promise<void> => {
  const { locationId } = call.params;
  assertOwnLocation(call, locationId);
  if (call.service.availability.knows(locationId)) return;
  const { version } = await call.service.locations.load(stockLocationStream(locationId));
  if (version === 0) throw new ApiProblem('not-found');
};

const inventoryOf = (document: InventoryDocument) => {
  const { locationId, sku: name, onHand, reserved, safetyStock, available } = document;
  return { locationId, sku: name, onHand, reserved, safetyStock, available };
};

export const inventory: readonly Route[] = [
  route({
    method: 'get',
    path: '/v1/stock-locations/{locationId}/inventory',
    tag: 'Inventory',
    summary: 'Stock of one location, by SKU',
    roles: inside,
    params: locationParams,
    query: z.strictObject({ ...page, sku: sku.exactOptional() }),
    answers: { 200: { description: 'A page of stock.', schema: pageOf(inventoryItem.omit({ locationId: true })) } },
    handle: async (call) => {
      await assertLocation(call);
      const { locationId } = call.params;
      return listPage(call, {
        name: 'inventory',
        equals: { locationId, ...(call.query.sku === undefined ? {} : { sku: call.query.sku }) },
        orderBy: 'sku',
        item: ({ body }) => {
          const { locationId: _same, ...item } = inventoryOf(body as InventoryDocument);
          return item;
        },
      });
    },
  }),
  route({
    method: 'get',
    path: '/v1/stock-locations/{locationId}/ledger',
    tag: 'Inventory',
    summary: 'Every movement of stock at one location, newest first',
    roles: inside,
    params: locationParams,
    query: z.strictObject({ ...page, sku: sku.exactOptional() }),
    answers: { 200: { description: 'A page of movements with the balances they left.', schema: pageOf(ledgerItem) } },
    handle: async (call) => {
      await assertLocation(call);
      const { locationId } = call.params;
      return listPage(call, {
        name: 'stock-ledger',
        equals: { locationId, ...(call.query.sku === undefined ? {} : { sku: call.query.sku }) },
        orderBy: 'position',
        descending: true,
        item: ({ body }) => body,
      });
    },
  }),
  route({
    method: 'get',
    path: '/v1/inventory',
    tag: 'Inventory',
    summary: 'Stock across locations',
    roles: inside,
    query: z.strictObject({ ...page, sku: sku.exactOptional(), locationId: id.exactOptional() }),
    answers: { 200: { description: 'A page of stock.', schema: pageOf(inventoryItem) } },
    handle: (call) => {
      const { sku: wanted } = call.query;
      const locationId = visibleLocation(call);
      return listPage(call, {
        name: 'inventory',
        equals: {
          ...(wanted === undefined ? {} : { sku: wanted }),
          ...(locationId === undefined ? {} : { locationId }),
        },
        ...(wanted !== undefined ? { orderBy: 'locationId' } : locationId !== undefined ? { orderBy: 'sku' } : {}),
        item: ({ body }) => inventoryOf(body as InventoryDocument),
      });
    },
  }),
  route({
    method: 'get',
    path: '/v1/availability/{sku}',
    tag: 'Inventory',
    summary: 'Units of a SKU that may be promised, in all and by location',
    description:
      'What locations hold, less what is reserved and safety stock; never negative. Suspended locations count nothing.',
    roles: ['admin', 'operator', 'channel', 'locationStaff', 'auditor', 'reporting'],
    params: z.strictObject({ sku }),
    query: z.strictObject({ minPosition: position.exactOptional() }),
    answers: { 200: { description: 'The availability; zero for a SKU never seen.', schema: availabilityAnswer } },
    handle: async (call) => {
      await awaitPosition('inventory', call);
      const { items: found, position: reached } = await call.service.readModels.find('inventory', {
        equals: { sku: call.params.sku },
        orderBy: 'locationId',
        limit: MOST_LOCATIONS,
      });
      const documents = found.map(({ body }) => body as InventoryDocument);
      const locations = await call.service.readModels.get(
        'locations',
        documents.map(({ locationId }) => locationId),
      );
      const profiles = new Map([...locations].map(([locationId, { body }]) => [locationId, body as LocationDocument]));
      return { status: 200, body: { ...availability(call.params.sku, documents, profiles), position: reached } };
    },
  }),
];
