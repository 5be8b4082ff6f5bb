import type { PolicyBookCommand } from '../../src/domain/policy-book/decide.ts';
import type { PolicyBookEvent } from '../../src/domain/policy-book/policy-book.ts';
import { type Policy, policyHash, type Route } from '../../src/domain/sourcing/policy.ts';

/** A policy with one route, told apart by its description. */
export const examplePolicy = (description: string, route: Partial<Route> = {}): Policy => ({
  description,
  routes: [{ name: 'all', ...route }],
});

/** 2 March 2026, so many hours after midnight. */
export const hour = (hours: number): string => new Date(Date.UTC(2026, 2, 2, hours)).toISOString();

export const published = (version: number, policy = examplePolicy(`v${version}`)): PolicyBookEvent => ({
  type: 'PolicyPublished',
  data: { version, hash: policyHash(policy), policy },
});

export const activated = (version: number, from: string, share = 100): PolicyBookEvent => ({
  type: 'PolicyActivated',
  data: { version, from, share },
});

export const rolledBack = (version: number, from: string, reason = 'too many parcels'): PolicyBookEvent => ({
  type: 'PolicyRolledBack',
  data: { version, from, reason },
});

export const publish = (policy: Policy): PolicyBookCommand => ({ type: 'PublishPolicy', data: { policy } });

export const activate = (
  version: number,
  now: string,
  { at, share = 100 }: { readonly at?: string; readonly share?: number } = {},
): PolicyBookCommand => ({
  type: 'ActivatePolicy',
  data: { version, now, share, ...(at === undefined ? {} : { at }) },
});

export const rollBack = (now: string, to?: number, reason = 'too many parcels'): PolicyBookCommand => ({
  type: 'RollBackPolicy',
  data: { now, reason, ...(to === undefined ? {} : { to }) },
});
