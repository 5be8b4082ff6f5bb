import type { ApiKeyGrant } from '../domain/api-key.ts';
import type { ChannelProfile } from '../domain/channel.ts';
import type { DomainEvent } from '../domain/event.ts';

export type ListedKey = ApiKeyGrant & { readonly secretHash: string };

/** Channels and API keys in memory: every request needs them. It follows the log, like the availability index. */
export type Directory = {
  readonly apply: (event: DomainEvent) => void;
  readonly restoreChannel: (channelId: string, profile: ChannelProfile) => void;
  readonly restoreKey: (key: ListedKey) => void;
  readonly channel: (channelId: string) => ChannelProfile | undefined;
  /** The key whose secret has this SHA-256 (hex); revoked ones are gone. */
  readonly keyByHash: (secretHash: string) => ListedKey | undefined;
};

export const createDirectory = (): Directory => {
  const channels = new Map<string, ChannelProfile>();
  const keysByHash = new Map<string, ListedKey>();
  const hashById = new Map<string, string>();

  const restoreKey = (key: ListedKey): void => {
    keysByHash.set(key.secretHash, key);
    hashById.set(key.keyId, key.secretHash);
  };

  const apply = (event: DomainEvent): void => {
    switch (event.type) {
      case 'ChannelRegistered':
      case 'ChannelChanged':
        channels.set(event.data.channelId, event.data.profile);
        return;
      case 'ApiKeyIssued': {
        const { issuedAt: _issuedAt, ...key } = event.data;
        return restoreKey(key);
      }
      case 'ApiKeyRevoked':
        keysByHash.delete(hashById.get(event.data.keyId) ?? '');
        return;
      default:
        return;
    }
  };

  return {
    apply,
    restoreChannel: (channelId, profile) => void channels.set(channelId, profile),
    restoreKey,
    channel: (channelId) => channels.get(channelId),
    keyByHash: (secretHash) => keysByHash.get(secretHash),
  };
};
