import { html, type Markup } from './html.ts';

export type Bar = { readonly label: string; readonly value: number; readonly text: string };

type ChartOptions = { readonly most?: number; readonly compared?: boolean };

const WIDTH = 420;
const ROW = 26;
const LABEL = 130;
const VALUE = 150;
const MOST_LABEL = 18;

const shortened = (label: string): string =>
  label.length <= MOST_LABEL ? label : `${label.slice(0, MOST_LABEL - 1)}…`;

/** Horizontal bars from 0, to one scale. `compared`: the first one is what the others are compared with. */
export const barChart = (
  title: string,
  bars: readonly Bar[],
  { most = Math.max(...bars.map(({ value }) => value), 0), compared = false }: ChartOptions = {},
): Markup => {
  const scale = most === 0 ? 0 : (WIDTH - LABEL - VALUE) / most;
  const height = bars.length * ROW;
  return html`<figure>
    <figcaption>${title}</figcaption>
    <svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">
      ${bars.map(({ label, value, text }, index) => {
        const middle = index * ROW + ROW / 2 + 4;
        const length = Math.max(value > 0 ? 1 : 0, value * scale);
        return html`<g class="${compared && index === 0 ? 'first' : ''}">
          <title>${label}: ${text}</title>
          <text x="${LABEL - 8}" y="${middle}" text-anchor="end">${shortened(label)}</text>
          <rect x="${LABEL}" y="${index * ROW + 4}" width="${length.toFixed(1)}" height="${ROW - 8}" rx="2"></rect>
          <text class="value" x="${(LABEL + length + 6).toFixed(1)}" y="${middle}">${text}</text>
        </g>`;
      })}
    </svg>
  </figure>`;
};
