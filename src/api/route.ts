import type { z } from 'zod';
import type { CommandContext } from '../application/execute.ts';
import type { Service } from '../application/service.ts';
import type { Role } from '../domain/api-key.ts';
import type { Position } from '../domain/values.ts';
import type { Retried } from '../projections/retry.ts';
import type { Attempt } from './attempt.ts';
import type { Caller } from './auth.ts';
import type { Cursors } from './cursor.ts';
import type { OwnWrites } from './own-writes.ts';

export type Reply = {
  readonly status: number;
  readonly body?: unknown;
  /** In place of `body`: a page to look at. */
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What a handler gets: parsed input, who asks, and the service. */
export type Call<Params, Query, Body> = Attempt & {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  /** Header by lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** Metadata for commands that this request gives. */
  readonly context: (channel?: string | null) => CommandContext;
  readonly service: Service;
  readonly cursors: Cursors;
  readonly ownWrites: OwnWrites;
  /** The caller changed something: what this node goes by, and what the key reads next, will have it. */
  readonly wrote: (position: Position | null) => Promise<void>;
  readonly retryQuarantined: () => Promise<Retried>;
};

export type AnyCall = Call<unknown, unknown, unknown>;

/** `schema: null`: without a body. */
export type RouteAnswer = {
  readonly description: string;
  readonly schema: z.ZodType | null;
  /** Absent: JSON. */
  readonly contentType?: 'text/html';
};

export type Route = {
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** OpenAPI path: `/v1/orders/{orderId}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Who may call it. Whose things they may see is the handler's matter. */
  readonly roles: readonly Role[];
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Bytes; absent: what any body may have. */
  readonly bodyLimit?: number;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  /** Answers by status. Problems are the same everywhere and not listed. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  readonly handle: (call: Call<unknown, unknown, unknown>) => Promise<Reply>;
};

type Typed<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType> = Omit<
  Route,
  'params' | 'query' | 'body' | 'handle'
> & {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly handle: (call: Call<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Reply>;
};

/** Gives the handler the types of its schemas. The cast is sound: requests are parsed with these very schemas. */
export const route = <
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodUnknown,
>(
  definition: Typed<Params, Query, Body>,
): Route => definition as unknown as Route;
