import type { Decider } from './decider.ts';

export const channelStream = (channelId: string): string => `channel-${channelId}`;

export const channelKinds = ['web', 'marketplace', 'pointOfSale', 'b2b', 'other'] as const;

export type ChannelProfile = {
  readonly name: string;
  readonly kind: (typeof channelKinds)[number];
  readonly market?: string;
  /** ISO 4217. The currency of the prices in this channel's orders. */
  readonly currency?: string;
};

// Stored format: names and fields are permanent.
export type ChannelEvent =
  | {
      readonly type: 'ChannelRegistered';
      readonly data: { readonly channelId: string; readonly profile: ChannelProfile };
    }
  | {
      readonly type: 'ChannelChanged';
      readonly data: { readonly channelId: string; readonly profile: ChannelProfile };
    };

export type Channel = { readonly profile: ChannelProfile | null };

export type ChannelCommand = {
  readonly type: 'DefineChannel';
  readonly data: { readonly channelId: string; readonly profile: ChannelProfile };
};

const decide = ({ data }: ChannelCommand, state: Channel): readonly ChannelEvent[] => {
  if (state.profile === null) return [{ type: 'ChannelRegistered', data }];
  if (sameProfile(state.profile, data.profile)) return [];
  return [{ type: 'ChannelChanged', data }];
};

const sameProfile = (a: ChannelProfile, b: ChannelProfile): boolean =>
  a.name === b.name && a.kind === b.kind && a.market === b.market && a.currency === b.currency;

export const channelDecider: Decider<Channel, ChannelCommand, ChannelEvent> = {
  initialState: () => ({ profile: null }),
  evolve: (_state, event) => ({ profile: event.data.profile }),
  decide,
};
