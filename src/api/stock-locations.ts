import { z } from 'zod';
import { type StockLocation, stockLocationStream } from '../domain/stock-location/stock-location.ts';
import type { LocationDocument } from '../projections/locations.ts';
import { locationAnswer, pageOf } from './answers.ts';
import { etagOf, expectedVersions, notChanged, unlessKnown } from './etag.ts';
import { ApiProblem } from './problem.ts';
import { listPage } from './reading.ts';
import { type Call, type Reply, type Route, route } from './route.ts';
import { id, locationProfile, NO_REASON, nothing, page, reasonOnly } from './schemas.ts';

export const locationParams = z.strictObject({ locationId: id });

/** Location staff see and touch their own location only. */
export const assertOwnLocation = (
  { caller }: Pick<Call<unknown, unknown, unknown>, 'caller'>,
  locationId: string,
): void => {
  if (caller.role === 'locationStaff' && caller.locationId !== locationId) throw new ApiProblem('not-found');
};

type Snapshot = { readonly state: StockLocation; readonly version: number; readonly position: string | null };

const locationReply = (status: number, locationId: string, { state, version, position }: Snapshot): Reply => ({
  status,
  body: { locationId, status: state.status, profile: state.profile, version, position },
  headers: { ETag: etagOf(version) },
});

const answers = { 200: { description: 'The location afterwards.', schema: locationAnswer } };
const everybodyInside = ['admin', 'operator', 'locationStaff', 'auditor', 'reporting'] as const;

export const stockLocations: readonly Route[] = [
  route({
    method: 'put',
    path: '/v1/stock-locations/{locationId}',
    tag: 'Stock locations',
    summary: 'Register a stock location, or change its profile',
    description: 'Costs are in minor units. The whole profile is replaced.',
    roles: ['admin', 'operator'],
    params: locationParams,
    body: locationProfile,
    requestHeaders: { 'If-Match': 'Change only this version.', 'If-None-Match': '`*`: register only, do not change.' },
    answers: { ...answers, 201: { description: 'Registered.', schema: locationAnswer } },
    handle: async (call) => {
      const { locationId } = call.params;
      const executed = await call.service.locations.execute(
        stockLocationStream(locationId),
        { type: 'DefineLocation', data: { locationId, profile: call.body } },
        call.context(),
        { expectedVersions: expectedVersions(call.header('if-match'), call.header('if-none-match')) },
      );
      await call.wrote(executed.position);
      return locationReply(executed.events[0]?.type === 'LocationRegistered' ? 201 : 200, locationId, executed);
    },
  }),
  route({
    method: 'get',
    path: '/v1/stock-locations/{locationId}',
    tag: 'Stock locations',
    summary: 'Read a stock location',
    roles: everybodyInside,
    params: locationParams,
    answers: { ...answers, ...notChanged },
    handle: async (call) => {
      const { locationId } = call.params;
      assertOwnLocation(call, locationId);
      const loaded = await call.service.locations.load(stockLocationStream(locationId));
      if (loaded.version === 0) throw new ApiProblem('not-found');
      return unlessKnown(call, locationReply(200, locationId, loaded), loaded.version);
    },
  }),
  route({
    method: 'get',
    path: '/v1/stock-locations',
    tag: 'Stock locations',
    summary: 'List stock locations',
    roles: everybodyInside,
    query: z.strictObject(page),
    answers: {
      200: {
        description: 'A page of locations.',
        schema: pageOf(locationAnswer.omit({ version: true, position: true })),
      },
    },
    handle: (call) =>
      listPage(call, {
        name: 'locations',
        visible: ({ id: locationId }) => call.caller.role !== 'locationStaff' || call.caller.locationId === locationId,
        item: ({ body }) => {
          const { locationId, status, profile } = body as LocationDocument;
          return { locationId, status, profile };
        },
      }),
  }),
  route({
    method: 'post',
    path: '/v1/stock-locations/{locationId}/suspend',
    tag: 'Stock locations',
    summary: 'Take a location out of sourcing: nothing new is reserved there',
    roles: ['admin', 'operator', 'locationStaff'],
    params: locationParams,
    requestHeaders: { 'If-Match': 'Only this version.' },
    body: reasonOnly,
    answers,
    handle: (call) =>
      switchLocation(call, {
        type: 'SuspendLocation',
        data: { ...call.params, reason: call.body?.reason ?? NO_REASON },
      }),
  }),
  route({
    method: 'post',
    path: '/v1/stock-locations/{locationId}/resume',
    tag: 'Stock locations',
    summary: 'Put a suspended location back into sourcing',
    roles: ['admin', 'operator', 'locationStaff'],
    params: locationParams,
    requestHeaders: { 'If-Match': 'Only this version.' },
    body: nothing,
    answers,
    handle: (call) => switchLocation(call, { type: 'ResumeLocation', data: call.params }),
  }),
];

const switchLocation = async (
  call: Call<{ locationId: string }, unknown, unknown>,
  command: Parameters<Call<unknown, unknown, unknown>['service']['locations']['execute']>[1],
): Promise<Reply> => {
  const { locationId } = call.params;
  assertOwnLocation(call, locationId);
  const options = { repetition: call.repetition, expectedVersions: expectedVersions(call.header('if-match')) };
  const executed = await call.service.locations.execute(
    stockLocationStream(locationId),
    command,
    call.context(),
    options,
  );
  await call.wrote(executed.position);
  return locationReply(200, locationId, executed);
};
