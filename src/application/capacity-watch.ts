import { createDispatchCalendar } from '../domain/sourcing/dispatch.ts';
import type { NetworkLocation } from '../domain/sourcing/network.ts';
import type { AvailabilityIndex } from './availability.ts';

/** What locations that can do only so much in a day have left of it. */
export type CapacityWatch = {
  /** Whether it could take one more fulfilment, known of now. */
  readonly hasRoom: (locationId: string) => boolean;
  /** Those whose day of dispatch is not the one it was when this was last asked: with it, their places are free again. */
  readonly daysBegun: () => readonly string[];
};

type Dependencies = {
  readonly availability: Pick<AvailabilityIndex, 'location' | 'locations'>;
  readonly now: () => Date;
};

export const createCapacityWatch = ({ availability, now }: Dependencies): CapacityWatch => {
  const calendar = createDispatchCalendar();
  /** By location, the day on which what is known of now is dispatched. */
  const days = new Map<string, string | null>();

  const dayOf = ({ profile }: NetworkLocation): string | null =>
    calendar.dispatchOf(profile, now().getTime())?.day ?? null;

  return {
    hasRoom: (locationId) => {
      const location = availability.location(locationId);
      if (location === undefined) return false;
      const most = location.profile.capacity?.fulfilmentsPerDay;
      if (most === undefined) return true;
      const day = dayOf(location);
      return day !== null && (location.load?.get(day) ?? 0) < most;
    },
    daysBegun: () =>
      availability.locations().flatMap((location) => {
        const { locationId, profile } = location;
        if (profile.capacity === undefined) return [];
        const day = dayOf(location);
        const before = days.get(locationId);
        days.set(locationId, day);
        return before === day ? [] : [locationId];
      }),
  };
};
