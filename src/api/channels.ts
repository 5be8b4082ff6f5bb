import { z } from 'zod';
import { type Channel, channelStream } from '../domain/channel.ts';
import { channelAnswer, pageOf } from './answers.ts';
import { etagOf, expectedVersions, notChanged, unlessKnown } from './etag.ts';
import { ApiProblem } from './problem.ts';
import { listPage } from './reading.ts';
import { type Reply, type Route, route } from './route.ts';
import { channelProfile, id, page } from './schemas.ts';

const channelParams = z.strictObject({ channelId: id });
const answers = { 200: { description: 'The channel.', schema: channelAnswer } };

type Snapshot = { readonly state: Channel; readonly version: number; readonly position: string | null };

const channelReply = (status: number, channelId: string, { state, version, position }: Snapshot): Reply => ({
  status,
  body: { channelId, profile: state.profile, version, position },
  headers: { ETag: etagOf(version) },
});

export const channels: readonly Route[] = [
  route({
    method: 'put',
    path: '/v1/channels/{channelId}',
    tag: 'Channels',
    summary: 'Register a sales channel, or change it',
    roles: ['admin', 'operator'],
    params: channelParams,
    body: channelProfile,
    requestHeaders: { 'If-Match': 'Change only this version.', 'If-None-Match': '`*`: register only, do not change.' },
    answers: { ...answers, 201: { description: 'Registered.', schema: channelAnswer } },
    handle: async (call) => {
      const { channelId } = call.params;
      const executed = await call.service.channels.execute(
        channelStream(channelId),
        { type: 'DefineChannel', data: { channelId, profile: call.body } },
        call.context(channelId),
        { expectedVersions: expectedVersions(call.header('if-match'), call.header('if-none-match')) },
      );
      await call.wrote(executed.position);
      return channelReply(executed.events[0]?.type === 'ChannelRegistered' ? 201 : 200, channelId, executed);
    },
  }),
  route({
    method: 'get',
    path: '/v1/channels/{channelId}',
    tag: 'Channels',
    summary: 'Read a channel',
    roles: ['admin', 'operator', 'channel', 'auditor', 'reporting'],
    params: channelParams,
    answers: { ...answers, ...notChanged },
    handle: async (call) => {
      const { channelId } = call.params;
      const isForeign = call.caller.role === 'channel' && call.caller.channelId !== channelId;
      const loaded = await call.service.channels.load(channelStream(channelId));
      if (isForeign || loaded.version === 0) throw new ApiProblem('not-found');
      return unlessKnown(call, channelReply(200, channelId, loaded), loaded.version);
    },
  }),
  route({
    method: 'get',
    path: '/v1/channels',
    tag: 'Channels',
    summary: 'List channels',
    roles: ['admin', 'operator', 'auditor', 'reporting'],
    query: z.strictObject(page),
    answers: {
      200: {
        description: 'A page of channels.',
        schema: pageOf(channelAnswer.omit({ version: true, position: true })),
      },
    },
    handle: (call) =>
      listPage(call, {
        name: 'channels',
        item: ({ body }) => ({ channelId: body.channelId, profile: body.profile }),
      }),
  }),
];
