import { hash } from 'node:crypto';
import type { Directory, ListedKey } from '../application/directory.ts';
import { ApiProblem } from './problem.ts';

/** Who is asking: the API key behind the request. */
export type Caller = Omit<ListedKey, 'secretHash'>;

const BEARER = /^Bearer ([\x21-\x7e]{1,512})$/i;

/** The secret that a request carries; undefined without a well-formed one. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  BEARER.exec(authorization ?? '')?.[1];

/** Looked up by hash, so that neither a leak of the log nor the time of the comparison tells a secret. */
export const authenticate = (authorization: string | undefined, directory: Directory): Caller => {
  const secret = bearerOf(authorization);
  const key = secret === undefined ? undefined : directory.keyByHash(hashSecret(secret));
  if (key === undefined) throw new ApiProblem('authentication-required');
  return key;
};

export const hashSecret = (secret: string): string => hash('sha256', secret);

/** Random bytes of an API key. */
export const SECRET_BYTES = 32;

/** A new API key of so many random bytes, with a prefix that secret scanners can recognise. */
export const secretOf = (bytes: Buffer): string => `sfk_${bytes.toString('base64url')}`;
