import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from '../telemetry.ts';
import { routes } from './all-routes.ts';
import { docs } from './docs.ts';
import { type Health, health } from './health.ts';
import { type Locals, mountRoutes, type RouteDependencies } from './mount.ts';
import { ApiProblem, instanceOf, problemOf } from './problem.ts';

/** What every node answers by: health and metrics, and problems for all else. */
export type NodeDependencies = {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly health: Health;
  readonly newId: () => string;
};

export type AppDependencies = RouteDependencies & NodeDependencies & { readonly version: string };

/** The whole HTTP face: routes, documentation, health and metrics. */
export const createApp = (dependencies: AppDependencies): Express =>
  createFace(dependencies, (app) => {
    mountRoutes(app, routes, dependencies);
    app.use(docs(routes, { version: dependencies.version }));
  });

/** The face of a node that answers no requests but those of whoever looks after it. */
export const createWorkerApp = (dependencies: NodeDependencies): Express => createFace(dependencies, () => undefined);

const createFace = (dependencies: NodeDependencies, mount: (app: Express) => void): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(observe(dependencies));
  app.use(refuseOddRequests);
  // What is asked most comes first: each request is held against all that stands before its own route.
  mount(app);
  app.use(health(dependencies.health, dependencies.metrics));
  app.use(() => {
    throw new ApiProblem('route-unknown');
  });
  app.use(sendProblem(dependencies.logger));
  return app;
};

/** What Node would refuse by itself, without a word. */
const refuseOddRequests: RequestHandler = ({ headers: { host, expect }, httpVersion }, _response, next) => {
  if (host === undefined && httpVersion === '1.1')
    throw new ApiProblem('request-malformed', 'The Host header is missing.');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') throw new ApiProblem('expectation-unknown');
  next();
};

/** For answers that are data: never guessed at, framed, cached or followed. The documentation sets its own policy. */
const protection = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cache-Control', 'no-store'],
  ['Referrer-Policy', 'no-referrer'],
] as const;

/** One log line and one measurement per request; no payloads, no personal data. */
const observe = ({ logger, metrics, newId, health: { isStopping } }: NodeDependencies): RequestHandler => {
  return (request, response: Response<unknown, Locals>, next) => {
    const started = performance.now();
    const requestId = newId();
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    for (const [name, value] of protection) response.setHeader(name, value);
    if (isStopping()) response.setHeader('Connection', 'close');
    response.once('finish', () => {
      const { route = 'none', caller } = response.locals;
      const milliseconds = performance.now() - started;
      const { method } = request;
      const status = response.statusCode;
      metrics.requestSeconds.labels(method, route, String(status)).observe(milliseconds / 1_000);
      const level = status >= 500 || status === 401 || status === 403 ? 'warn' : 'info';
      logger[level]({ requestId, method, route, status, milliseconds, keyId: caller?.keyId }, 'request');
    });
    next();
  };
};

const sendProblem =
  (logger: Logger): ErrorRequestHandler =>
  (error, _request, response: Response<unknown, Locals>, next) => {
    if (response.headersSent) return next(error);
    const { requestId } = response.locals;
    const problem = problemOf(error);
    if (problem.status >= 500) {
      const isOurs = problem.status === 500;
      logger[isOurs ? 'error' : 'warn'](
        { requestId, code: problem.code, ...(isOurs ? { err: error } : {}) },
        'request failed',
      );
    }
    if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="sourcefold"');
    if (problem.status === 503 || problem.code === 'idempotency-key-in-use') response.setHeader('Retry-After', '1');
    response.status(problem.status);
    response.setHeader('Content-Type', 'application/problem+json');
    response.end(JSON.stringify({ ...problem, instance: instanceOf(requestId) }));
  };
