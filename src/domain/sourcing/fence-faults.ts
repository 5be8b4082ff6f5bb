import { type Report, reportEmptyLists, reportRepeated } from './list-faults.ts';
import type { Fence, LocationFilter } from './policy.ts';

type InOrOut = { readonly in?: readonly string[]; readonly notIn?: readonly string[] };

export const reportFence = (fence: Fence, path: string, report: Report): void => {
  switch (fence.type) {
    case 'kind':
    case 'group':
    case 'location':
      return reportInOrOut(fence, path, report);
    case 'protectedStock':
      if (fence.units === undefined && fence.weeksOfSupply === undefined)
        report(path, 'protects nothing: state `units`, `weeksOfSupply`, or both');
      reportEmptyLists(fence, ['itemGroups'], path, report);
      return reportFilter(fence.at, `${path}.at`, report);
    case 'ringFence':
      reportEmptyLists(fence, ['channels', 'itemGroups', 'skus'], path, report);
      return reportFilter(fence.at, `${path}.at`, report);
    case 'distance':
    case 'deliveryPromise':
    case 'capacity':
    case 'recentRefusal':
      return;
  }
};

const reportInOrOut = (fence: InOrOut & { readonly type: string }, path: string, report: Report): void => {
  if (fence.in === undefined && fence.notIn === undefined)
    report(path, `a ${fence.type} fence needs \`in\`, \`notIn\`, or both`);
  reportEmptyLists(fence, ['in', 'notIn'], path, report);
  reportRepeated(fence.in, `${path}.in`, report);
  reportRepeated(fence.notIn, `${path}.notIn`, report);
  const listed = new Set(fence.in);
  fence.notIn?.forEach((entry, index) => {
    if (listed.has(entry))
      report(`${path}.notIn[${index}]`, `"${entry}" is also in \`in\`: take it out of one of the two`);
  });
};

export const reportFilter = (filter: LocationFilter | undefined, path: string, report: Report): void => {
  if (filter === undefined) return;
  if (Object.keys(filter).length === 0) report(path, 'states nothing: leave it out to mean every location');
  reportEmptyLists(filter, ['locations', 'kinds', 'groups'], path, report);
};
