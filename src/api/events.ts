import { z } from 'zod';
import type { RecordedEvent } from '../event-store/event-store.ts';
import { ownStreamPrefixes } from '../event-store/own-streams.ts';
import { eventsAnswer, pageOf, quarantinedItem, retriedAnswer } from './answers.ts';
import { QUERY_DEADLINE_MS } from './deadline.ts';
import { type Route, route } from './route.ts';
import { nothing, page, position } from './schemas.ts';

/** What somebody else put into the log need not be JSON; whoever looks into it is to see it. */
const jsonOrText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const eventAnswer = ({ data, metadata, ...event }: RecordedEvent) => ({
  ...event,
  data: jsonOrText(data),
  metadata: jsonOrText(metadata),
});

export const events: readonly Route[] = [
  route({
    method: 'get',
    path: '/v1/events',
    tag: 'Audit',
    summary: 'The event log, in commit order',
    description: 'Personal data is sealed. `hash` chains each event to the one before it in its stream.',
    roles: ['admin', 'auditor'],
    query: z.strictObject({
      after: position.exactOptional(),
      limit: page.limit,
      stream: z.string().min(1).max(256).exactOptional(),
    }),
    answers: { 200: { description: 'Events after the position.', schema: eventsAnswer } },
    handle: async ({ query, service }) => {
      const options = {
        after: query.after ?? null,
        limit: query.limit,
        // Few streams in a long log may take longer to find than the answer may take.
        signal: AbortSignal.timeout(QUERY_DEADLINE_MS),
        streamPrefixes: query.stream === undefined ? ownStreamPrefixes : [query.stream],
      };
      const items: RecordedEvent[] = [];
      for await (const event of service.eventStore.readAll(options)) items.push(event);
      const next = items.length === query.limit ? (items.at(-1)?.position ?? null) : null;
      return { status: 200, body: { items: items.map(eventAnswer), next } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/quarantine',
    tag: 'Audit',
    summary: 'Events that the read models could not take, and those that wait behind them',
    roles: ['admin', 'operator', 'auditor'],
    query: z.strictObject({ limit: page.limit }),
    answers: { 200: { description: 'The oldest ones.', schema: pageOf(quarantinedItem) } },
    handle: async ({ query, service }) => {
      const found = await service.readStore.find('quarantine', { limit: query.limit });
      return { status: 200, body: { items: found.map(({ body }) => body), nextCursor: null, position: null } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/quarantine/retry',
    tag: 'Audit',
    summary: 'Apply quarantined events, as far as this release can take them',
    description:
      'For after an upgrade that can read them. `applied` went into the read models in order, `waiting` still wait, and ' +
      '`suspect` names read models that should be rebuilt, because a document of theirs had moved on meanwhile.',
    roles: ['admin', 'operator'],
    body: nothing,
    answers: { 200: { description: 'What became of them.', schema: retriedAnswer } },
    handle: async ({ retryQuarantined }) => ({ status: 200, body: await retryQuarantined() }),
  }),
];
