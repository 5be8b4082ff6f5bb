import type { ExpectedVersions } from '../application/execute.ts';
import { ApiProblem } from './problem.ts';
import type { AnyCall, Reply } from './route.ts';

/** Versions are strong entity tags (RFC 9110 §8.8.3): `"7"`. */
export const etagOf = (version: number): string => `"${version}"`;

const list = /^\s*(?:W\/)?"[^"]*"(?:\s*,\s*(?:W\/)?"[^"]*")*\s*$/;
const MOST_CHARACTERS = 1_000;

const tagsOf = (header: string): string[] => {
  if (header.length > MOST_CHARACTERS || !list.test(header)) throw new ApiProblem('precondition-invalid');
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
};

/**
 * The versions that a command may find, from `If-Match` and `If-None-Match: *` (only if it is new); undefined: any.
 * `If-Match` compares strongly (RFC 9110 §13.1.1), so a weak tag never matches.
 */
export const expectedVersions = (ifMatch: string | undefined, ifNoneMatch?: string): ExpectedVersions | undefined => {
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() !== '*') throw new ApiProblem('precondition-invalid', 'If-None-Match can only be * here.');
    return [0];
  }
  if (ifMatch === undefined) return undefined;
  if (ifMatch.trim() === '*') return 'existing';
  return tagsOf(ifMatch).map((tag) => (/^"[1-9]\d{0,14}"$/.test(tag) ? Number(tag.slice(1, -1)) : Number.NaN));
};

/** True when the client has this version already (`If-None-Match` compares weakly, RFC 9110 §13.1.2). */
const isKnown = (ifNoneMatch: string | undefined, version: number): boolean =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === '*' || tagsOf(ifNoneMatch).some((tag) => tag.replace(/^W\//, '') === etagOf(version)));

export const notChanged = { 304: { description: 'Not changed.', schema: null } } as const;

/** The reply, unless the client has this version already. */
export const unlessKnown = ({ header }: Pick<AnyCall, 'header'>, reply: Reply, version: number): Reply =>
  isKnown(header('if-none-match'), version) ? { status: 304, headers: { ETag: etagOf(version) } } : reply;
