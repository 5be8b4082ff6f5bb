import { LEAST_URGENT } from '../values.ts';
import { reportFence } from './fence-faults.ts';
import { type Report, reportEmptyLists, reportRange, reportRepeated } from './list-faults.ts';
import { BACKORDERS, type Objective, type Otherwise, type Route, type SplitRules, type When } from './policy.ts';

/** What is wrong with a route by itself. */
export const reportRoute = (route: Route, path: string, report: Report): void => {
  if (route.when !== undefined) reportWhen(route.when, `${path}.when`, report);
  route.fences?.forEach((fence, index) => {
    reportFence(fence, `${path}.fences[${index}]`, report);
  });
  if (route.split !== undefined) reportSplit(route.split, `${path}.split`, report);
  if (route.objective !== undefined) reportObjective(route.objective, `${path}.objective`, report);
  if (route.otherwise !== undefined) reportOtherwise(route.otherwise, `${path}.otherwise`, report);
};

const reportWhen = (when: When, path: string, report: Report): void => {
  reportEmptyLists(when, ['channels', 'markets', 'methods', 'itemGroups', 'destinations'], path, report);
  for (const name of ['priority', 'value', 'ageHours'] as const) reportRange(when[name], `${path}.${name}`, report);
  if ((when.priority?.from ?? 0) > LEAST_URGENT)
    report(`${path}.priority.from`, `no order is less urgent than ${LEAST_URGENT}: lower it`);
  when.destinations?.forEach((area, index) => {
    reportEmptyLists(area, ['postcodeAreas'], `${path}.destinations[${index}]`, report);
  });
};

const reportSplit = (split: SplitRules, path: string, report: Report): void => {
  const { mode, mostFulfilments, mostFulfilmentsPerLine } = split;
  reportEmptyLists(split, ['togetherGroups'], path, report);
  reportRepeated(split.togetherGroups, `${path}.togetherGroups`, report);
  if (mode === 'never' && mostFulfilments !== undefined)
    report(`${path}.mostFulfilments`, 'says nothing beside `"mode": "never"`, which means one location: leave one out');
  if ((mode === 'never' || mode === 'byLine') && mostFulfilmentsPerLine !== undefined)
    report(
      `${path}.mostFulfilmentsPerLine`,
      `says nothing beside \`"mode": "${mode}"\`, by which a line comes from one location: leave one out`,
    );
  if (mostFulfilments !== undefined && mostFulfilmentsPerLine !== undefined && mostFulfilmentsPerLine > mostFulfilments)
    report(
      `${path}.mostFulfilmentsPerLine`,
      `is more than \`mostFulfilments\`, ${mostFulfilments}: lower it, or leave it out`,
    );
};

const reportObjective = (objective: Objective, path: string, report: Report): void => {
  const { weighted, lexicographic, sequence, unfilledPerUnit } = objective;
  if (weighted !== undefined && lexicographic !== undefined)
    report(path, 'states both `weighted` and `lexicographic`: choose one');
  if (weighted !== undefined && !Object.values(weighted).some((weight) => weight > 0))
    report(
      `${path}.weighted`,
      'gives nothing a price, so that every plan is as good: give at least one term one above 0',
    );
  reportEmptyLists(objective, ['lexicographic', 'sequence'], path, report);
  reportRepeated(lexicographic, `${path}.lexicographic`, report);
  reportRepeated(sequence, `${path}.sequence`, report);
  if (lexicographic !== undefined && unfilledPerUnit !== undefined)
    report(`${path}.unfilledPerUnit`, 'goes with `weighted` only: `lexicographic` always fills the most it can');
  const goesByPriority = (weighted?.priority ?? 0) > 0 || lexicographic?.includes('priority') === true;
  if (sequence !== undefined && !goesByPriority)
    report(`${path}.sequence`, 'has no effect without the term `priority`: weigh or list that term, or leave it out');
};

const reportOtherwise = (otherwise: Otherwise, path: string, report: Report): void => {
  if (otherwise.do === 'park' && otherwise.queue === BACKORDERS)
    report(`${path}.queue`, `is the queue of what is on backorder: choose another name, or \`"do": "backorder"\``);
};
