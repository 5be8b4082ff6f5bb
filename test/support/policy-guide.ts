import { readFileSync } from 'node:fs';
import type { Policy } from '../../src/domain/sourcing/policy.ts';
import { policyFormat } from '../../src/event-store/sourcing-formats.ts';

export const policyGuide = readFileSync(new URL('../../docs/policies.md', import.meta.url), 'utf8');

/** The examples of one kind in the planners' guide, with the line that each begins in. */
export const guideExamples = (kind: string): readonly (readonly [line: number, value: unknown])[] =>
  [...policyGuide.matchAll(/^```json ([a-z-]+)\n([\s\S]*?)^```$/gm)]
    .filter(([, written]) => written === kind)
    .map(({ 2: text = '', index }) => [policyGuide.slice(0, index).split('\n').length, JSON.parse(text)]);

/** The worked example that follows these words. */
export const workedExample = (words: string): Policy => {
  const after = policyGuide.slice(policyGuide.indexOf(words));
  return policyFormat.parse(JSON.parse(/^```json policy\n([\s\S]*?)^```$/m.exec(after)?.[1] ?? ''));
};
