import type { ApiKeyGrant } from '../domain/api-key.ts';
import type { ChannelProfile } from '../domain/channel.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { Item } from '../domain/item.ts';
import { emptyPolicyBook, evolvePolicyBook, type PolicyBook } from '../domain/policy-book/policy-book.ts';
import type { RateCard } from '../domain/rate-card.ts';
import { createItemFacts } from './item-facts.ts';

export type ListedKey = ApiKeyGrant & { readonly secretHash: string };

/**
 * Configuration in memory: channels and API keys, which every request needs, and the policies, rate cards and items
 * that sourcing goes by. It follows the log, like the availability index.
 */
export type Directory = {
  /** An event that it has had before changes nothing, as long as those after it come again, too. */
  readonly apply: (event: DomainEvent) => void;
  readonly restoreChannel: (channelId: string, profile: ChannelProfile) => void;
  readonly restoreKey: (key: ListedKey) => void;
  readonly restoreItem: (item: Item) => void;
  readonly restoreRateCard: (rateCard: RateCard) => void;
  readonly channel: (channelId: string) => ChannelProfile | undefined;
  /** Whether any channel sells in this market. */
  readonly knowsMarket: (market: string) => boolean;
  /** The key whose secret has this SHA-256 (hex); revoked ones are gone. */
  readonly keyByHash: (secretHash: string) => ListedKey | undefined;
  readonly policies: () => PolicyBook;
  /** Without its name. */
  readonly item: (sku: string) => Item | undefined;
  readonly knowsItemGroup: (group: string) => boolean;
  /** By id. The same array until one of them changes, so that what is made of it can be kept with it. */
  readonly rateCards: () => readonly RateCard[];
};

export const createDirectory = (): Directory => {
  const channels = new Map<string, ChannelProfile>();
  const keysByHash = new Map<string, ListedKey>();
  const hashById = new Map<string, string>();
  const items = createItemFacts();
  const rateCardsById = new Map<string, RateCard>();
  let rateCards: readonly RateCard[] | null = null;
  let policies = emptyPolicyBook;
  let policiesVersion = 0;

  const restoreKey = (key: ListedKey): void => {
    keysByHash.set(key.secretHash, key);
    hashById.set(key.keyId, key.secretHash);
  };

  const restoreRateCard = (rateCard: RateCard): void => {
    rateCardsById.set(rateCard.rateCardId, rateCard);
    rateCards = null;
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
      case 'ItemIntroduced':
      case 'ItemChanged':
        return items.set(event.data);
      case 'RateCardIntroduced':
      case 'RateCardChanged':
        return restoreRateCard(event.data);
      case 'RateCardWithdrawn':
        rateCardsById.delete(event.data.rateCardId);
        rateCards = null;
        return;
      case 'PolicyPublished':
      case 'PolicyActivated':
      case 'PolicyRolledBack':
        // Had before; or one before it cannot be read, and then nothing may be concluded from this one.
        if (event.version !== policiesVersion + 1) return;
        policies = evolvePolicyBook(policies, event);
        policiesVersion = event.version;
        return;
      default:
        return;
    }
  };

  const listRateCards = (): readonly RateCard[] => {
    rateCards ??= [...rateCardsById.values()].sort((one, other) => (one.rateCardId < other.rateCardId ? -1 : 1));
    return rateCards;
  };

  return {
    apply,
    restoreChannel: (channelId, profile) => void channels.set(channelId, profile),
    restoreKey,
    restoreItem: items.set,
    restoreRateCard,
    channel: (channelId) => channels.get(channelId),
    knowsMarket: (market) => channels.values().some((profile) => profile.market === market),
    keyByHash: (secretHash) => keysByHash.get(secretHash),
    policies: () => policies,
    item: items.get,
    knowsItemGroup: items.knowsGroup,
    rateCards: listRateCards,
  };
};
