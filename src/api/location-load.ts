import { z } from 'zod';
import type { AvailabilityIndex } from '../application/availability.ts';
import type { LocationLoadDocument } from '../projections/location-load.ts';
import { pageOf } from './answers.ts';
import { listPage } from './reading.ts';
import { route } from './route.ts';
import { id, page } from './schemas.ts';
import { visibleLocation } from './visible.ts';

export const loadItem = z.object({
  locationId: z.string(),
  day: z.string(),
  fulfilments: z.int().min(0).describe('Promised for dispatch on that day, whether dispatched by now or not.'),
  capacity: z.int().min(0).nullable().describe('Fulfilments that the location states it can do in a day now.'),
});

const itemOf = ({ locationId, day, fulfilments }: LocationLoadDocument, index: AvailabilityIndex) => ({
  locationId,
  day,
  fulfilments,
  capacity: index.location(locationId)?.profile.capacity?.fulfilmentsPerDay ?? null,
});

export const locationLoads = route({
  method: 'get',
  path: '/v1/location-load',
  tag: 'Inventory',
  summary: 'Fulfilments that locations have promised, by day of dispatch',
  description:
    "Days are the location's own. Only locations that state a capacity count their fulfilments. A fulfilment that is " +
    'given back whole before its dispatch no longer counts.',
  roles: ['admin', 'operator', 'locationStaff', 'auditor', 'reporting'],
  query: z.strictObject({ ...page, locationId: id.exactOptional(), day: z.iso.date().exactOptional() }),
  answers: { 200: { description: 'A page of loads, earliest day first.', schema: pageOf(loadItem) } },
  handle: (call) => {
    const { query, service } = call;
    const locationId = visibleLocation(call);
    return listPage(call, {
      name: 'location-load',
      equals: {
        ...(locationId === undefined ? {} : { locationId }),
        ...(query.day === undefined ? {} : { day: query.day }),
      },
      orderBy: query.day === undefined ? 'day' : 'locationId',
      item: ({ body }) => itemOf(body as LocationLoadDocument, service.availability),
    });
  },
});
