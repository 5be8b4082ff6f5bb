import type { LineUnits, OrderEvent, StockEffect } from '../domain/order/order.ts';

const units = (count: number): string => (count === 1 ? '1 unit' : `${count} units`);

const unitsIn = (lines: readonly { readonly quantity: number }[]): string =>
  units(lines.reduce((sum, { quantity }) => sum + quantity, 0));

const skusIn = (lines: readonly LineUnits[]): string => [...new Set(lines.map(({ sku }) => sku))].join(', ');

const stockEffects: Readonly<Record<StockEffect, string>> = {
  issue: 'took the dispatched units off its stock',
  release: 'gave the reserved units back to its stock',
  writeOff: 'took the missing units off its stock',
};

const sourced = ({ data }: Extract<OrderEvent, { type: 'SourcingDecided' }>): string => {
  if (data.fulfilments.length === 0) return `Attempt ${data.attempt} found no location for any unit.`;
  const parts = data.fulfilments.map(({ locationId, lines }) => `${unitsIn(lines)} from ${locationId}`);
  return `Attempt ${data.attempt} chose ${parts.join(', ')}.`;
};

/** One plain sentence about an event, without personal data. */
export const summaryOf = (event: OrderEvent): string => {
  switch (event.type) {
    case 'OrderPlaced':
      return `${event.data.channelId} placed order ${event.data.channelOrderNumber} for ${unitsIn(event.data.lines)}.`;
    case 'SourcingDecided':
      return sourced(event);
    case 'FulfilmentReserved':
      return `${event.data.locationId} reserved its units.`;
    case 'FulfilmentRefused':
      return event.data.shortSkus.length === 0
        ? `${event.data.locationId} refused: ${event.data.code}.`
        : `${event.data.locationId} refused for lack of ${event.data.shortSkus.join(', ')}.`;
    case 'OrderBackordered':
      return `${unitsIn(event.data.lines)} of ${skusIn(event.data.lines)} went on backorder.`;
    case 'OrderParked':
      return `The order was parked in queue ${event.data.queue}.`;
    case 'OrderUnparked':
      return 'The order left its queue.';
    case 'FulfilmentPicked':
      return `${event.data.locationId} picked everything.`;
    case 'FulfilmentShortPicked':
      return `${event.data.locationId} did not find ${unitsIn(event.data.missing)} of ${skusIn(event.data.missing)}.`;
    case 'FulfilmentPacked':
      return `${event.data.locationId} packed the parcel.`;
    case 'FulfilmentDispatched':
      return `${event.data.locationId} dispatched ${unitsIn(event.data.lines)} by ${event.data.carrier}.`;
    case 'FulfilmentDelivered':
      return `The parcel from ${event.data.locationId} was delivered.`;
    case 'FulfilmentRejected':
      return `${event.data.locationId} rejected the fulfilment.`;
    case 'FulfilmentStockSettled':
      return `${event.data.locationId} ${stockEffects[event.data.effect]}.`;
    case 'OrderHeld':
      return 'The order was put on hold.';
    case 'OrderReleased':
      return 'The order was released from hold.';
    case 'LinesCancelled':
      return `${unitsIn(event.data.lines)} of ${skusIn(event.data.lines)} were cancelled.`;
    case 'OrderCancelled':
      return 'The order was cancelled.';
    default:
      event satisfies never;
      return '';
  }
};
