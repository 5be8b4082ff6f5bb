import { solve } from '../src/domain/sourcing/solve.ts';
import { situation } from '../test/domain/sourcing/instances.ts';
import type { Figure } from './report.ts';
import { rules } from './sourcing-rules.ts';

const LOCATIONS = 500;
const FIRST_SEED = 50_000;

/** An order mix as shops have it: mostly one line, some three, few eight. */
const linesOf = (seed: number): number => (seed % 20 < 11 ? 1 : seed % 20 < 18 ? 3 : 8);

/** What the rules of other systems cost beyond the cheapest plans, and how often they find one. Costs are those of this generator. */
export const benchSavings = (orders: number): readonly Figure[] => {
  let cheapest = 0;
  const costs = rules.map(() => 0);
  const found = rules.map(() => 0);
  for (let seed = FIRST_SEED + 1; seed <= FIRST_SEED + orders; seed++) {
    const order = situation({ family: 'consumer', profile: 'cost', locations: LOCATIONS, lines: linesOf(seed), seed });
    const { objective } = solve(order.problem);
    cheapest += objective;
    for (const [index, { costOf }] of rules.entries()) {
      const cost = costOf(order);
      costs[index] = (costs[index] ?? 0) + cost;
      if (cost === objective) found[index] = (found[index] ?? 0) + 1;
    }
  }
  return rules.flatMap(({ name }, index) => [
    { name: `${name}: cost saved by the cheapest plans`, value: 100 * (1 - cheapest / (costs[index] ?? 1)), unit: '%' },
    { name: `${name}: orders for which it is the cheapest`, value: (100 * (found[index] ?? 0)) / orders, unit: '%' },
  ]);
};
