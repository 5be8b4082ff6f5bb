import type { Network } from '../network.ts';
import type { Policy } from '../policy.ts';
import type { Shipment } from '../problem.ts';
import type { SourcingPass } from '../record.ts';
import { ObjectiveTooLarge } from '../search-table.ts';
import { type Prepared, type RunOptions, runRoutes, type SourcingRules } from '../source.ts';
import type { Holding, Ledger } from './ledger.ts';
import { type Worth, worthOf } from './worth.ts';

/** An order that competes with others, and where its columns stand in the network that they share. */
export type Contender = {
  readonly orderId: string;
  readonly prepared: Prepared;
  readonly rules: SourcingRules;
  /** By SKU of its demand: the row of the network. */
  readonly rows: readonly number[];
  /** By candidate: the location of the network. */
  readonly locations: readonly number[];
};

/** What an order gets, and what that is worth. */
export type Share = { readonly holding: Holding; readonly worth: Worth };

/** Units that the order wants and a share leaves over. */
export const unfilledBy = ({ prepared }: Contender, share: Share | null): number =>
  prepared.facts.demand.reduce((sum, { quantity }) => sum + quantity, 0) -
  (share?.holding.units.reduce((sum, { units }) => sum + units, 0) ?? 0);

export const createContender = (
  { orderId, prepared, rules }: Pick<Contender, 'orderId' | 'prepared' | 'rules'>,
  places: { readonly rowOf: ReadonlyMap<string, number>; readonly locationOf: ReadonlyMap<string, number> },
): Contender => ({
  orderId,
  prepared,
  rules,
  rows: prepared.facts.demand.map(({ sku }) => places.rowOf.get(sku) ?? -1),
  locations: prepared.facts.candidates.locationId.map((id) => places.locationOf.get(id) ?? -1),
});

/** The order as it stands when the others have what the ledger says: it sees what they leave. */
export const asLeft = (
  { prepared, rows, locations }: Contender,
  ledger: Ledger,
  { locations: known }: Pick<Network, 'locations'>,
): Prepared => {
  const { candidates } = prepared.facts;
  const { capacityLeft, load } = candidates;
  const left = locations.map((location) => ledger.capacityLeft(location));
  const available = candidates.available.map((row, line) =>
    row.map((units, index) => (units === 0 ? 0 : ledger.left(rows[line] ?? -1, locations[index] ?? -1))),
  );
  const changed = {
    ...candidates,
    available,
    ...(capacityLeft && { capacityLeft: left.map((places) => (places === null ? null : Math.max(0, places))) }),
    ...(load && { load: load.map((percent, index) => loadOf(percent, left[index] ?? null, locations[index], known)) }),
  };
  return { ...prepared, facts: { ...prepared.facts, candidates: changed } };
};

const loadOf = (
  percent: number,
  left: number | null,
  location: number | undefined,
  known: Network['locations'],
): number => {
  const most = known[location ?? -1]?.profile.capacity?.fulfilmentsPerDay ?? 0;
  return left === null || most === 0 ? percent : Math.round((100 * (most - left)) / most);
};

/** The order's own decision on what is left: null where its money is out of proportion. */
export const sourceAlone = (contender: Contender, prepared: Prepared, options: RunOptions): Share | null => {
  const { policy } = contender.rules.policy;
  try {
    const { passes } = runRoutes(policy.routes, prepared.facts, prepared.occasion, { ...options, seekRunnerUp: false });
    return shareOf(contender, passes, policy);
  } catch (error) {
    if (error instanceof ObjectiveTooLarge) return null;
    throw error;
  }
};

export const shareOf = (contender: Contender, passes: readonly SourcingPass[], policy: Policy): Share => ({
  worth: worthOf(passes, policy),
  holding: holdingOf(
    contender,
    passes.flatMap(({ plan }) => plan),
  ),
});

/** What a plan over the order's own SKUs and candidates takes. */
export const holdingOf = ({ rows, locations }: Contender, shipments: readonly Shipment[]): Holding => ({
  units: shipments.map(({ location, line, units }) => ({
    row: rows[line] ?? -1,
    location: locations[location] ?? -1,
    units,
  })),
  locations: [...new Set(shipments.map(({ location }) => locations[location] ?? -1))],
});
