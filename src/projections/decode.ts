import type { DomainEvent } from '../domain/event.ts';
import type { RecordedEvent } from '../event-store/event-store.ts';

export type Decode = (
  recorded: RecordedEvent,
) => { readonly ok: true; readonly event: DomainEvent } | { readonly ok: false; readonly reason: string };
