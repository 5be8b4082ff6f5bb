import type { ProjectedEvent } from '../domain/event.ts';
import type { DayLoad } from '../domain/stock-location/day-load.ts';
import type { Projection } from './projection.ts';

/** Fulfilments that a location has promised to dispatch on a day. */
export type LocationLoadDocument = DayLoad & { readonly locationId: string };

const loadOf = (event: ProjectedEvent): LocationLoadDocument | null => {
  if (event.type !== 'StockReserved' && event.type !== 'ReservationReleased') return null;
  const { locationId, load } = event.data;
  return load === undefined ? null : { locationId, ...load };
};

export const locationLoad: Projection<LocationLoadDocument> = {
  name: 'location-load',
  version: 1,
  streamPrefixes: ['stockLocation-'],
  indexes: [['day', 'locationId'], ['locationId', 'day'], ['day']],
  ids: (event) => {
    const load = loadOf(event);
    return load === null ? [] : [`${load.locationId}/${load.day}`];
  },
  evolve: (document, event) => loadOf(event) ?? document,
};
