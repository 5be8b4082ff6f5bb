import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgePolicy } from '../../src/api/judge-policy.ts';
import { policySchema } from '../../src/api/policy-schema.ts';
import { policyFormat } from '../../src/event-store/sourcing-formats.ts';
import { anyPolicyInput } from '../support/random-policies.ts';

/** The value with one of its parts, anywhere, replaced by another value or taken away. */
const damaged = (value: unknown, place: number, by: unknown): unknown => {
  const text = JSON.stringify(value);
  const starts = [...text.matchAll(/(?<=[:[,])(?:"[^"]*"(?!:)|[\d.]+|true|false|\{\}|\[\])/g)];
  const start = starts[place % Math.max(1, starts.length)];
  if (start === undefined) return value;
  return JSON.parse(text.slice(0, start.index) + JSON.stringify(by) + text.slice(start.index + start[0].length));
};

const hasShape = (input: unknown): boolean => policySchema.safeParse(input).success;

describe('judging any policy', () => {
  it('accepts nothing that the log could not be read with', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyPolicyInput, (input) => {
        const { policy, faults } = judgePolicy(input);
        expect(policy, JSON.stringify(faults)).toEqual(input);
        if (faults.length === 0) accepted += 1;
        expect(policyFormat.parse(JSON.parse(JSON.stringify(policy)))).toEqual(input);
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('finds in a well-written one nothing but routes that lead nowhere or are never reached', () => {
    fc.assert(
      fc.property(anyPolicyInput, (input) => {
        for (const { path, message } of judgePolicy(input).faults) {
          expect(`${path}: ${message}`).toMatch(/^routes\[\d\](: is never reached|\.otherwise\.do: no route follows)/);
        }
      }),
    );
  });

  it('names a damaged part, or what it breaks, and never fails', () => {
    fc.assert(
      fc.property(anyPolicyInput, fc.nat(), fc.constantFrom(null, -1, 'x y', {}, []), (input, place, by) => {
        const broken = damaged(input, place, by);
        const { policy, faults } = judgePolicy(broken);
        expect(policy !== null).toBe(hasShape(broken));
        if (policy === null) expect(faults.length).toBeGreaterThan(0);
        expect(faults.every(({ message }) => message !== '')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('answers whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ routes: fc.jsonValue(), runs: fc.jsonValue() })), (input) => {
        const { policy, faults } = judgePolicy(input);
        expect(policy !== null).toBe(hasShape(input));
        expect(policy === null && faults.length === 0).toBe(false);
      }),
    );
  });
});
