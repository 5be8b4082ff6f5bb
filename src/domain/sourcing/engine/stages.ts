import type { PricedColumns } from './column-prices.ts';
import type { Columns } from './columns.ts';
import type { Instance } from './instance.ts';

/** The order in which locations are taken up: position in `columns`, and the lines that no later one offers. */
export type Stage = {
  readonly position: number;
  readonly closes: readonly number[];
  /** Those of them that must be full then, each with its factor in the key. */
  readonly fills: readonly { readonly line: number; readonly factor: number }[];
  /** Columns by the pieces of the lines that they fill, least slack first. */
  readonly byKey: ReadonlyMap<number, readonly number[]>;
};

/** By position in `columns`: the lines that some column of the location ships. */
const offeredLines = (instance: Instance, columns: Columns): number[][] =>
  columns.locations.map((_, position) => {
    const offered: number[] = [];
    for (let j = 0; j < instance.lines; j++) {
      for (let k = columns.first[position] ?? 0; k < (columns.first[position + 1] ?? 0); k++) {
        if ((columns.pieces[k * instance.lines + j] ?? 0) === 0) continue;
        offered.push(j);
        break;
      }
    }
    return offered;
  });

const bySlack = (columns: PricedColumns, position: number): number[] => {
  const list: number[] = [];
  for (let k = columns.first[position] ?? 0; k < (columns.first[position + 1] ?? 0); k++) list.push(k);
  return list.sort((a, b) => (columns.slack[a] ?? 0) - (columns.slack[b] ?? 0) || a - b);
};

/** Of the closing lines, those that leaving one piece unfilled takes beyond the gap, as far as one number tells them apart. */
const fillsOf = (
  instance: Instance,
  { prices }: PricedColumns,
  closes: readonly number[],
  gap: number,
): Stage['fills'] => {
  const fills: { line: number; factor: number }[] = [];
  let factor = 1;
  for (const line of closes) {
    const wide = factor * ((instance.demand[line] ?? 0) + 1);
    if ((instance.unfilledCost[line] ?? 0) - (prices[line] ?? 0) <= gap || wide > Number.MAX_SAFE_INTEGER) continue;
    fills.push({ line, factor });
    factor = wide;
  }
  return fills;
};

const groupByKey = (
  instance: Instance,
  columns: PricedColumns,
  position: number,
  fills: Stage['fills'],
): Stage['byKey'] => {
  const groups = new Map<number, number[]>();
  for (const k of bySlack(columns, position)) {
    let key = 0;
    for (const { line, factor } of fills) key += factor * (columns.pieces[k * instance.lines + line] ?? 0);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [k]);
    else group.push(k);
  }
  return groups;
};

/**
 * The line that fewest of the remaining locations offer is closed next, by taking those locations up: what is then missing of it
 * stays unfilled, so partial plans differ in fewer lines and the hopeless ones show early.
 */
export const stagesOf = (instance: Instance, columns: PricedColumns, gap: number): Stage[] => {
  const offered = offeredLines(instance, columns);
  const waiting = new Array<number>(instance.lines).fill(0);
  for (const lines of offered) for (const j of lines) waiting[j] = (waiting[j] ?? 0) + 1;
  const taken = new Uint8Array(offered.length);
  const stages: Stage[] = [];
  const take = (position: number): void => {
    taken[position] = 1;
    const closes: number[] = [];
    for (const j of offered[position] ?? []) {
      waiting[j] = (waiting[j] ?? 0) - 1;
      if (waiting[j] === 0) closes.push(j);
    }
    const fills = fillsOf(instance, columns, closes, gap);
    stages.push({ position, closes, fills, byKey: groupByKey(instance, columns, position, fills) });
  };
  while (stages.length < offered.length) {
    let next = -1;
    for (let j = 0; j < instance.lines; j++) {
      const count = waiting[j] ?? 0;
      if (count > 0 && (next < 0 || count < (waiting[next] ?? 0))) next = j;
    }
    offered.forEach((lines, position) => {
      if (taken[position] === 0 && (next < 0 || lines.includes(next))) take(position);
    });
  }
  return stages;
};

/** Lines that no location in the columns offers. */
export const neverOffered = (instance: Instance, columns: Columns): number[] => {
  const offered = new Set(offeredLines(instance, columns).flat());
  return Array.from({ length: instance.lines }, (_, j) => j).filter((j) => !offered.has(j));
};
