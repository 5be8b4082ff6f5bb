import { hash, randomBytes } from 'node:crypto';
import type { ExecuteOptions } from '../application/execute.ts';
import { nameBasedUuid } from '../application/name-based-uuid.ts';
import { SECRET_BYTES } from './auth.ts';

/** What a request makes up for itself. Another attempt at the same request, under its Idempotency-Key, makes up the same. */
export type Attempt = {
  /** A UUID for a command, or for what it makes: another one with each call. */
  readonly newId: () => string;
  /** Bytes that nobody can guess. */
  readonly secretBytes: () => Buffer;
  /** For `execute`: whether an earlier attempt may have got it done. */
  readonly repetition: ExecuteOptions<unknown, unknown>['repetition'];
};

const inAttempts = nameBasedUuid('0f3c1d5e-93a0-4b0e-8d6b-6a1c1d0e5b7a');

/** A request that nobody can recognise when it comes again. */
export const singleAttempt = (newId: () => string): Attempt => ({
  newId,
  secretBytes: () => randomBytes(SECRET_BYTES),
  repetition: undefined,
});

/** `nonce` is kept with the request's claim; `key` follows from the caller's secret, and is kept nowhere. */
export const attemptOf = (claim: {
  readonly nonce: string;
  readonly key: Buffer;
  /** Whether somebody else may have tried, too, by now. */
  readonly mayBeRepeated: () => boolean;
}): Attempt => {
  const { nonce, key, mayBeRepeated } = claim;
  let ids = 0;
  return {
    newId: () => {
      ids += 1;
      return inAttempts(`${nonce} ${ids}`);
    },
    secretBytes: () => hash('sha256', Buffer.concat([key, Buffer.from(nonce)]), 'buffer'),
    repetition: () => (mayBeRepeated() ? 'likely' : 'possible'),
  };
};
