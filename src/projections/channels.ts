import type { ChannelProfile } from '../domain/channel.ts';
import type { Projection } from './projection.ts';

export type ChannelDocument = { readonly channelId: string; readonly profile: ChannelProfile };

export const channels: Projection<ChannelDocument> = {
  name: 'channels',
  version: 1,
  streamPrefixes: ['channel-'],
  indexes: [],
  ids: (event) => (event.type === 'ChannelRegistered' || event.type === 'ChannelChanged' ? [event.data.channelId] : []),
  evolve: (document, event) =>
    event.type === 'ChannelRegistered' || event.type === 'ChannelChanged' ? event.data : document,
};
