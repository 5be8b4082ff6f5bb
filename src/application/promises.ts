import type { ChannelProfile } from '../domain/channel.ts';
import { inForce, publishedPolicy } from '../domain/policy-book/in-force.ts';
import { builtInPolicy } from '../domain/sourcing/policy.ts';
import { type PromiseMethod, type PromiseOption, promise, promiseMethods } from '../domain/sourcing/promise.ts';
import type { Position } from '../domain/values.ts';
import { destinationOf, numbered, type OrderRequest } from './order-request.ts';
import type { Service } from './service.ts';
import { valueOfLines } from './sourcing.ts';

/** A basket, as a shop knows it before anybody orders. */
export type Basket = Pick<OrderRequest, 'priority' | 'deliverBy' | 'lines'> & {
  readonly channelId?: string;
  readonly destination: Pick<OrderRequest['destination'], 'country' | 'postcode' | 'latitude' | 'longitude'>;
  readonly methods?: readonly PromiseMethod[];
  readonly withinKilometres?: number;
  readonly mostPlaces?: number;
};

export type Promised = {
  readonly options: readonly PromiseOption[];
  /** The newest event that the stock looked at reflects. */
  readonly position: Position | null;
};

const NEARBY_KILOMETRES = 100;
const PLACES = 10;

/** In no channel's name: no rule that names channels fits it. */
const NO_CHANNEL = '';

/** What could be promised for a basket now, under the policy in full force: a canary takes orders by their ids. */
export const promiseBasket = (
  basket: Basket,
  channel: ChannelProfile | undefined,
  { directory, sourcing, now }: Pick<Service, 'directory' | 'sourcing' | 'now'>,
): Promised => {
  const instant = now().toISOString();
  const lines = numbered(basket.lines);
  const policies = directory.policies();
  const { full } = inForce(policies, instant);
  const policy = publishedPolicy(policies, full.version) ?? builtInPolicy;
  const network = sourcing.networkFor(lines, policy);
  const options = promise(
    {
      now: instant,
      order: {
        channelId: basket.channelId ?? NO_CHANNEL,
        market: channel?.market ?? null,
        priority: basket.priority ?? null,
        value: valueOfLines(lines),
        placedAt: instant,
        deliverBy: basket.deliverBy ?? null,
      },
      lines,
      destination: destinationOf(basket.destination),
      methods: [...new Set(basket.methods ?? promiseMethods)],
      withinKilometres: basket.withinKilometres ?? NEARBY_KILOMETRES,
      mostPlaces: basket.mostPlaces ?? PLACES,
    },
    network,
    sourcing.rulesUnder(policy),
  );
  return { options, position: network.logPosition };
};
