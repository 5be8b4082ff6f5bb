import type { Quantity } from '../values.ts';
import { unitsFrom } from './lines.ts';
import { compareValues, planValue } from './plan-value.ts';
import type { SplitRules } from './policy.ts';
import type { Shipment } from './problem.ts';
import { type Found, searchTable } from './search-table.ts';
import { type Breach, breachOf } from './split-rules.ts';
import type { Table } from './table.ts';

/** What a branch of the search has settled, by candidate. */
type Branch = {
  readonly closed: ReadonlySet<number>;
  /** The most units of a SKU (`candidate:sku`). */
  readonly caps: ReadonlyMap<string, Quantity>;
  /** Units of a line that a candidate ships in any case (`candidate:line`). */
  readonly certain: ReadonlyMap<string, Quantity>;
};

type Node = Branch & { readonly found: Found };

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

const withEntry = <Value>(map: ReadonlyMap<string, Value>, key: string, value: Value): ReadonlyMap<string, Value> =>
  new Map([...map, [key, value]]);

/** Of equal plans the first one found stays: the one that does without the location that is preferred least. */
const lastFirst = (locations: readonly number[]): readonly number[] => locations.toReversed();

/** The ways to keep the rule. `isWhole` false: some way cannot be put as a branch. */
const branchesOf = (node: Node, breach: Breach, table: Table): { branches: readonly Branch[]; isWhole: boolean } => {
  const { closed, caps, certain, found } = node;
  const isCertain = (candidate: number) => [...certain.keys()].some((key) => key.startsWith(`${candidate}:`));
  const closing = (candidate: number): Branch[] =>
    isCertain(candidate) ? [] : [{ closed: new Set([...closed, candidate]), caps, certain }];
  const shipped = (candidate: number, sku: number): Quantity =>
    found.shipments.find(({ location, line }) => location === candidate && line === sku)?.units ?? 0;
  const capped = (candidate: number, sku: number, units: Quantity): Branch => ({
    closed,
    caps: withEntry(caps, `${candidate}:${sku}`, units),
    certain,
  });
  switch (breach.type) {
    case 'too-many':
      return { branches: lastFirst(breach.locations).flatMap(closing), isWhole: true };
    case 'too-many-for-line':
      return {
        branches: lastFirst(breach.locations).map((candidate) => capped(candidate, breach.sku, 0)),
        isWhole: true,
      };
    case 'part-too-small': {
      const more = table.lines.flatMap((line, index): Branch[] => {
        const [first] = line.members;
        if (first === undefined) return [];
        const units = shipped(breach.location, first.sku) / first.per;
        const most = unitsFrom(line, (sku) => usableIn(node, table, sku, breach.location));
        if (units >= most) return [];
        return [{ closed, caps, certain: withEntry(certain, `${breach.location}:${index}`, units + 1) }];
      });
      // A parcel's price by weight is not the sum of its parts, so nothing can be set aside as certain.
      const isWeighed = (table.facts.candidates.tariff?.[breach.location] ?? null) !== null;
      return {
        branches: [...closing(breach.location), ...(isWeighed ? [] : more)],
        isWhole: !isWeighed || more.length === 0,
      };
    }
    case 'remainder-too-small': {
      const less = table.lines.flatMap(({ members: [first] }): Branch[] => {
        const units = first === undefined ? 0 : shipped(breach.location, first.sku);
        return first === undefined || units === 0 ? [] : [capped(breach.location, first.sku, units - 1)];
      });
      const others = table.rows.filter((candidate) => candidate !== breach.location);
      const alone =
        others.some(isCertain) || table.before.some(({ location }) => location !== breach.location)
          ? []
          : [{ closed: new Set([...closed, ...others]), caps, certain }];
      const fillsAlone = table.lines.every(
        (line) => unitsFrom(line, (sku) => usableIn(node, table, sku, breach.location)) === line.units,
      );
      return { branches: [...less, ...(fillsAlone ? alone : [])], isWhole: true };
    }
  }
};

const usableIn = ({ caps }: Branch, { usable }: Table, sku: number, candidate: number): Quantity =>
  Math.min(usable[sku]?.[candidate] ?? 0, caps.get(`${candidate}:${sku}`) ?? Number.POSITIVE_INFINITY);

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
  if (lines.some(({ units }) => units < 0)) return nothing(table, wanted);
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

/** More is certain than is wanted: no plan at all. */
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
