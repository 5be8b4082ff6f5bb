import { anyProjection, type Projection } from '../../src/projections/projection.ts';

export type Tally = { readonly orderId: string; readonly events: number; readonly types: readonly string[] };

/** A read model for tests: which events an order has had, so that a lost, repeated or misplaced one shows. */
export const tallies = (overrides: Partial<Projection<Tally>> = {}) =>
  anyProjection<Tally>({
    name: 'tallies',
    version: 1,
    streamPrefixes: ['order-'],
    indexes: [['events']],
    ids: (event) => ('orderId' in event.data ? [event.data.orderId] : []),
    evolve: (document, event, id) => ({
      orderId: id,
      events: (document?.events ?? 0) + 1,
      types: [...(document?.types ?? []), event.type],
    }),
    ...overrides,
  });
