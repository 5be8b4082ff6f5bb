import { tilt } from './cut-prices.ts';
import { CLOSED, FREE, OPEN, tollOf } from './relaxation.ts';
import { limitOf, type Search } from './search.ts';
import { bestShipment, type Shipper } from './shipment.ts';

/**
 * Decides offers by reduced cost: where a location's best shipment with a piece more (or less) of a line lifts the bound above the limit,
 * no better plan ships so. The bound and reduced costs are those of the relaxation's prices. Returns how many it decided.
 */
export const fixOffers = (search: Search, shipper: Shipper): number => {
  const { instance, relaxation, rows, budget } = search;
  const { status, prices, reducedCost, limits: own, bound } = relaxation;
  const { instance: priced, limits } = rows.cuts.length === 0 ? relaxation : tilt(relaxation, rows);
  const gap = limitOf(search) - bound;
  const toll = tollOf(relaxation);
  let fixed = 0;
  shipper.steps = 0;
  for (let l = 0; l < instance.locations; l++) {
    if (status[l] === CLOSED) continue;
    const cost = reducedCost[l] ?? 0;
    const most = gap + (status[l] === OPEN ? cost : Math.min(-toll, cost));
    const isTooDear = (): boolean =>
      (priced.fixedCost[l] ?? 0) - bestShipment(priced, l, prices, limits, shipper, true) > most;
    for (let k = instance.start[l] ?? 0; k < (instance.start[l + 1] ?? 0); k++) {
      const least = own.least[k] ?? 0;
      const top = own.most[k] ?? 0;
      if (top <= least) continue;
      own.least[k] = least + 1;
      const never = isTooDear();
      own.least[k] = least;
      if (never) {
        own.most[k] = least;
        fixed++;
        continue;
      }
      if (status[l] === FREE) continue;
      own.most[k] = top - 1;
      const always = isTooDear();
      own.most[k] = top;
      if (!always) continue;
      own.least[k] = top;
      fixed++;
    }
  }
  budget.steps += shipper.steps;
  return fixed;
};
