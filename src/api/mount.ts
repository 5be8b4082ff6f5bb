import { isUtf8 } from 'node:buffer';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import type { Service } from '../application/service.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { Position } from '../domain/values.ts';
import type { Retried } from '../projections/retry.ts';
import { type Attempt, singleAttempt } from './attempt.ts';
import { authenticate, bearerOf, type Caller } from './auth.ts';
import type { Cursors } from './cursor.ts';
import { inTime } from './deadline.ts';
import { type Idempotency, idempotencyKeyOf } from './idempotency.ts';
import { onlyAllow } from './method-not-allowed.ts';
import type { OwnWrites } from './own-writes.ts';
import { ApiProblem, instanceOf, problemOf } from './problem.ts';
import { repeatedName } from './repeated-names.ts';
import type { Call, Reply, Route } from './route.ts';

export const BODY_LIMIT_BYTES = 1_048_576;

/** A change is answered once this node goes by it; where its view of the log is late, the change is durable all the same. */
const OWN_VIEW_WAIT_MS = 1_000;

export type RouteDependencies = {
  readonly service: Service;
  readonly cursors: Cursors;
  readonly idempotency: Idempotency;
  readonly ownWrites: OwnWrites;
  readonly retryQuarantined: () => Promise<Retried>;
};

/** What one request is known by: read by the log and the metrics. */
export type Locals = { caller?: Caller; route?: string; requestId?: string; rawBody?: Buffer | undefined };

const readJson = (limit: number) =>
  express.json({
    limit,
    inflate: false,
    strict: false,
    verify: (_request, response, body) => {
      // Decoding would quietly put replacement characters into names and addresses.
      if (!isUtf8(body)) throw new ApiProblem('request-invalid', 'The body is not UTF-8.');
      (response as Response<unknown, Locals>).locals.rawBody = body;
    },
  });

/** Of a name that is answered. */
const LONGEST_NAME = 60;

const refuseRepeatedNames: RequestHandler = (request, { locals }: Response<unknown, Locals>, next) => {
  const name = locals.rawBody === undefined ? null : repeatedName(locals.rawBody, request.body);
  if (name !== null) {
    const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}...` : name;
    throw new ApiProblem('request-invalid', `The body has an object with two members ${JSON.stringify(shown)}.`);
  }
  locals.rawBody = undefined;
  next();
};

/** Puts the routes on the app: authenticate, authorise, read and parse, run (once, with an Idempotency-Key), answer. */
export const mountRoutes = (app: Express, routes: readonly Route[], dependencies: RouteDependencies): void => {
  for (const route of routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    const guard: RequestHandler = (request, response: Response<unknown, Locals>, next) => {
      response.locals.route = route.path;
      const caller = authenticate(request.headers.authorization, dependencies.service.directory);
      response.locals.caller = caller;
      if (!route.roles.includes(caller.role))
        throw new ApiProblem('not-allowed', `Role ${caller.role} may not do this.`);
      next();
    };
    const run: RequestHandler = async (request, response: Response<unknown, Locals>) => {
      if (response.locals.caller === undefined) throw new ApiProblem('authentication-required');
      const replying = answer(route, request, response, response.locals.caller, dependencies);
      send(response, occurred(await inTime(route.method, replying), response.locals));
    };
    const limit = route.bodyLimit ?? BODY_LIMIT_BYTES;
    app[route.method](
      path,
      guard,
      ...(route.body === undefined ? [] : [requireJson(limit), readJson(limit), refuseRepeatedNames]),
      run,
    );
  }
  for (const [path, methods] of methodsByPath(routes)) {
    app.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), onlyAllow(...methods));
  }
};

const methodsByPath = (routes: readonly Route[]): Map<string, string[]> => {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) {
    // Express answers HEAD wherever there is a GET.
    const allowed = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()];
    methods.set(path, [...(methods.get(path) ?? []), ...allowed]);
  }
  return methods;
};

/** A body must say that it is JSON, and not be announced as too large; a request without a body need not say anything. */
const requireJson =
  (limit: number): RequestHandler =>
  (request, _response, next) => {
    const length = Number(request.headers['content-length'] ?? 0);
    // The reader of bodies would read all of it before it refuses.
    if (length > limit) throw new ApiProblem('request-too-large');
    const hasBody = request.headers['transfer-encoding'] !== undefined || length > 0;
    if (hasBody && request.is('application/json') === false) throw new ApiProblem('media-type-unsupported');
    const [, charset = 'utf-8'] = /;\s*charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '') ?? [];
    if (charset.toLowerCase() !== 'utf-8') throw new ApiProblem('media-type-unsupported');
    next();
  };

const answer = async (
  route: Route,
  request: Request,
  response: Response<unknown, Locals>,
  caller: Caller,
  dependencies: RouteDependencies,
): Promise<Reply> => {
  const callWith = callOf(route, request, response, caller, dependencies);
  const header = request.headers['idempotency-key'];
  if (route.method !== 'post' || header === undefined)
    return route.handle(callWith(singleAttempt(dependencies.service.newId)));
  const idempotencyKey = idempotencyKeyOf(String(header));
  const content = canonicalJson([request.method, request.path, request.body ?? null]);
  const { reply, replayed } = await dependencies.idempotency.once(
    { credential: bearerOf(request.headers.authorization) ?? '', idempotencyKey, content },
    (attempt) => route.handle(callWith(attempt)).catch(refusalAsReply),
  );
  return replayed ? { ...reply, headers: { ...reply.headers, 'Idempotency-Replayed': 'true' } } : reply;
};

/** A problem that is answered again under its Idempotency-Key is named by the request at hand, as all others are. */
const occurred = (reply: Reply, { requestId }: Locals): Reply =>
  reply.status < 400 ? reply : { ...reply, body: { ...(reply.body as object), instance: instanceOf(requestId) } };

/** A refusal is an answer, too: the same one is given again. */
const refusalAsReply = (error: unknown): Reply => {
  const problem = problemOf(error);
  if (problem.status >= 500) throw error;
  return { status: problem.status, body: problem };
};

/** A misspelt parameter must not be passed over. */
const noQuery = z.strictObject({});

/** A call is parsed once, and made with what one attempt at it makes up. */
const callOf = (
  route: Route,
  request: Request,
  response: Response<unknown, Locals>,
  caller: Caller,
  { service, cursors, ownWrites, retryQuarantined }: RouteDependencies,
): ((attempt: Attempt) => Call<unknown, unknown, unknown>) => {
  const correlationId = response.locals.requestId ?? service.newId();
  const parsed = {
    params: route.params?.parse(request.params),
    query: (route.query ?? noQuery).parse(request.query),
    body: route.body?.parse(request.body),
    caller,
    header: (name: string) => request.get(name),
    service,
    cursors,
    ownWrites,
    wrote: async (position: Position | null) => {
      if (position === null) return;
      ownWrites.note(caller.keyId, position);
      await service.viewProgress.reached(position, OWN_VIEW_WAIT_MS);
    },
    retryQuarantined,
  };
  return (attempt) => ({
    ...parsed,
    ...attempt,
    context: (channel = caller.channelId ?? null) => ({
      actor: caller.keyId,
      channel,
      commandId: attempt.newId(),
      correlationId,
      causationId: correlationId,
    }),
  });
};

const send = (response: Response, { status, body, html, headers = {} }: Reply): void => {
  response.status(status);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (html !== undefined) {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(html);
  } else if (body === undefined) response.end();
  else {
    response.setHeader('Content-Type', status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8');
    response.end(JSON.stringify(body));
  }
};
