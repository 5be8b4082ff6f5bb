import { z } from 'zod';
import { DomainError } from '../domain/error.ts';
import type { Policy } from '../domain/sourcing/policy.ts';
import { policyFaults, type Soundness } from '../domain/sourcing/policy-faults.ts';
import type { Fault } from '../domain/sourcing/problem.ts';
import { policyInRequest, policySchema } from './policy-schema.ts';
import { shapeFaults } from './shape-faults.ts';
import { soundPart } from './sound-part.ts';

const MOST_FAULTS = 1_000;

/** `policy`: null where not even the shape is right. */
export type Judgement = { readonly policy: Policy | null; readonly faults: readonly Fault[] };

/**
 * Everything that is wrong with what should be a policy, in one answer: where parts have the wrong shape, the others
 * are judged all the same, without conclusions from those parts.
 */
export const judgePolicy = (input: unknown): Judgement => {
  const parsed = policySchema.safeParse(input, { reportInput: true });
  if (parsed.success) return { policy: parsed.data, faults: atMost(policyFaults(parsed.data)) };
  const { issues } = parsed.error;
  const faults = shapeFaults(issues.slice(0, MOST_FAULTS));
  const further = faults.length < MOST_FAULTS ? furtherFaults(input, faults) : [];
  return { policy: null, faults: atMost([...faults, ...further], Math.max(0, issues.length - MOST_FAULTS)) };
};

const furtherFaults = (input: unknown, known: readonly Fault[]): readonly Fault[] => {
  const { value, original, left } = soundPart(policySchema, input);
  if (value === undefined) return [];
  const unsound = new Set([...left, ...known.map(({ path }) => path)]);
  const holdingUnsound = new Set([...unsound].flatMap(placesAround));
  const soundness: Soundness = {
    isSound: (path) => {
      const place = original(path);
      return !holdingUnsound.has(place) && !placesAround(place).some((one) => unsound.has(one));
    },
    isComplete: (path) => ![...left].some((one) => one.startsWith(`${path}[`) && one.indexOf(']') === one.length - 1),
  };
  return policyFaults(value, soundness)
    .map(({ path, message }) => ({ path: original(path), message }))
    .filter(({ path }) => routePath.test(path) || !holdingUnsound.has(path));
};

/** Whether a route is reached does not depend on all that is in it, and is told with regard to soundness. */
const routePath = /^routes\[\d+\]$/;

/** The path itself, and those of all that it lies in. */
const placesAround = (path: string): readonly string[] => [
  ...[...path.matchAll(/[.[]/g)].map(({ index }) => path.slice(0, index)),
  path,
];

/** The first faults; `untold` of them were not even put into words. */
const atMost = (faults: readonly Fault[], untold = 0): readonly Fault[] => {
  const told = faults.slice(0, MOST_FAULTS);
  const rest = faults.length - told.length + untold;
  return rest === 0 ? told : [...told, { path: '', message: `There are ${rest} more: correct these first.` }];
};

export const policyInvalid = (faults: readonly Fault[]): DomainError =>
  new DomainError('policy-invalid', `The policy has ${faults.length} fault${faults.length === 1 ? '' : 's'}.`, {
    faults,
  });

const judged = (isRefused: (judgement: Judgement) => boolean) =>
  z.preprocess((input) => {
    if (input === undefined) return input;
    const judgement = judgePolicy(input);
    if (isRefused(judgement)) throw policyInvalid(judgement.faults);
    return judgement.policy;
  }, policyInRequest);

/** A policy in a request. Any other is refused with all that is wrong with it, by its shape and by what it says. */
export const validPolicy = judged(({ faults }) => faults.length > 0);

/** A policy that somebody still works on: its shape must be right, what it says need not. */
export const draftedPolicy = judged(({ policy }) => policy === null);
