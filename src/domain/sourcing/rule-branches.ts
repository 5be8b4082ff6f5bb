import type { Quantity } from '../values.ts';
import { unitsFrom } from './lines.ts';
import type { Found } from './search-table.ts';
import type { Breach } from './split-rules.ts';
import type { Table } from './table.ts';

/** What a branch of the search has settled, by candidate. */
export type Branch = {
  readonly closed: ReadonlySet<number>;
  /** The most units of a SKU (`candidate:sku`). */
  readonly caps: ReadonlyMap<string, Quantity>;
  /** Units of a line that a candidate ships in any case (`candidate:line`). */
  readonly certain: ReadonlyMap<string, Quantity>;
};

export type Node = Branch & { readonly found: Found };

const withEntry = <Value>(map: ReadonlyMap<string, Value>, key: string, value: Value): ReadonlyMap<string, Value> =>
  new Map([...map, [key, value]]);

/** A search by itself might leave over what is dearer to ship than to leave. */
const everythingFrom = (candidate: number, { lines }: Table): ReadonlyMap<string, Quantity> =>
  new Map(lines.map(({ units }, index) => [`${candidate}:${index}`, units]));

/** Of equal plans the first one found stays: the one that does without the location that is preferred least. */
const lastFirst = (locations: readonly number[]): readonly number[] => locations.toReversed();

/** The ways to keep the rule. `isWhole` false: some way cannot be put as a branch. */
export const branchesOf = (
  node: Node,
  breach: Breach,
  table: Table,
): { branches: readonly Branch[]; isWhole: boolean } => {
  const { closed, caps, certain } = node;
  const isCertain = (candidate: number) => [...certain.keys()].some((key) => key.startsWith(`${candidate}:`));
  const closing = (candidate: number): Branch[] =>
    isCertain(candidate) ? [] : [{ closed: new Set([...closed, candidate]), caps, certain }];
  const capped = (candidate: number, sku: number, units: Quantity): Branch => ({
    closed,
    caps: withEntry(caps, `${candidate}:${sku}`, units),
    certain,
  });
  const isWeighed = 'location' in breach && (table.facts.candidates.tariff?.[breach.location] ?? null) !== null;
  const alone = (candidate: number): Branch[] => {
    const others = table.rows.filter((row) => row !== candidate);
    const isTied = others.some(isCertain) || table.before.some(({ location }) => location !== candidate);
    const fillsAll = table.lines.every(
      (line) => unitsFrom(line, (sku) => usableIn(node, table, sku, candidate)) === line.units,
    );
    if (isTied || !fillsAll) return [];
    return [{ closed: new Set([...closed, ...others]), caps, certain: everythingFrom(candidate, table) }];
  };
  switch (breach.type) {
    case 'too-many':
      return { branches: lastFirst(breach.locations).flatMap(closing), isWhole: true };
    case 'too-many-for-line':
      return {
        branches: lastFirst(breach.locations).map((candidate) => capped(candidate, breach.sku, 0)),
        isWhole: true,
      };
    case 'part-too-small': {
      const more = waysToShipMore(node, breach.location, table);
      // A parcel's price by weight is not the sum of its parts: what is set aside is worth trying, but proves nothing.
      return { branches: [...closing(breach.location), ...more], isWhole: !isWeighed || more.length === 0 };
    }
    case 'remainder-too-small': {
      const less = waysToShipLess(node, breach.location, table, !isWeighed);
      return { branches: [...less, ...alone(breach.location)], isWhole: true };
    }
    case 'no-part-fits':
      return { branches: [...closing(breach.location), ...alone(breach.location)], isWhole: true };
  }
};

const shippedBy = ({ found }: Node, candidate: number, sku: number): Quantity =>
  found.shipments.find(({ location, line }) => location === candidate && line === sku)?.units ?? 0;

/** More of one line, and no more of those before it: so that no two ways lead to one plan. */
const waysToShipMore = (node: Node, candidate: number, table: Table): readonly Branch[] => {
  let { caps } = node;
  return table.lines.flatMap((line, index): Branch[] => {
    const [first] = line.members;
    if (first === undefined) return [];
    const shipped = shippedBy(node, candidate, first.sku);
    const units = shipped / first.per;
    const most = unitsFrom(line, (sku) => usableIn(node, table, sku, candidate));
    const before = caps;
    caps = withEntry(caps, `${candidate}:${first.sku}`, shipped);
    if (units >= most) return [];
    return [{ ...node, caps: before, certain: withEntry(node.certain, `${candidate}:${index}`, units + 1) }];
  });
};

/** Less of one line, and no less of those before it, where what is certain may be set aside. */
const waysToShipLess = (node: Node, candidate: number, table: Table, maySetAside: boolean): readonly Branch[] => {
  let { certain } = node;
  return table.lines.flatMap(({ members: [first] }, index): Branch[] => {
    const shipped = first === undefined ? 0 : shippedBy(node, candidate, first.sku);
    if (first === undefined || shipped === 0) return [];
    const before = certain;
    if (maySetAside) certain = withEntry(certain, `${candidate}:${index}`, shipped / first.per);
    return [{ ...node, certain: before, caps: withEntry(node.caps, `${candidate}:${first.sku}`, shipped - 1) }];
  });
};

export const usableIn = ({ caps }: Branch, { usable }: Table, sku: number, candidate: number): Quantity =>
  Math.min(usable[sku]?.[candidate] ?? 0, caps.get(`${candidate}:${sku}`) ?? Number.POSITIVE_INFINITY);
