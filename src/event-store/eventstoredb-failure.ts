import type { EndPoint } from '@eventstore/db-client/dist/types/index.js';
import { type ServiceError, status } from '@grpc/grpc-js';

/** The server said nothing for so long that nobody should wait for it. */
export class Silence extends Error {
  constructor(milliseconds: number) {
    super(`no answer for ${milliseconds} ms`);
    this.name = 'Silence';
  }
}

/** The connection was given up while somebody still held on to it. */
export class NodeGone extends Error {
  constructor(address: string) {
    super(`the connection to ${address} was given up`);
    this.name = 'NodeGone';
  }
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && 'metadata' in error;

const wordOf = (error: ServiceError, key: string): string | undefined => error.metadata.get(key)[0]?.toString();

/** What the server calls the refusal; it stands beside the gRPC status. */
const exceptionOf = (error: unknown): string | undefined =>
  isServiceError(error) ? wordOf(error, 'exception') : undefined;

/** The node that leads, where the one that was asked does not and knows who does. */
export const leaderIn = (error: unknown): EndPoint | undefined => {
  if (!isServiceError(error) || wordOf(error, 'exception') !== 'not-leader') return undefined;
  const address = wordOf(error, 'leader-endpoint-host');
  const port = Number(wordOf(error, 'leader-endpoint-port'));
  return address === undefined || !Number.isInteger(port) ? undefined : { address, port };
};

/** The node did not take up the question, because it does not lead, knows nobody who does, or is busy with itself. */
export const isNotHandled = (error: unknown): boolean =>
  exceptionOf(error) === 'not-leader' ||
  (isServiceError(error) && /no leader info|server is (?:not ready|too busy)/i.test(error.details));

const isCode = (error: unknown, ...codes: readonly status[]): boolean =>
  isServiceError(error) && codes.includes(error.code);

/** Whether another node, or a new connection, may do better. */
export const concernsNode = (error: unknown): boolean =>
  error instanceof Silence ||
  error instanceof NodeGone ||
  isNotHandled(error) ||
  isCode(error, status.UNAVAILABLE, status.CANCELLED, status.DEADLINE_EXCEEDED, status.INTERNAL);

export const isTooLarge = (error: unknown): boolean => exceptionOf(error)?.startsWith('maximum-append-') === true;

/** The server understood and declined: nothing was written, and there is no doubt about it. */
export const isRefusal = (error: unknown): boolean =>
  isNotHandled(error) ||
  isTooLarge(error) ||
  exceptionOf(error) === 'stream-deleted' ||
  isCode(error, status.PERMISSION_DENIED, status.UNAUTHENTICATED, status.INVALID_ARGUMENT, status.UNIMPLEMENTED);

/** The position is none at which this log has a record: it belongs to another log. */
export const isForeignPosition = (error: unknown): boolean =>
  isServiceError(error) && /invalid ?position/i.test(error.details);

/** Whether a server stands behind an error, whatever it thinks of the question. */
export const provesServer = (error: unknown): boolean => isServiceError(error) && !concernsNode(error);

export const messageOf = (error: unknown): string =>
  isServiceError(error)
    ? error.details.replace(/\.? Resolution note:\s*$/, '')
    : error instanceof Error
      ? error.message
      : String(error);
