import { canonicalJson } from '../canonical-json.ts';
import type { Report } from './list-faults.ts';
import { BACKORDERS, ownQueues, type Policy, type Route } from './policy.ts';
import type { Fault } from './problem.ts';
import { reportRoute } from './route-faults.ts';

/** How far the policy is what its author wrote: from a part that had to be left out, nothing is concluded. */
export type Soundness = {
  /** Nothing was left out at this path, in it, or around it. */
  readonly isSound: (path: string) => boolean;
  /** The list at this path has all its entries. */
  readonly isComplete: (path: string) => boolean;
};

const entirelySound: Soundness = { isSound: () => true, isComplete: () => true };

/** Everything by which a policy contradicts itself or says nothing, by JSON path, each with what to do about it. */
export const policyFaults = (policy: Policy, soundness = entirelySound): readonly Fault[] => {
  const faults: Fault[] = [];
  const report: Report = (path, message) => void faults.push({ path, message });
  if (policy.routes.length === 0) report('routes', 'is empty: at least one route is needed, such as {"name": "all"}');
  policy.routes.forEach((route, index) => {
    reportRoute(route, `routes[${index}]`, report);
  });
  reportNames(policy.routes, report);
  reportUnreachable(policy.routes, soundness, report);
  reportLast(policy.routes, soundness, report);
  reportRuns(policy, soundness, report);
  return faults;
};

const reportNames = (routes: readonly Route[], report: Report): void => {
  const named = new Set<string>();
  routes.forEach(({ name }, index) => {
    if (named.has(name))
      report(`routes[${index}].name`, `an earlier route is called "${name}": give each its own name`);
    named.add(name);
  });
};

/** The route keeps the orders that fit it: what it leaves over does not go on to later routes. */
const isFinal = ({ otherwise }: Route): boolean => otherwise?.do !== 'nextRoute';

const reportUnreachable = (routes: readonly Route[], { isSound }: Soundness, report: Report): void => {
  const conditions = routes.map(({ when = {} }) => canonicalJson(when));
  /** The routes that keep all the orders that fit a condition, by condition. */
  const keepers = new Map<string, Route>();
  routes.forEach((route, index) => {
    const condition = conditions[index] ?? '{}';
    const isKnown = isSound(`routes[${index}].when`);
    const keeper = keepers.get('{}') ?? (isKnown ? keepers.get(condition) : undefined);
    if (keeper !== undefined) {
      const orders = keepers.has('{}') ? 'every order' : 'the same orders';
      report(
        `routes[${index}]`,
        `is never reached: before it, "${keeper.name}" takes ${orders}. Give that one a narrower \`when\` or \`"otherwise": {"do": "nextRoute"}\`, or move it behind this one`,
      );
    } else if (isKnown && isSound(`routes[${index}].otherwise`) && isFinal(route)) keepers.set(condition, route);
  });
};

const reportLast = (routes: readonly Route[], { isComplete }: Soundness, report: Report): void => {
  if (!isComplete('routes') || routes.at(-1)?.otherwise?.do !== 'nextRoute') return;
  const path = `routes[${routes.length - 1}].otherwise.do`;
  report(path, 'no route follows the last one: use "backorder", "park" or "cancel"');
};

const reportRuns = ({ routes, runs }: Policy, { isSound, isComplete }: Soundness, report: Report): void => {
  const parkedIn = routes.flatMap(({ otherwise }) => (otherwise?.do === 'park' ? [otherwise.queue] : []));
  const queues = new Set<string>([BACKORDERS, ...parkedIn, ...ownQueues]);
  const areAllKnown = isComplete('routes') && routes.every((_route, index) => isSound(`routes[${index}].otherwise`));
  const sourced = new Set<string>();
  runs?.forEach(({ queue }, index) => {
    const path = `runs[${index}].queue`;
    const known = [...queues].map((one) => `"${one}"`).join(', ');
    if (areAllKnown && !queues.has(queue)) report(path, `no route parks orders in "${queue}": the queues are ${known}`);
    if (sourced.has(queue)) report(path, `an earlier run sources "${queue}": keep one of the two`);
    sourced.add(queue);
  });
};
