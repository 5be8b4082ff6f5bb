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
  const lines: { units: Quantity; members: Member[] }[] = [];
  const lineOfGroup = new Map<string, { members: Member[] }>();
  for (const [sku, { groups = [] }] of demand.entries()) {
    const open = wanted[sku] ?? 0;
    if (open === 0) continue;
    const group = togetherGroups.find((one) => groups.includes(one));
    const known = group === undefined ? undefined : lineOfGroup.get(group);
    if (known !== undefined) {
      known.members.push({ sku, per: open });
      continue;
    }
    const isWhole = mode === 'byLine' || group !== undefined;
    const line = isWhole ? { units: 1, members: [{ sku, per: open }] } : { units: open, members: [{ sku, per: 1 }] };
    lines.push(line);
    if (group !== undefined) lineOfGroup.set(group, line);
  }
  return lines;
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
