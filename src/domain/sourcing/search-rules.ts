import type { Quantity } from '../values.ts';
import { compareValues, planValue } from './plan-value.ts';
import type { SplitRules } from './policy.ts';
import type { Shipment } from './problem.ts';
import { type Branch, branchesOf, type Node, usableIn } from './rule-branches.ts';
import { type Found, searchTable } from './search-table.ts';
import { breachOf } from './split-rules.ts';
import type { Table } from './table.ts';

/** Searches of a whole decision: some milliseconds. Past it, the best plan that keeps the rules counts. */
const MOST_NODES = 150;

/**
 * The best plan that keeps the split rules which the search itself knows nothing of. Best bound first: a plan that breaks
 * a rule is replaced by the ways to keep it, each searched anew, until the best one left breaks none.
 */
export const searchWithRules = (
  table: Table,
  rules: SplitRules,
  wanted: readonly Quantity[],
  effort: { readonly maxWork: number },
): Found => {
  const share = { maxWork: effort.maxWork / 10 };
  const open: Node[] = [];
  let nodes = 0;
  /** Bounds of what was left unsearched. */
  const left: (readonly number[])[] = [];
  let incumbent: readonly Shipment[] = [];
  let best = planValue(table, wanted, incumbent);

  const visit = (branch: Branch): void => {
    const found = searchBranch(table, branch, wanted, share);
    nodes += found.nodes + 1;
    if (!found.proven) left.push(found.bound);
    const breach = breachOf(found.shipments, rules, table);
    if (breach === null && compareValues(found.value, best) < 0) {
      best = found.value;
      incumbent = found.shipments;
    }
    if (breach !== null && compareValues(found.value, best) < 0) open.push({ ...branch, found });
  };

  visit({ closed: new Set(), caps: new Map(), certain: new Map() });
  let searches = 1;
  for (;;) {
    open.sort((a, b) => compareValues(b.found.value, a.found.value));
    const next = open.pop();
    if (next === undefined || compareValues(next.found.value, best) >= 0) break;
    const breach = breachOf(next.found.shipments, rules, table);
    if (breach === null) continue;
    if (searches >= MOST_NODES) {
      left.push(next.found.bound, ...open.map(({ found }) => found.bound));
      break;
    }
    const { branches, isWhole } = branchesOf(next, breach, table);
    if (!isWhole) left.push(next.found.bound);
    for (const branch of branches) visit(branch);
    searches += branches.length;
  }
  const bound = best.map((value, index) => Math.min(value, ...left.map((one) => one[index] ?? 0)));
  return { shipments: incumbent, value: best, bound, proven: compareValues(bound, best) === 0, nodes };
};

/** The best plan of a branch: what is certain is set aside, the rest is searched, and both are valued together. */
const searchBranch = (
  table: Table,
  branch: Branch,
  wanted: readonly Quantity[],
  effort: { readonly maxWork: number },
): Found => {
  const { closed, caps, certain } = branch;
  if (closed.size === 0 && caps.size === 0 && certain.size === 0) return searchTable(table, effort);
  const aside: Shipment[] = [];
  const usable = table.usable.map((row, sku) => row.map((_, candidate) => usableIn(branch, table, sku, candidate)));
  const lines = table.lines.map((line, index) => {
    let units = line.units;
    for (const [key, count] of certain) {
      const [candidate = 0, of] = key.split(':').map(Number);
      if (of !== index) continue;
      units -= count;
      for (const { sku, per } of line.members) {
        aside.push({ location: candidate, line: sku, units: count * per });
        const row = usable[sku];
        if (row !== undefined) row[candidate] = (row[candidate] ?? 0) - count * per;
      }
    }
    return { ...line, units };
  });
  const isTooMuch = lines.some(({ units }) => units < 0) || usable.some((row) => row.some((units) => units < 0));
  if (isTooMuch) return nothing(table, wanted);
  if (lines.every(({ units }) => units === 0)) return settled(table, wanted, merged(aside));
  const rest = searchTable(
    {
      ...table,
      rows: table.rows.filter((candidate) => !closed.has(candidate)),
      lines,
      usable,
      opened: new Set([...table.opened, ...aside.map(({ location }) => location)]),
    },
    effort,
  );
  const shipments = merged([...aside, ...rest.shipments]);
  const value = planValue(table, wanted, shipments);
  const bound = value.map((one, index) => one - ((rest.value[index] ?? 0) - (rest.bound[index] ?? 0)));
  return { ...rest, shipments, value, bound };
};

/** All is certain: there is nothing to search. */
const settled = (table: Table, wanted: readonly Quantity[], shipments: readonly Shipment[]): Found => {
  const value = planValue(table, wanted, shipments);
  return { shipments, value, bound: value, proven: true, nodes: 0 };
};

/** More is certain than is wanted or may be used: no plan at all. */
const nothing = (table: Table, wanted: readonly Quantity[]): Found => {
  const value = planValue(table, wanted, []).map(() => Number.MAX_SAFE_INTEGER);
  return { shipments: [], value, bound: value, proven: true, nodes: 0 };
};

const merged = (shipments: readonly Shipment[]): Shipment[] => {
  const byPlace = new Map<string, Shipment>();
  for (const one of shipments) {
    const key = `${one.location}:${one.line}`;
    byPlace.set(key, { ...one, units: one.units + (byPlace.get(key)?.units ?? 0) });
  }
  return [...byPlace.values()].sort((a, b) => a.location - b.location || a.line - b.line);
};
