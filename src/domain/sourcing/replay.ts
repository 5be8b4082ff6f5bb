import type { Destination } from '../order/order.ts';
import type { FenceFacts } from './fences.ts';
import type { Occasion } from './match.ts';
import type { Policy } from './policy.ts';
import type { SourcingPass, SourcingRecord } from './record.ts';
import { runRoutes } from './source.ts';

/** A decision of schema version 1 does not say when and for whom it was made. */
export type ReplayableRecord = SourcingRecord & {
  readonly at: NonNullable<SourcingRecord['at']>;
  readonly order: NonNullable<SourcingRecord['order']>;
};

export const isReplayable = (record: SourcingRecord): record is ReplayableRecord =>
  record.at !== null && record.order !== null;

export const factsOf = ({ at, order, demand, candidates }: ReplayableRecord): FenceFacts => ({
  at,
  order,
  demand,
  candidates,
});

export const occasionOf = (
  { at, order, demand }: ReplayableRecord,
  destination: Pick<Destination, 'country' | 'postcodeArea'>,
): Occasion => ({ order, destination, demand, now: Date.parse(at) });

/** The passes made again from what was recorded: under the policy of the decision, the identical ones. */
export const replay = (
  record: ReplayableRecord,
  policy: Policy,
  destination: Pick<Destination, 'country' | 'postcodeArea'>,
): readonly SourcingPass[] => runRoutes(policy.routes, factsOf(record), occasionOf(record, destination)).passes;
