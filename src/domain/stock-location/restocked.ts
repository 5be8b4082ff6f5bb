import type { FoldedEvent } from '../event.ts';
import type { StockBalance } from './stock-location.ts';

/** What a location has more of than it knew of: received, or adjusted or counted upwards. */
export const restockedLines = (event: FoldedEvent): readonly StockBalance[] => {
  switch (event.type) {
    case 'StockReceived':
      return event.data.lines;
    case 'StockAdjusted':
    case 'StockCounted':
      return event.data.lines.filter(({ delta }) => delta > 0);
    default:
      return [];
  }
};

export const restockedSkus = (event: FoldedEvent): readonly string[] => restockedLines(event).map(({ sku }) => sku);
