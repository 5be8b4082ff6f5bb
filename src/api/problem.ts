import { z } from 'zod';
import { StreamUnreadable, VersionMismatch } from '../application/execute-errors.ts';
import { DomainError, type DomainErrorCode } from '../domain/error.ts';
import { AppendTooLarge, StoreUnavailable, VersionConflict } from '../event-store/event-store.ts';
import { ReadStoreUnavailable } from '../projections/read-store.ts';

/** Problems that arise at the edge. With the domain's codes they are the whole list that clients can meet. */
export const edgeProblems = {
  'request-invalid': { status: 400, title: 'The request does not have the documented shape.' },
  'request-malformed': { status: 400, title: 'The request is not well-formed HTTP.' },
  'cursor-invalid': { status: 400, title: 'The cursor is not one that this query gave out.' },
  'precondition-invalid': { status: 400, title: 'If-Match or If-None-Match is not a list of entity tags.' },
  'idempotency-key-invalid': { status: 400, title: 'The Idempotency-Key is not 1 to 255 printable characters.' },
  'authentication-required': { status: 401, title: 'A valid API key is needed as a bearer token.' },
  'not-allowed': { status: 403, title: 'The role of this API key does not allow this.' },
  'route-unknown': { status: 404, title: 'There is no such resource.' },
  'not-found': { status: 404, title: 'There is no such thing, or it is not yours to see.' },
  'method-not-allowed': { status: 405, title: 'This resource does not know this method.' },
  'request-too-slow': { status: 408, title: 'The request did not come in time.' },
  'idempotency-key-in-use': { status: 409, title: 'A request with this Idempotency-Key is still running.' },
  'version-mismatch': { status: 412, title: 'It was changed since you read it.' },
  'request-too-large': { status: 413, title: 'The request body is too large.' },
  'media-type-unsupported': {
    status: 415,
    title: 'The request body must be application/json in UTF-8, not compressed.',
  },
  'expectation-unknown': { status: 417, title: 'Only 100-continue can be expected.' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key was used with another request.' },
  'headers-too-large': { status: 431, title: 'The headers of the request are too large.' },
  'internal-error': { status: 500, title: 'Something went wrong on our side.' },
  'stream-unreadable': { status: 503, title: 'Part of the history cannot be read by this release.' },
  'store-unavailable': { status: 503, title: 'The event log does not answer. Try again.' },
  'read-store-unavailable': { status: 503, title: 'The read models do not answer. Try again.' },
  'timed-out': { status: 503, title: 'It took too long. It may yet be done: try again to find out.' },
  'read-model-behind': { status: 503, title: 'The read model has not reached minPosition yet. Try again.' },
} as const;

export type EdgeCode = keyof typeof edgeProblems;

const unknownThings: ReadonlySet<DomainErrorCode> = new Set<DomainErrorCode>([
  'api-key-unknown',
  'channel-unknown',
  'fulfilment-unknown',
  'line-unknown',
  'location-unknown',
  'order-unknown',
  'policy-draft-unknown',
  'policy-unknown',
  'rate-card-unknown',
  'simulation-unknown',
  'sourcing-run-unknown',
]);

const unprocessable: ReadonlySet<DomainErrorCode> = new Set<DomainErrorCode>(['instant-passed', 'policy-invalid']);

const RETRY_AFTER_S = 1;
const MOST_FAULTS = 100;
const LONGEST_FAULT = 300;

/** A problem as RFC 9457 has it; `code` is the stable name, the last part of `type`. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly [extension: string]: unknown;
};

/** Thrown at the edge: the request ends with this problem. */
export class ApiProblem extends Error {
  readonly code: EdgeCode;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: EdgeCode, detail?: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(detail ?? edgeProblems[code].title);
    this.name = 'ApiProblem';
    this.code = code;
    this.extensions = extensions;
  }
}

const edgeProblem = (code: EdgeCode, detail?: string, extensions: Readonly<Record<string, unknown>> = {}): Problem => ({
  ...extensions,
  type: `/problems/${code}`,
  ...edgeProblems[code],
  code,
  ...(detail === undefined || detail === edgeProblems[code].title ? {} : { detail }),
});

/** Any error as a problem. What is not known becomes a 500 without its details: they are for the log. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof ApiProblem) return edgeProblem(error.code, error.message, error.extensions);
  if (error instanceof DomainError) return domainProblem(error);
  if (error instanceof VersionMismatch) {
    return edgeProblem('version-mismatch', error.message, { version: error.actualVersion });
  }
  if (error instanceof z.ZodError) return edgeProblem('request-invalid', undefined, { errors: faultsOf(error) });
  if (error instanceof AppendTooLarge) return edgeProblem('request-too-large', 'The event log takes less at once.');
  if (error instanceof StreamUnreadable) return edgeProblem('stream-unreadable');
  if (error instanceof StoreUnavailable || error instanceof VersionConflict) {
    return edgeProblem('store-unavailable', undefined, { retryAfterSeconds: RETRY_AFTER_S });
  }
  if (error instanceof ReadStoreUnavailable) {
    return edgeProblem('read-store-unavailable', undefined, { retryAfterSeconds: RETRY_AFTER_S });
  }
  return bodyProblem(error) ?? edgeProblem('internal-error');
};

/** Which occurrence of a problem it was: the request's id. */
export const instanceOf = (requestId: string | undefined): string => `urn:uuid:${requestId}`;

const domainProblem = ({ code, message, details }: DomainError): Problem => {
  const status = unknownThings.has(code) ? 404 : unprocessable.has(code) ? 422 : 409;
  return { ...details, type: `/problems/${code}`, title: titleOf(code), status, code, detail: message };
};

/** `stock-insufficient` becomes "Stock insufficient": a title is the same for every problem of its type (RFC 9457). */
const titleOf = (code: string): string => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');

/** Where and what is wrong, by JSON path; not all of it when a small request is wrong in thousands of places. */
const faultsOf = (error: z.ZodError): { path: string; message: string }[] =>
  error.issues.slice(0, MOST_FAULTS).map(({ path, message }) => ({
    path: path.map(String).join('.'),
    message: message.length > LONGEST_FAULT ? `${message.slice(0, LONGEST_FAULT)}...` : message,
  }));

/** Errors of Express and of its body parser, known by their `type`, `status` and `name`. */
const bodyProblem = (error: unknown): Problem | null => {
  if (!(error instanceof Error)) return null;
  const { type, status } = error as Error & { type?: unknown; status?: unknown };
  if (type === 'entity.too.large') return edgeProblem('request-too-large');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') return edgeProblem('media-type-unsupported');
  if (error instanceof RangeError && /call stack/.test(error.message))
    return edgeProblem('request-invalid', 'The body is nested too deeply.');
  if (type === 'entity.parse.failed') return edgeProblem('request-invalid', 'The body is not valid JSON.');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return edgeProblem('request-invalid', 'The request could not be read.');
  return null;
};
