import { z } from 'zod';
import { eventsOfStream } from '../application/stream-part.ts';
import type { Position } from '../domain/values.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { ownStreamPrefixes } from '../event-store/own-streams.ts';
import { QUARANTINE } from '../projections/quarantine.ts';
import { eventsAnswer, pageOf, quarantinedItem, retriedAnswer } from './answers.ts';
import { QUERY_DEADLINE_MS } from './deadline.ts';
import { ApiProblem } from './problem.ts';
import { turnPage } from './reading.ts';
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

type Wanted = { readonly after?: Position; readonly limit: number; readonly stream?: string };

/** A stream by its whole name is read by itself, which is quick in a log of any length. */
const eventsAfter = async (eventStore: EventStore, wanted: Wanted): Promise<readonly RecordedEvent[]> => {
  const { after = null, limit, stream } = wanted;
  try {
    const own = stream === undefined ? null : await eventsOfStream(eventStore, stream, { after, limit });
    const streamPrefixes = stream === undefined ? ownStreamPrefixes : [stream];
    // Few streams in a long log may take longer to find than the answer may take.
    const signal = AbortSignal.timeout(QUERY_DEADLINE_MS);
    return own ?? (await Array.fromAsync(eventStore.readAll({ after, limit, streamPrefixes, signal })));
  } catch (error) {
    if (error instanceof RangeError) throw new ApiProblem('request-invalid', '`after` is no position of this log.');
    throw error;
  }
};

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
      stream: z.string().min(1).max(256).describe('A stream, or how the names of streams begin.').exactOptional(),
    }),
    answers: { 200: { description: 'Events after the position.', schema: eventsAnswer } },
    handle: async ({ query, service }) => {
      const items = await eventsAfter(service.eventStore, query);
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
    query: z.strictObject({ limit: page.limit, cursor: page.cursor }),
    answers: { 200: { description: 'A page of them, the oldest first.', schema: pageOf(quarantinedItem) } },
    handle: async (call) => {
      const { items, ...rest } = await turnPage(call, { name: QUARANTINE.name }, async (name, query) => ({
        items: await call.service.readStore.find(name, query),
        position: null,
      }));
      return { status: 200, body: { items: items.map(({ body }) => body), ...rest } };
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
