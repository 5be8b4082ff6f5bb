import { describe, expect, it } from 'vitest';
import { judgePolicy } from '../../src/api/judge-policy.ts';
import { itemFacts, rateCardTerms } from '../../src/api/policy-schema.ts';
import { objectiveTerms } from '../../src/domain/sourcing/policy.ts';
import { policyFormat } from '../../src/event-store/sourcing-formats.ts';
import { guideExamples, policyGuide } from '../support/policy-guide.ts';

describe('the guide to policies', () => {
  it('has no example without a kind', () => {
    expect(policyGuide.match(/^```json$/gm)).toBeNull();
    expect(guideExamples('policy').length).toBeGreaterThan(8);
  });

  it.each(guideExamples('policy'))('shows a policy that can be published, at line %i', (_, policy) => {
    expect(judgePolicy(policy)).toEqual({ policy, faults: [] });
    expect(policyFormat.parse(policy)).toEqual(policy);
  });

  it('shows the faults of its faulty example, word for word', () => {
    const [faulty] = guideExamples('faulty');
    const { faults } = judgePolicy(faulty?.[1]);
    expect(guideExamples('faults').map(([, answer]) => answer)).toEqual([{ valid: false, faults, warnings: [] }]);
  });

  it('shows rate cards and items that can be saved', () => {
    for (const [, card] of guideExamples('rate-card')) expect(rateCardTerms.parse(card)).toEqual(card);
    for (const [, item] of guideExamples('item')) expect(itemFacts.parse(item)).toEqual(item);
    expect([guideExamples('rate-card').length, guideExamples('item').length]).toEqual([1, 1]);
  });

  it('names everything that a policy can say', () => {
    const { routes, costs, runs } = policyFormat.shape;
    const route = routes.element.shape;
    const fences = route.fences.unwrap().element.options;
    const names = [
      ...Object.keys(route.when.unwrap().shape),
      ...fences.flatMap(({ shape }) => [...shape.type.values, ...Object.keys(shape)]),
      ...Object.keys(route.split.unwrap().shape),
      ...Object.keys(route.objective.unwrap().shape),
      ...objectiveTerms,
      ...route.otherwise.unwrap().options.flatMap(({ shape }) => [...shape.do.values, ...Object.keys(shape)]),
      ...Object.keys(costs.unwrap().shape),
      ...Object.keys(runs.unwrap().element.shape),
    ];
    expect(names.length).toBeGreaterThan(60);
    expect(names.filter((name) => !new RegExp(`[\`{" ]${name}[\`},": ]`).test(policyGuide))).toEqual([]);
  });

  it('uses every kind of fence and every term in an example', () => {
    const shown = JSON.stringify(guideExamples('policy'));
    const fences = policyFormat.shape.routes.element.shape.fences.unwrap().element.options;
    const unused = [...fences.flatMap(({ shape }) => [...shape.type.values]), ...objectiveTerms].filter(
      (name) => !shown.includes(`"${name}"`),
    );
    expect(unused).toEqual([]);
  });
});
