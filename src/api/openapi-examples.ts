const examplePolicy = {
  description: 'Stores ship within 200 km; otherwise the cheapest plan.',
  routes: [
    {
      name: 'near',
      when: { channels: ['web-uk'] },
      fences: [{ type: 'distance', atMostKilometres: 200 }, { type: 'capacity' }],
      split: { mode: 'never' },
      otherwise: { do: 'nextRoute' },
    },
    {
      name: 'anywhere',
      objective: { weighted: { cost: 1, parcels: 300 } },
      otherwise: { do: 'backorder', cancelAfterDays: 14 },
    },
  ],
};

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
  'post /v1/sourcing/dry-run': {
    order: {
      destination: { country: 'GB', postcode: 'LS6 2AB', latitude: 53.8, longitude: -1.55 },
      lines: [{ sku: 'teapot', quantity: 2, unitPrice: 1250 }],
    },
    policy: examplePolicy,
    network: {
      locations: [
        {
          id: 'leeds',
          address: { latitude: 53.8, longitude: -1.55 },
          costs: { perParcel: 450, perUnit: 30 },
          stock: [{ sku: 'teapot', available: 12 }],
        },
      ],
    },
  },
  'post /v1/simulations': {
    from: '2026-11-01T00:00:00Z',
    to: '2026-12-01T00:00:00Z',
    variants: [
      { name: 'as published', policy: 0 },
      { name: 'near first', policy: examplePolicy },
    ],
  },
  'post /v1/orders/{orderId}/sourcing/replay': { attempt: 1 },
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
  'post /v1/sourcing/policies': { policy: examplePolicy },
  'post /v1/sourcing/policies/validate': { policy: examplePolicy },
  'put /v1/sourcing/policy-drafts/{name}': { policy: examplePolicy },
  'post /v1/sourcing/policies/{version}/activate': { share: 10 },
  'post /v1/sourcing/policies/roll-back': { reason: 'Too many parcels' },
  'post /v1/sourcing/runs': { queue: 'backorders', limit: 200, dryRun: true },
  'put /v1/rate-cards/{rateCardId}': {
    carrier: 'Example Parcel',
    service: 'Next day',
    bands: [
      {
        to: [{ country: 'GB' }],
        fromCountries: ['GB'],
        transitDays: 1,
        prices: [
          { upTo: 2000, price: 420 },
          { upTo: 10_000, price: 690 },
        ],
      },
    ],
  },
  'put /v1/items/{sku}': { name: 'Teapot, blue', weight: 780, groups: ['fragile'] },
  'post /v1/items': {
    items: [
      { sku: 'teapot', name: 'Teapot, blue', weight: 780, groups: ['fragile'] },
      { sku: 'kettle', weight: 1450 },
    ],
  },
  'put /v1/channels/{channelId}': { name: 'Web shop UK', kind: 'web', market: 'GB', currency: 'GBP' },
  'post /v1/api-keys': { name: 'Web shop UK, orders', role: 'channel', channelId: 'web-uk' },
};
