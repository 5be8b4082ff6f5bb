import type { PricedColumns } from './column-prices.ts';
import type { Columns } from './columns.ts';
import type { Instance } from './instance.ts';

/** The order in which locations are taken up: position in `columns`, its columns by slack, and the lines that no later one offers. */
export type Stage = {
  readonly position: number;
  readonly columns: readonly number[];
  readonly closes: readonly number[];
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

/**
 * The line that fewest of the remaining locations offer is closed next, by taking those locations up: what is then missing of it
 * stays unfilled, so partial plans differ in fewer lines and the hopeless ones show early.
 */
export const stagesOf = (instance: Instance, columns: PricedColumns): Stage[] => {
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
    stages.push({ position, columns: bySlack(columns, position), closes });
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
