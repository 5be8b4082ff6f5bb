import type { Shipment } from '../problem.ts';
import type { PricedColumns } from './column-prices.ts';
import type { Instance } from './instance.ts';
import { neverOffered, type Stage, stagesOf } from './stages.ts';

/** Partial plans over the first locations: what they ship by line, at which slack, and how they came about. */
type Labels = {
  readonly slack: number[];
  readonly parent: number[];
  readonly column: number[];
  readonly opened: number[];
  readonly pieces: number[];
  /** What identifies the partial plan among those of its stage. */
  readonly state: (number | string)[];
};

export type Combined = {
  /** The cheapest plan found; undefined if there is none within the limit. */
  readonly best: { readonly cost: number; readonly shipments: readonly Shipment[] } | undefined;
  /** No partial plan was passed over for want of steps: so the best is the best there is. */
  readonly complete: boolean;
  readonly steps: number;
};

/** Past its steps the search goes on with so many of the most promising partial plans. */
const BEAM = 20;

/**
 * Dynamic programming over quantity vectors, location by location: of two partial plans that ship the same, the one with less
 * slack is kept, and none whose slack exceeds the gap. Exact for any cost of a single location's shipment.
 */
export const combine = (instance: Instance, columns: PricedColumns, limit: number, mostSteps: number): Combined => {
  const { lines, demand, unfilledCost } = instance;
  const { prices, toll, pivot, fewest, most } = columns;
  const gap = limit - columns.base;
  const limited = toll !== 0 || fewest > 0 || most < columns.open.filter((open) => !open).length;
  const stride: number[] = [];
  let states = 1;
  for (let j = 0; j < lines; j++) {
    stride.push(states);
    states *= (demand[j] ?? 0) + 1;
  }
  const numbered = states * (columns.locations.length + 1) <= Number.MAX_SAFE_INTEGER;

  const labels: Labels = { slack: [], parent: [], column: [], opened: [], pieces: [], state: [] };
  let steps = mostSteps;
  const draft = new Array<number>(lines).fill(0);
  let known = new Map<number | string, number>();

  // Adds the draft as a label, lines that end here closed, unless it is too dear or there is one as good.
  const add = (slack: number, parent: number, column: number, opened: number, closes: readonly number[]): void => {
    let total = slack;
    let key = limited ? opened * states : 0;
    for (const j of closes) {
      total += ((demand[j] ?? 0) - (draft[j] ?? 0)) * ((unfilledCost[j] ?? 0) - (prices[j] ?? 0));
      draft[j] = demand[j] ?? 0;
    }
    if (total > gap) return;
    for (let j = 0; j < lines; j++) key += (draft[j] ?? 0) * (stride[j] ?? 0);
    const state = numbered ? key : `${limited ? opened : 0}:${draft.join()}`;
    const equal = known.get(state);
    if (equal !== undefined && (labels.slack[equal] ?? 0) <= total) return;
    const label = labels.slack.length;
    labels.slack.push(total);
    labels.parent.push(parent);
    labels.column.push(column);
    labels.opened.push(opened);
    for (const pieces of draft) labels.pieces.push(pieces);
    labels.state.push(state);
    known.set(state, label);
  };

  // Shipping nothing: the same partial plan goes on, unless that costs slack or closes lines.
  const idle = (label: number, slack: number, { closes }: Stage): void => {
    const state = labels.state[label] ?? 0;
    if (slack === 0 && closes.length === 0) {
      const equal = known.get(state);
      if (equal === undefined || (labels.slack[equal] ?? 0) > (labels.slack[label] ?? 0)) known.set(state, label);
      return;
    }
    for (let j = 0; j < lines; j++) draft[j] = labels.pieces[label * lines + j] ?? 0;
    add((labels.slack[label] ?? 0) + slack, label, -1, labels.opened[label] ?? 0, closes);
  };

  const ship = (label: number, { position, fills, byKey, closes }: Stage): void => {
    const slack = labels.slack[label] ?? 0;
    const opened = (labels.opened[label] ?? 0) + (columns.open[position] === true ? 0 : 1);
    if (opened > most) return;
    let key = 0;
    for (const { line, factor } of fills)
      key += factor * ((demand[line] ?? 0) - (labels.pieces[label * lines + line] ?? 0));
    for (const k of byKey.get(key) ?? []) {
      const together = slack + (columns.slack[k] ?? 0);
      if (together > gap) return;
      steps--;
      let fits = true;
      for (let j = 0; j < lines && fits; j++) {
        const pieces = (labels.pieces[label * lines + j] ?? 0) + (columns.pieces[k * lines + j] ?? 0);
        fits = pieces <= (demand[j] ?? 0);
        draft[j] = pieces;
      }
      if (fits) add(together, label, k, opened, closes);
    }
  };

  add(0, -1, -1, 0, neverOffered(instance, columns));
  let current = [...known.values()];
  let complete = true;
  for (const stage of stagesOf(instance, columns, gap)) {
    // Where steps may run short, the most promising partial plans go first.
    const columnCount = (columns.first[stage.position + 1] ?? 0) - (columns.first[stage.position] ?? 0);
    if (current.length * (columnCount + 1) > steps)
      current.sort((a, b) => (labels.slack[a] ?? 0) - (labels.slack[b] ?? 0) || a - b);
    known = new Map();
    const idleSlack = columns.idle[stage.position] ?? 0;
    for (const [rank, label] of current.entries()) {
      if (steps < 0 && rank >= BEAM) {
        complete = false;
        break;
      }
      if (idleSlack < Number.POSITIVE_INFINITY) idle(label, idleSlack, stage);
      ship(label, stage);
      steps--;
    }
    current = [...known.values()];
  }
  const totalOf = (label: number): number => (labels.slack[label] ?? 0) + toll * (pivot - (labels.opened[label] ?? 0));
  let best = -1;
  for (const label of current) {
    if ((labels.opened[label] ?? 0) < fewest) continue;
    if (best < 0 || totalOf(label) < totalOf(best)) best = label;
  }
  const plan =
    best < 0 ? undefined : { cost: columns.base + totalOf(best), shipments: trace(instance, columns, labels, best) };
  return { best: plan, complete, steps: mostSteps - steps };
};

const trace = (instance: Instance, columns: PricedColumns, labels: Labels, end: number): Shipment[] => {
  const shipments: Shipment[] = [];
  for (let label = end; label >= 0; label = labels.parent[label] ?? -1) {
    const column = labels.column[label] ?? -1;
    if (column < 0) continue;
    const stage = columns.first.findLastIndex((first) => first <= column);
    const location = instance.locationOrigin[columns.locations[stage] ?? 0] ?? 0;
    for (let j = 0; j < instance.lines; j++) {
      const units = columns.pieces[column * instance.lines + j] ?? 0;
      if (units > 0) shipments.push({ location, line: instance.lineOrigin[j] ?? 0, units });
    }
  }
  return shipments;
};
