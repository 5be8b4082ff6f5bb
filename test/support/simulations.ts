import type { ChangedOrder, Kpis } from '../../src/application/simulation/kpis.ts';
import type { SimulationResult, Variant, VariantResult } from '../../src/application/simulation/simulation.ts';
import { policyHash } from '../../src/domain/sourcing/policy.ts';
import { examplePolicy } from './policies.ts';

export const exampleVariant = (name: string, policy = examplePolicy(name)): Variant => ({
  name,
  policy: { version: 1, hash: policyHash(policy), policy },
});

export const exampleKpis = (overrides: Partial<Kpis> = {}): Kpis => ({
  ...{ orders: 1_200, units: 3_000, unitsFilled: 2_900, cost: 1_234_560, fulfilments: 1_500 },
  ...{ parcelsPerOrder: 1.25, splitRate: 0.205, promiseKept: 0.97, kilometresPerParcel: 120 },
  ...{ ordersThatWaited: 40, unitsWaiting: 100, ordersParked: 3, unitsGivenUp: 7 },
  locations: [{ locationId: 'north', fulfilments: 900, units: 1_700, busiestDay: 60, stockOuts: 2 }],
  ...overrides,
});

/** An order that cost 5.00 at the north, and now costs so much more at the south. */
export const changedOrder = (orderId: string, costChange: number, unitsWaiting = 0): ChangedOrder => ({
  orderId,
  before: { locationIds: ['north'], cost: 500, unitsWaiting: 0 },
  after: { locationIds: ['south'], cost: 500 + costChange, unitsWaiting },
});

export const variantResult = (name: string, overrides: Partial<VariantResult> = {}): VariantResult => ({
  name,
  policy: { version: 1, hash: 'h' },
  kpis: exampleKpis(),
  ordersChanged: overrides.changed?.length ?? 0,
  changed: [],
  ...overrides,
});

export const simulationResult = (
  variants: readonly VariantResult[],
  overrides: Partial<SimulationResult> = {},
): SimulationResult => ({
  from: '2026-02-01T00:00:00.000Z',
  to: '2026-03-01T00:00:00.000Z',
  baseline: exampleKpis(),
  variants,
  ...overrides,
});
