/** A request body for each operation that takes one, by method and path: what the documentation starts from. */
export const requestExamples: Readonly<Record<string, unknown>> = {
  'post /v1/orders': {
    channelId: 'web-uk',
    channelOrderNumber: '536365',
    customer: { name: 'Ada Example', email: 'ada@example.org', phone: '+44 20 7946 0000' },
    destination: { country: 'GB', postcode: 'SW1A 1AA', city: 'London', street: '1 Example Street' },
    method: 'homeDelivery',
    lines: [
      { sku: 'teapot', quantity: 2, unitPrice: 1250 },
      { sku: 'kettle', quantity: 1, unitPrice: 3400 },
    ],
  },
  'post /v1/promises': {
    destination: { country: 'GB', postcode: 'SW1A 1AA' },
    lines: [{ sku: 'teapot', quantity: 2, unitPrice: 1250 }],
    deliverBy: '2026-12-24',
  },
  'post /v1/orders/{orderId}/cancel': { reason: 'Ordered by mistake', lines: [{ lineId: '1', quantity: 1 }] },
  'post /v1/orders/{orderId}/hold': { reason: 'Payment under review' },
  'post /v1/orders/{orderId}/fulfilments/{fulfilmentId}/short-pick': { lines: [{ sku: 'teapot', quantity: 1 }] },
  'post /v1/orders/{orderId}/fulfilments/{fulfilmentId}/dispatch': {
    carrier: 'Example Parcel',
    trackingNumber: 'EP123456789GB',
  },
  'post /v1/orders/{orderId}/fulfilments/{fulfilmentId}/reject': { reason: 'Damaged on the shelf' },
  'put /v1/stock-locations/{locationId}': {
    name: 'Leeds warehouse',
    kind: 'warehouse',
    address: { country: 'GB', postcode: 'LS1 4AP', city: 'Leeds', latitude: 53.8, longitude: -1.55 },
    timeZone: 'Europe/London',
    capabilities: ['ship', 'returns'],
    costs: { perParcel: 350, perUnit: 20 },
  },
  'post /v1/stock-locations/{locationId}/suspend': { reason: 'Stocktaking' },
  'post /v1/stock-locations/{locationId}/receipts': {
    reference: 'PO-1001',
    lines: [
      { sku: 'teapot', quantity: 40 },
      { sku: 'kettle', quantity: 12 },
    ],
  },
  'post /v1/stock-locations/{locationId}/adjustments': {
    reference: 'ADJ-17',
    reason: 'Broken in the aisle',
    lines: [{ sku: 'teapot', delta: -2 }],
  },
  'post /v1/stock-locations/{locationId}/counts': { reference: 'COUNT-9', lines: [{ sku: 'teapot', counted: 38 }] },
  'put /v1/stock-locations/{locationId}/safety-stock/{sku}': { quantity: 5 },
  'put /v1/channels/{channelId}': { name: 'Web shop UK', kind: 'web', market: 'GB', currency: 'GBP' },
  'post /v1/api-keys': { name: 'Web shop UK, orders', role: 'channel', channelId: 'web-uk' },
};
