import type { Contender } from './contender.ts';
import type { Random } from './random.ts';

/** Orders that could gain by sharing anew what they have: they want the same SKU, and one of them has less than it could have alone. */
export type Neighbourhood = (random: Random) => readonly number[];

const MOST = 11;
/** Picks of an order that could gain, after which any will do. */
const MOST_PICKS = 30;

export const createNeighbourhood = (
  contenders: readonly Contender[],
  couldGain: (index: number) => boolean,
): Neighbourhood => {
  const byRow = new Map<number, number[]>();
  contenders.forEach(({ rows }, index) => {
    for (const row of rows) byRow.set(row, [...(byRow.get(row) ?? []), index]);
  });
  const wantedByMany = [...byRow.values()].filter(({ length }) => length > 1);
  return (random) => {
    const chosen = new Set<number>();
    const most = 2 + random(MOST - 1);
    let start = -1;
    for (let pick = 0; pick < MOST_PICKS && start < 0; pick++) {
      const index = random(contenders.length);
      if (couldGain(index)) start = index;
    }
    const own = (contenders[start]?.rows ?? []).filter((row) => (byRow.get(row)?.length ?? 0) > 1);
    const first = byRow.get(own[random(Math.max(1, own.length))] ?? -1) ?? wantedByMany[random(wantedByMany.length)];
    if (first === undefined) return [];
    if (own.length > 0) chosen.add(start);
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
