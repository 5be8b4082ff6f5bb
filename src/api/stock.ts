import { z } from 'zod';
import type { StockLocationCommand } from '../domain/stock-location/decide.ts';
import { availableToPromise, stockLocationStream } from '../domain/stock-location/stock-location.ts';
import { stockBalances } from './answers.ts';
import { etagOf, expectedVersions } from './etag.ts';
import { type Call, type Reply, type Route, route } from './route.ts';
import { adjustment, receipt, safetyStock, sku, stockCount } from './schemas.ts';
import { assertOwnLocation, locationParams } from './stock-locations.ts';

const common = {
  tag: 'Stock',
  roles: ['admin', 'operator', 'locationStaff'],
  requestHeaders: { 'If-Match': 'The ETag you read: refused with 412 when the location has changed since.' },
  answers: {
    200: { description: 'It was recorded before; the balances as they are.', schema: stockBalances },
    201: { description: 'Recorded; the balances afterwards.', schema: stockBalances },
  },
} as const;

/** Gives the command and answers the balances of the SKUs it named. */
const move = async (
  call: Call<{ locationId: string }, unknown, unknown>,
  command: StockLocationCommand,
  skus: readonly string[],
): Promise<Reply> => {
  const { locationId } = call.params;
  assertOwnLocation(call, locationId);
  const { service, repetition } = call;
  const options = { repetition, expectedVersions: expectedVersions(call.header('if-match')) };
  const { state, events, version, position } = await service.locations.execute(
    stockLocationStream(locationId),
    command,
    call.context(),
    options,
  );
  await call.wrote(position);
  const lines = [...new Set(skus)].map((one) => {
    const {
      onHand,
      reserved,
      safetyStock: safety,
    } = state.stock.get(one) ?? { onHand: 0, reserved: 0, safetyStock: 0 };
    const available = availableToPromise({ onHand, reserved, safetyStock: safety });
    return { sku: one, onHand, reserved, safetyStock: safety, available };
  });
  return {
    status: events.length > 0 ? 201 : 200,
    body: { locationId, lines, version, position },
    headers: { ETag: etagOf(version) },
  };
};

const skusOf = (lines: readonly { readonly sku: string }[]): string[] => lines.map((line) => line.sku);

export const stock: readonly Route[] = [
  route({
    ...common,
    method: 'post',
    path: '/v1/stock-locations/{locationId}/receipts',
    summary: 'Receive stock',
    description: 'One reference counts once: repeating it changes nothing, repeating it with other lines is refused.',
    params: locationParams,
    body: receipt,
    handle: (call) =>
      move(call, { type: 'ReceiveStock', data: { ...call.params, ...call.body } }, skusOf(call.body.lines)),
  }),
  route({
    ...common,
    method: 'post',
    path: '/v1/stock-locations/{locationId}/adjustments',
    summary: 'Adjust stock by a difference, with a reason',
    description: 'Refused where it would leave fewer units on hand than are reserved.',
    params: locationParams,
    body: adjustment,
    handle: (call) =>
      move(call, { type: 'AdjustStock', data: { ...call.params, ...call.body } }, skusOf(call.body.lines)),
  }),
  route({
    ...common,
    method: 'post',
    path: '/v1/stock-locations/{locationId}/counts',
    summary: 'Record what was counted',
    description: 'Refused where fewer units were counted than are reserved: short-pick, reject or cancel first.',
    params: locationParams,
    body: stockCount,
    handle: (call) =>
      move(call, { type: 'CountStock', data: { ...call.params, ...call.body } }, skusOf(call.body.lines)),
  }),
  route({
    ...common,
    method: 'put',
    path: '/v1/stock-locations/{locationId}/safety-stock/{sku}',
    summary: 'Keep units of a SKU back from sourcing',
    params: locationParams.extend({ sku }),
    body: safetyStock,
    answers: { 200: { description: 'The balances afterwards.', schema: stockBalances } },
    handle: async (call) => {
      const data = { ...call.params, quantity: call.body.quantity };
      return { ...(await move(call, { type: 'SetSafetyStock', data }, [call.params.sku])), status: 200 };
    },
  }),
];

/** Shared with the inventory queries. */
export const skuParams = z.strictObject({ sku });
