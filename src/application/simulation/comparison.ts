import type { Kpis } from './kpis.ts';
import type { SimulationResult } from './simulation.ts';

export type Compared = {
  readonly label: string;
  /** Null: neither direction is better by itself. */
  readonly better: 'less' | 'more' | null;
  /** The baseline first, then the variants. */
  readonly values: readonly {
    readonly value: number | null;
    readonly text: string;
    /** Compared with the baseline; null where that cannot be said. */
    readonly verdict: 'better' | 'worse' | 'same' | null;
  }[];
};

type Row = {
  readonly label: string;
  readonly better: Compared['better'];
  readonly of: (kpis: Kpis) => number | null;
} & {
  readonly show: (value: number) => string;
};

const whole = (value: number): string => Math.round(value).toLocaleString('en-GB');
const money = (value: number): string =>
  (value / 100).toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const ratio = (value: number): string => value.toFixed(2);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

const rows: readonly Row[] = [
  { label: 'orders', better: null, of: ({ orders }) => orders, show: whole },
  { label: 'units filled', better: 'more', of: ({ unitsFilled }) => unitsFilled, show: whole },
  { label: 'cost', better: 'less', of: ({ cost }) => cost, show: money },
  {
    label: 'cost per unit filled',
    better: 'less',
    of: ({ cost, unitsFilled }) => (unitsFilled === 0 ? null : cost / unitsFilled),
    show: money,
  },
  { label: 'parcels', better: 'less', of: ({ fulfilments }) => fulfilments, show: whole },
  { label: 'parcels per order', better: 'less', of: ({ parcelsPerOrder }) => parcelsPerOrder, show: ratio },
  { label: 'split rate', better: 'less', of: ({ splitRate }) => splitRate, show: percent },
  { label: 'promise kept', better: 'more', of: ({ promiseKept }) => promiseKept, show: percent },
  { label: 'kilometres per parcel', better: 'less', of: ({ kilometresPerParcel }) => kilometresPerParcel, show: whole },
  { label: 'orders that waited', better: 'less', of: ({ ordersThatWaited }) => ordersThatWaited, show: whole },
  { label: 'units waiting at the end', better: 'less', of: ({ unitsWaiting }) => unitsWaiting, show: whole },
  { label: 'orders parked', better: 'less', of: ({ ordersParked }) => ordersParked, show: whole },
  { label: 'units given up', better: 'less', of: ({ unitsGivenUp }) => unitsGivenUp, show: whole },
];

/** The figures of a simulation side by side: what really happened first. */
export const comparison = ({ baseline, variants }: SimulationResult): readonly Compared[] =>
  rows.map(({ label, better, of, show }) => {
    const base = of(baseline);
    const values = [baseline, ...variants.map(({ kpis }) => kpis)].map((kpis, index) => {
      const value = of(kpis);
      const text = value === null ? '–' : show(value);
      return { value, text, verdict: index === 0 ? null : verdictOn(value, base, better) };
    });
    return { label, better, values };
  });

const verdictOn = (
  value: number | null,
  base: number | null,
  better: Compared['better'],
): Compared['values'][number]['verdict'] => {
  if (value === null || base === null || better === null) return null;
  if (value === base) return 'same';
  return value < base === (better === 'less') ? 'better' : 'worse';
};
