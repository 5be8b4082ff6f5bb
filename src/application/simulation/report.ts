import { barChart } from './charts.ts';
import { type Compared, comparison } from './comparison.ts';
import { escaped, html, type Markup, page } from './html.ts';
import { byDifference, costChange, waitingChange } from './largest-changes.ts';
import type { SimulationResult, Variant, VariantResult } from './simulation.ts';

const MOST_CHANGED = 500;
const MOST_LOCATIONS = 40;
const BASELINE = 'as it was';

/** A simulation as one page that needs nothing else: figures, charts, changed orders, and the policies themselves. */
export const simulationPage = (result: SimulationResult, variants: readonly Variant[]): string => {
  const compared = comparison(result);
  const names = [BASELINE, ...result.variants.map(({ name }) => name)];
  return page(
    'Simulation of sourcing policies',
    html`
      <h1>Simulation of sourcing policies</h1>
      <p class="lead">${result.baseline.orders.toLocaleString('en-GB')} orders, ${since(result.from)} to ${day(result.to)}.</p>
      ${result.variants.map((variant) => headline(variant, result))}
      <h2>Figures</h2>
      ${figures(compared, names)}
      <h2>Side by side</h2>
      <div class="charts">${compared.filter(isCharted).map((row) => chartOf(row, names))}</div>
      <h2>Locations</h2>
      ${locations(result, names)}
      ${result.variants.map(changedOrders)}
      <h2>Policies</h2>
      ${variants.map(policyText)}
      <h2>How to read this</h2>
      <p>
        Every order of the period was sourced anew under each policy, in the order in which they came, against the stock of
        those moments. Receipts, counts, orders of before the period and the customers' cancellations happened as they did.
        Rejections and short picks are people's doing: they happened in reality only.
      </p>
    `,
  );
};

const day = (instant: string): string => instant.slice(0, 'YYYY-MM-DD'.length);

const since = (from: string): string => (Date.parse(from) === 0 ? 'from the first' : day(from));

const headline = ({ name, kpis, ordersChanged }: VariantResult, { baseline }: SimulationResult): Markup => {
  const saved = baseline.cost - kpis.cost;
  const percent = baseline.cost === 0 ? 0 : Math.abs(100 * saved) / baseline.cost;
  const cost =
    saved === 0
      ? 'would have cost the same'
      : `would have cost ${percent.toFixed(percent < 1 ? 2 : 1)} % ${saved > 0 ? 'less' : 'more'}`;
  const filled = kpis.unitsFilled - baseline.unitsFilled;
  const units =
    filled === 0
      ? 'filled as many units'
      : `filled ${Math.abs(filled).toLocaleString('en-GB')} units ${filled > 0 ? 'more' : 'fewer'}`;
  return html`<p class="headline">
    <strong>${name}</strong> ${cost}, ${units}, and changed ${ordersChanged.toLocaleString('en-GB')} of ${baseline.orders.toLocaleString('en-GB')} orders.
  </p>`;
};

const figures = (rows: readonly Compared[], names: readonly string[]): Markup => html`
  <table>
    <thead><tr><th></th>${names.map((name) => html`<th class="number">${name}</th>`)}</tr></thead>
    <tbody>
      ${rows.map(
        ({ label, values }) => html`<tr>
          <th>${label}</th>
          ${values.map(({ text, verdict }) => html`<td class="number ${verdict ?? ''}">${text}</td>`)}
        </tr>`,
      )}
    </tbody>
  </table>
`;

const CHARTED = [
  'cost',
  'parcels per order',
  'split rate',
  'promise kept',
  'kilometres per parcel',
  'orders that waited',
];

const isCharted = ({ label, values }: Compared): boolean =>
  CHARTED.includes(label) && values.some(({ value }) => value !== null && value > 0);

const chartOf = ({ label, values }: Compared, names: readonly string[]): Markup =>
  barChart(
    label,
    values.map(({ value, text }, index) => ({ label: names[index] ?? '', value: value ?? 0, text })),
    { compared: true },
  );

/** Load and stock-outs, busiest location first. */
const locations = ({ baseline, variants }: SimulationResult, names: readonly string[]): Markup => {
  const worlds = [baseline, ...variants.map(({ kpis }) => kpis)].map(
    (kpis) => new Map(kpis.locations.map((one) => [one.locationId, one])),
  );
  const ids = [...new Set(worlds.flatMap((world) => [...world.keys()]))];
  const most = (id: string) => Math.max(...worlds.map((world) => world.get(id)?.fulfilments ?? 0));
  const shown = ids.toSorted((a, b) => most(b) - most(a)).slice(0, MOST_LOCATIONS);
  return html`
    <div class="charts">
      ${worlds.map((world, index) =>
        barChart(
          `fulfilments, ${names[index] ?? ''}`,
          shown.map((id) => {
            const one = world.get(id);
            const outs = one === undefined || one.stockOuts === 0 ? '' : `, ${one.stockOuts} × sold out`;
            return { label: id, value: one?.fulfilments ?? 0, text: `${one?.fulfilments ?? 0}${outs}` };
          }),
          { most: Math.max(1, ...shown.map(most)) },
        ),
      )}
    </div>
    ${ids.length > shown.length ? html`<p>The ${shown.length} busiest of ${ids.length} locations.</p>` : ''}
  `;
};

const changedOrders = ({ name, changed, ordersChanged }: VariantResult): Markup => {
  const shown = changed.toSorted(byDifference).slice(0, MOST_CHANGED);
  if (shown.length === 0) return html`<h2>Orders that ${name} changed</h2><p>None.</p>`;
  return html`
    <h2>Orders that ${name} changed</h2>
    <table>
      <thead><tr><th>order</th><th>as it was</th><th>${name}</th><th class="number">cost</th><th class="number">waiting</th></tr></thead>
      <tbody>
        ${shown.map(
          (order) => html`<tr>
            <td class="id">${order.orderId}</td>
            <td>${places(order.before.locationIds)}</td>
            <td>${places(order.after.locationIds)}</td>
            <td class="number ${tone(costChange(order))}">${signed(costChange(order) / 100, 2)}</td>
            <td class="number ${tone(waitingChange(order))}">${signed(waitingChange(order), 0)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    ${ordersChanged > shown.length ? html`<p>The ${shown.length} of ${ordersChanged.toLocaleString('en-GB')} with the largest difference in cost.</p>` : ''}
  `;
};

const places = (ids: readonly string[]): string => (ids.length === 0 ? 'nowhere' : ids.join(', '));
const tone = (change: number): string => (change === 0 ? '' : change < 0 ? 'better' : 'worse');
const signed = (value: number, digits: number): string =>
  value === 0 ? '0' : `${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(digits)}`;

const policyText = ({ name, policy }: Variant): Markup => html`
  <details>
    <summary>${name} <span class="id">${policy.hash}</span></summary>
    <pre>${escaped(JSON.stringify(policy.policy, null, 2))}</pre>
  </details>
`;
