import type { Contender } from './contender.ts';
import type { Random } from './random.ts';

/** Orders that could gain by sharing anew what they have: they want the same SKU. */
export type Neighbourhood = (random: Random) => readonly number[];

const MOST = 11;

export const createNeighbourhood = (contenders: readonly Contender[]): Neighbourhood => {
  const byRow = new Map<number, number[]>();
  contenders.forEach(({ rows }, index) => {
    for (const row of rows) byRow.set(row, [...(byRow.get(row) ?? []), index]);
  });
  const wantedByMany = [...byRow.values()].filter(({ length }) => length > 1);
  return (random) => {
    const chosen = new Set<number>();
    const most = 2 + random(MOST - 1);
    const first = wantedByMany[random(wantedByMany.length)];
    if (first === undefined) return [];
    let group: readonly number[] = first;
    // Most of those who want one SKU, then some who want another SKU of one of them.
    for (let tries = 0; chosen.size < most && tries < 3 * most; tries++) {
      const one = group[random(group.length)];
      if (one === undefined) continue;
      chosen.add(one);
      if (random(4) > 0) continue;
      const rows = contenders[one]?.rows ?? [];
      group = byRow.get(rows[random(Math.max(1, rows.length))] ?? -1) ?? first;
    }
    return [...chosen];
  };
};
