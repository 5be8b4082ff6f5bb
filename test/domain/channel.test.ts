import { describe, it } from 'vitest';
import { type ChannelCommand, type ChannelProfile, channelDecider } from '../../src/domain/channel.ts';
import { historyOf, spec } from '../support/spec.ts';

const channel = spec(channelDecider);
const webUk: ChannelProfile = { name: 'Web UK', kind: 'web', market: 'GB', currency: 'GBP' };

const define = (profile: Partial<ChannelProfile> = {}): ChannelCommand => ({
  type: 'DefineChannel',
  data: { channelId: 'web-uk', profile: { ...webUk, ...profile } },
});

describe('a channel', () => {
  const registered = historyOf(channelDecider, [define()]);

  it('is registered once', () => {
    channel.when(define()).yields({ type: 'ChannelRegistered', data: { channelId: 'web-uk', profile: webUk } });
    channel
      .given(...registered)
      .when(define())
      .changesNothing();
  });

  it.each<Partial<ChannelProfile>>([{ name: 'Web' }, { kind: 'b2b' }, { market: 'IE' }, { currency: 'EUR' }])(
    'is changed by %j, once',
    (change) => {
      const changed = {
        type: 'ChannelChanged',
        data: { channelId: 'web-uk', profile: { ...webUk, ...change } },
      } as const;
      channel
        .given(...registered)
        .when(define(change))
        .yields(changed);
      channel
        .given(...registered, changed)
        .when(define(change))
        .changesNothing();
    },
  );
});
