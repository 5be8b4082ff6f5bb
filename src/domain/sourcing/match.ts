import type { Destination } from '../order/order.ts';
import { fitsArea } from './carriage.ts';
import type { Route, When } from './policy.ts';
import type { SourcedOrder, WantedSku } from './record.ts';

const HOUR_MS = 3_600_000;

/** What `when` is held against. */
export type Occasion = {
  readonly order: SourcedOrder;
  readonly destination: Pick<Destination, 'country' | 'postcodeArea'>;
  readonly demand: readonly WantedSku[];
  /** Epoch milliseconds. */
  readonly now: number;
};

const lists = (list: readonly string[] | undefined, value: string | null): boolean =>
  list === undefined || (value !== null && list.includes(value));

const isWithin = (range: { readonly from?: number; readonly to?: number } | undefined, value: number | null): boolean =>
  range === undefined || (value !== null && value >= (range.from ?? value) && value <= (range.to ?? value));

export const fitsWhen = (when: When, { order, destination, demand, now }: Occasion): boolean =>
  lists(when.channels, order.channelId) &&
  lists(when.markets, order.market) &&
  lists(when.methods, order.method) &&
  (when.itemGroups?.some((group) => demand.some(({ groups = [] }) => groups.includes(group))) ?? true) &&
  isWithin(when.priority, order.priority) &&
  isWithin(when.value, order.value) &&
  isWithin(when.ageHours, (now - Date.parse(order.placedAt)) / HOUR_MS) &&
  (when.destinations?.some((area) => fitsArea(area, destination)) ?? true);

export type FittingRoute = { readonly index: number; readonly route: Route };

/** The routes that an order may come to: those that fit, up to the first that does not hand on what it leaves over. */
export const routesFor = (routes: readonly Route[], occasion: Occasion): readonly Route[] => {
  const fitting = routes.filter(({ when = {} }) => fitsWhen(when, occasion));
  const last = fitting.findIndex(({ otherwise }) => otherwise?.do !== 'nextRoute');
  return last < 0 ? fitting : fitting.slice(0, last + 1);
};

/** The first route after index `after` that fits. */
export const routeFor = (routes: readonly Route[], occasion: Occasion, after = -1): FittingRoute | null => {
  const index = routes.findIndex(({ when = {} }, at) => at > after && fitsWhen(when, occasion));
  const route = routes[index];
  return route === undefined ? null : { index, route };
};
