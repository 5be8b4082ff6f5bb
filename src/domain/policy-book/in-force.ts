import { builtInPolicy, type PublishedPolicy } from '../sourcing/policy.ts';
import { fingerprint, type Instant } from '../values.ts';
import type { Activation, PolicyBook } from './policy-book.ts';

export type InForce = {
  /** Applies to every order that the canary does not take. Null `since`: always did. */
  readonly full: { readonly version: number; readonly since: Instant | null };
  /** The newest activation after that, for a part of the orders. */
  readonly canary: Activation | null;
  /** What is to start later. */
  readonly scheduled: readonly Activation[];
};

const isFull = ({ share }: Activation): boolean => share === 100;

const startedBy = ({ activations }: PolicyBook, now: Instant): number =>
  activations.findLastIndex(({ from }) => from <= now) + 1;

/** What the book says at an instant. */
export const inForce = (book: PolicyBook, now: Instant): InForce => {
  const count = startedBy(book, now);
  const newest = book.activations[count - 1];
  const full = book.activations.slice(0, count).findLast(isFull);
  return {
    full: { version: full?.version ?? 0, since: full?.from ?? null },
    canary: newest === undefined || isFull(newest) ? null : newest,
    scheduled: book.activations.slice(count),
  };
};

/** The order's place among all, 0 to 99: the same for ever, so a canary that grows keeps the orders it has. */
export const percentileOf = (orderId: string): number => Number.parseInt(fingerprint(orderId).slice(-8), 16) % 100;

export const publishedPolicy = ({ published }: PolicyBook, version: number): PublishedPolicy | undefined =>
  version === 0 ? builtInPolicy : published[version - 1];

/** The policy that an order is sourced by. */
export const policyFor = (book: PolicyBook, orderId: string, now: Instant): PublishedPolicy => {
  const { full, canary } = inForce(book, now);
  const isTaken = canary !== null && percentileOf(orderId) < canary.share;
  return publishedPolicy(book, isTaken ? canary.version : full.version) ?? builtInPolicy;
};

/**
 * The versions that were in full force, each leading to the one after it: a roll-back takes away what came after the
 * version it goes back to, so that rolling back twice goes back two steps and never forward.
 */
const stepsTo = (book: PolicyBook, now: Instant): readonly number[] => {
  const steps = [0];
  for (const { version, isRollBack } of book.activations.slice(0, startedBy(book, now)).filter(isFull)) {
    const before = isRollBack ? steps.lastIndexOf(version) : -1;
    if (before >= 0) steps.length = before + 1;
    else if (version !== steps.at(-1)) steps.push(version);
  }
  return steps;
};

/** Where a roll-back goes: from a canary to the version in full force, from that to the one before it; null: nowhere. */
export const versionBefore = (book: PolicyBook, now: Instant): number | null => {
  const { full, canary } = inForce(book, now);
  return canary === null ? (stepsTo(book, now).at(-2) ?? null) : full.version;
};

export const policyStatuses = ['active', 'canary', 'scheduled', 'retired', 'published'] as const;
export type PolicyStatus = (typeof policyStatuses)[number];

/** `retired`: it was in force before; `published`: it never was. */
export const policyStatus = (book: PolicyBook, version: number, now: Instant): PolicyStatus => {
  const { full, canary, scheduled } = inForce(book, now);
  const isOfVersion = (activation: Activation): boolean => activation.version === version;
  if (full.version === version) return 'active';
  if (canary !== null && isOfVersion(canary)) return 'canary';
  if (scheduled.some(isOfVersion)) return 'scheduled';
  return version === 0 || book.activations.some(isOfVersion) ? 'retired' : 'published';
};
