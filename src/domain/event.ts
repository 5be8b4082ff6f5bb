import type { ApiKeyEvent } from './api-key.ts';
import type { ChannelEvent } from './channel.ts';
import type { ItemEvent } from './item.ts';
import type { FoldedOrderEvent, OrderEvent } from './order/order.ts';
import type { PolicyBookEvent } from './policy-book/policy-book.ts';
import type { PolicyDraftEvent } from './policy-draft.ts';
import type { RateCardEvent } from './rate-card.ts';
import type { SimulationEvent } from './simulation.ts';
import type { SourcingRunEvent } from './sourcing-run.ts';
import type { StockLocationEvent } from './stock-location/stock-location.ts';
import type { Instant, Position } from './values.ts';

/** Who did it, through what, and why: on every event. */
export type EventMetadata = {
  readonly recordedAt: Instant;
  /** API key id, or `system:<part>` for what the service did by itself. */
  readonly actor: string;
  /** The sales channel on whose behalf, or null. */
  readonly channel: string | null;
  readonly commandId: string;
  /** The request that started it all. */
  readonly correlationId: string;
  /** The event or command that led to this one. */
  readonly causationId: string;
};

export type AnyEvent =
  | OrderEvent
  | StockLocationEvent
  | ChannelEvent
  | ApiKeyEvent
  | ItemEvent
  | RateCardEvent
  | PolicyBookEvent
  | PolicyDraftEvent
  | SimulationEvent
  | SourcingRunEvent;

type Placed = {
  readonly id: string;
  readonly stream: string;
  readonly version: number;
  readonly position: Position;
  readonly metadata: EventMetadata;
};

/** An event as it stands in the log, decoded and of the newest schema version. */
export type DomainEvent = AnyEvent & Placed;

export type FoldedEvent = FoldedOrderEvent | Exclude<AnyEvent, OrderEvent>;

/** The same for read models: none of them holds the records of sourcing decisions, which are most of all text. */
export type ProjectedEvent = FoldedEvent & Placed;
