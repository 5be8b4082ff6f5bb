import { type ChannelProfile, channelStream } from '../domain/channel.ts';
import { DomainError } from '../domain/error.ts';
import type { Service } from './service.ts';

/**
 * The channel's profile, else a refusal. The directory follows the log by a moment, so what it does not know is looked for in
 * the log itself: another node may have registered it just now.
 */
export const knownChannel = async (
  channelId: string,
  { directory, channels }: Pick<Service, 'directory' | 'channels'>,
): Promise<ChannelProfile> => {
  const profile = directory.channel(channelId) ?? (await channels.load(channelStream(channelId))).state.profile;
  if (profile === null) throw new DomainError('channel-unknown', `There is no channel ${channelId}.`);
  return profile;
};
