import { sourceTogether } from '../src/domain/sourcing/joint/joint.ts';
import { jointInstance } from './joint-instance.ts';
import type { Figure } from './report.ts';

const ORDERS = 1_000;
const LOCATIONS = 60;
/** As a run of the service has for so many orders. */
const SEARCHES = 250 * ORDERS;

/** `supply`: units there are for each unit wanted. */
export const benchJoint = (supply: number): readonly Figure[] => {
  const { orders, network, rules } = jointInstance({ orders: ORDERS, locations: LOCATIONS, supply, seed: 1 });
  const started = performance.now();
  const options = { seed: 1, searches: SEARCHES };
  const together = sourceTogether(
    orders.map((order) => ({ ...order, rules })),
    network,
    options,
  );
  let step = together.next();
  while (!step.done) step = together.next();
  const seconds = (performance.now() - started) / 1_000;
  const { before, after, bound, decisions, searches } = step.value;
  const unitsLeft = decisions.reduce((sum, one) => sum + one.after.unfilled, 0);
  const [, oneByOne = 0] = before;
  const [, objective = 0] = after;
  return [
    { name: 'time', value: seconds, unit: 's', goal: { max: 60 } },
    { name: 'searches', value: searches, unit: '' },
    { name: 'saved against one by one', value: 100 * (1 - objective / oneByOne), unit: '%', goal: { min: 0 } },
    {
      name: 'above the certified bound',
      value: 100 * (objective / (bound ?? Number.NaN) - 1),
      unit: '%',
      goal: { max: 2 },
    },
    { name: 'units left over', value: unitsLeft, unit: '' },
  ];
};
