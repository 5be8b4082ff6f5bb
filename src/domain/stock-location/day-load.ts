import type { Quantity } from '../values.ts';

/** Fulfilments that a location has promised to dispatch on a day (`YYYY-MM-DD`, its own): the figure after the event. */
export type DayLoad = { readonly day: string; readonly fulfilments: Quantity };

/** Newest days whose load is remembered: more than anybody plans ahead. */
const DAYS_REMEMBERED = 60;

/** Notes a day's load, and forgets the oldest day when there are too many. */
export const noteLoad = (load: Map<string, Quantity>, { day, fulfilments }: DayLoad): void => {
  const isKnown = load.has(day);
  load.set(day, fulfilments);
  if (isKnown || load.size <= DAYS_REMEMBERED) return;
  load.delete([...load.keys()].reduce((oldest, one) => (one < oldest ? one : oldest)));
};
