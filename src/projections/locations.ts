import type { LocationProfile } from '../domain/stock-location/stock-location.ts';
import type { Projection } from './projection.ts';

export type LocationDocument = {
  readonly locationId: string;
  readonly profile: LocationProfile;
  readonly status: 'active' | 'suspended';
};

export const locations: Projection<LocationDocument> = {
  name: 'locations',
  version: 1,
  streamPrefixes: ['stockLocation-'],
  indexes: [],
  ids: (event) => {
    switch (event.type) {
      case 'LocationRegistered':
      case 'LocationProfileChanged':
      case 'LocationSuspended':
      case 'LocationResumed':
        return [event.data.locationId];
      default:
        return [];
    }
  },
  evolve: (document, event) => {
    if (event.type === 'LocationRegistered') return { ...event.data, status: 'active' };
    if (document === null) return null;
    switch (event.type) {
      case 'LocationProfileChanged':
        return { ...document, profile: event.data.profile };
      case 'LocationSuspended':
        return { ...document, status: 'suspended' };
      case 'LocationResumed':
        return { ...document, status: 'active' };
      default:
        return document;
    }
  },
};
