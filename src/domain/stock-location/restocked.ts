import type { FoldedEvent } from '../event.ts';

/** SKUs of which a location has more than it knew of: received, or adjusted or counted upwards. */
export const restockedSkus = (event: FoldedEvent): readonly string[] => {
  switch (event.type) {
    case 'StockReceived':
      return event.data.lines.map(({ sku }) => sku);
    case 'StockAdjusted':
    case 'StockCounted':
      return event.data.lines.filter(({ delta }) => delta > 0).map(({ sku }) => sku);
    default:
      return [];
  }
};
