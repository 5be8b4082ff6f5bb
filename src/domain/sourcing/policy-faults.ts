import { canonicalJson } from '../canonical-json.ts';
import type { Report } from './list-faults.ts';
import { BACKORDERS, type Policy, type Route } from './policy.ts';
import type { Fault } from './problem.ts';
import { reportRoute } from './route-faults.ts';

/** Whether the part of the policy at this path is what its author wrote: no conclusion is drawn from one that is not. */
export type IsSound = (path: string) => boolean;

/** Everything by which a policy contradicts itself or says nothing, by JSON path, each with what to do about it. */
export const policyFaults = (policy: Policy, isSound: IsSound = () => true): readonly Fault[] => {
  const faults: Fault[] = [];
  const report: Report = (path, message) => void faults.push({ path, message });
  if (policy.routes.length === 0) report('routes', 'is empty: at least one route is needed, such as {"name": "all"}');
  policy.routes.forEach((route, index) => {
    reportRoute(route, `routes[${index}]`, report);
  });
  reportNames(policy.routes, report);
  reportUnreachable(policy.routes, isSound, report);
  reportLast(policy.routes, report);
  reportRuns(policy, isSound, report);
  return faults;
};

const reportNames = (routes: readonly Route[], report: Report): void =>
  routes.forEach(({ name }, index) => {
    const before = routes.findIndex((route) => route.name === name);
    if (before < index)
      report(`routes[${index}].name`, `"${name}" is the name of routes[${before}], too: give each route its own`);
  });

/** The route keeps the orders that fit it: what it leaves over does not go on to later routes. */
const isFinal = ({ otherwise }: Route): boolean => otherwise?.do !== 'nextRoute';

const reportUnreachable = (routes: readonly Route[], isSound: IsSound, report: Report): void => {
  const isKnown = (index: number): boolean => isSound(`routes[${index}].when`) && isSound(`routes[${index}].otherwise`);
  const conditions = routes.map(({ when = {} }) => canonicalJson(when));
  conditions.forEach((condition, index) => {
    const takesAll = routes.findIndex(
      (route, before) =>
        before < index &&
        isFinal(route) &&
        isKnown(before) &&
        (conditions[before] === '{}' || (conditions[before] === condition && isKnown(index))),
    );
    if (takesAll < 0) return;
    const why = conditions[takesAll] === '{}' ? 'takes every order' : 'takes the same orders';
    report(
      `routes[${index}]`,
      `is never reached: routes[${takesAll}] "${routes[takesAll]?.name}" ${why} before it. Give that one a narrower \`when\` or \`"otherwise": {"do": "nextRoute"}\`, or move it behind this one`,
    );
  });
};

const reportLast = (routes: readonly Route[], report: Report): void => {
  if (routes.at(-1)?.otherwise?.do !== 'nextRoute') return;
  const path = `routes[${routes.length - 1}].otherwise.do`;
  report(path, 'no route follows the last one: use "backorder", "park" or "cancel"');
};

const reportRuns = ({ routes, runs }: Policy, isSound: IsSound, report: Report): void => {
  const queues = new Set([
    BACKORDERS,
    ...routes.flatMap(({ otherwise }) => (otherwise?.do === 'park' ? [otherwise.queue] : [])),
  ]);
  const allKnown = isSound('routes') && routes.every((_route, index) => isSound(`routes[${index}].otherwise`));
  runs?.forEach(({ queue }, index) => {
    const path = `runs[${index}].queue`;
    if (allKnown && !queues.has(queue))
      report(
        path,
        `no route parks orders in "${queue}": the queues are ${[...queues].map((one) => `"${one}"`).join(', ')}`,
      );
    const before = runs.findIndex((run) => run.queue === queue);
    if (before < index) report(path, `runs[${before}] sources "${queue}" already: keep one of the two`);
  });
};
