import type { Quantity } from '../values.ts';
import type { SplitRules } from './policy.ts';
import type { Shipment } from './problem.ts';
import type { WantedSku } from './record.ts';

/** Of what one unit of a line of the search consists: `per` units of each SKU. */
export type Member = { readonly sku: number; readonly per: Quantity };

/**
 * A line of the search. A SKU that may be split is a line of as many units as are wanted. What has to come from one
 * location (a line that may not be split, SKUs that travel together) is one unit that consists of all of it.
 */
export type Line = { readonly units: Quantity; readonly members: readonly Member[] };

/** The SKUs that are open (`wanted[sku] > 0`) as lines of the search, in order of first appearance. */
export const linesOf = (
  demand: readonly WantedSku[],
  wanted: readonly Quantity[],
  { mode = 'byUnit', togetherGroups = [] }: SplitRules,
): readonly Line[] => {
  const lines: { units: Quantity; members: readonly Member[] }[] = [];
  const lineOfGroup = new Map<string, number>();
  for (const [sku, { groups = [] }] of demand.entries()) {
    const open = wanted[sku] ?? 0;
    if (open === 0) continue;
    const bonds = togetherGroups.filter((one) => groups.includes(one));
    if (bonds.length === 0) {
      const isWhole = mode === 'byLine';
      lines.push({ units: isWhole ? 1 : open, members: [{ sku, per: isWhole ? open : 1 }] });
      continue;
    }
    // A SKU of two groups ties the lines of both together.
    const tied = new Set(bonds.flatMap((group) => lineOfGroup.get(group) ?? []));
    const into = Math.min(lines.length, ...tied);
    const members = [...tied].flatMap((index) => lines[index]?.members ?? []);
    for (const index of tied) lines[index] = { units: 0, members: [] };
    lines[into] = { units: 1, members: [...members, { sku, per: open }] };
    for (const [group, index] of lineOfGroup) if (tied.has(index)) lineOfGroup.set(group, into);
    for (const group of bonds) lineOfGroup.set(group, into);
  }
  return lines.filter(({ members }) => members.length > 0);
};

/** True when every line is one SKU, unit by unit. */
export const areSingle = (lines: readonly Line[]): boolean =>
  lines.every(({ members: [first, ...others] }) => first?.per === 1 && others.length === 0);

/** Goods in one unit of the line. */
export const goodsPerUnit = ({ members }: Line): Quantity => members.reduce((sum, { per }) => sum + per, 0);

/** Whole units of the line that can be made up from what is there of each SKU. */
export const unitsFrom = ({ units, members }: Line, available: (sku: number) => Quantity): Quantity =>
  members.reduce((least, { sku, per }) => Math.min(least, Math.floor(available(sku) / per)), units);

/** Shipments of lines as shipments of SKUs (`line` is then the index of a SKU), by location and SKU. */
export const shipmentsOfSkus = (shipments: readonly Shipment[], lines: readonly Line[]): Shipment[] =>
  shipments
    .flatMap(({ location, line, units }) =>
      (lines[line]?.members ?? []).map(({ sku, per }) => ({ location, line: sku, units: units * per })),
    )
    .sort((a, b) => a.location - b.location || a.line - b.line);
