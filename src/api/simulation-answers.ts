import { z } from 'zod';

const text = z.string();
const integer = z.int();
const count = z.int().min(0);
const share = z.number().nullable();

const variant = z.object({ name: text, version: integer.describe('-1: stated in the request.'), hash: text });

export const startedSimulation = z.object({
  simulationId: text,
  status: z.literal('running'),
  position: text.nullable(),
});

export const simulationItem = z.object({
  simulationId: text,
  status: z.enum(['running', 'interrupted', 'completed', 'failed']),
  from: text,
  to: text,
  variants: z.array(variant),
  requestedAt: text,
  requestedBy: text,
});

const kpis = z.object({
  orders: count,
  units: count,
  unitsFilled: count,
  cost: integer.describe('Minor units: handling and carriage of what was planned.'),
  fulfilments: count,
  parcelsPerOrder: share,
  splitRate: share,
  promiseKept: share.describe('Of the orders with a promised day.'),
  kilometresPerParcel: share,
  ordersThatWaited: count,
  unitsWaiting: count.describe('At the end.'),
  ordersParked: count,
  unitsGivenUp: count,
  locations: z.array(
    z.object({ locationId: text, fulfilments: count, units: count, busiestDay: count, stockOuts: count }),
  ),
});

const fared = z.object({ locationIds: z.array(text), cost: integer, unitsWaiting: count });

const result = z.object({
  from: text,
  to: text,
  baseline: kpis,
  variants: z.array(
    z.object({
      name: text,
      policy: z.object({ version: integer, hash: text }),
      kpis,
      ordersChanged: count,
      changed: z
        .array(z.object({ orderId: text, before: fared, after: fared }))
        .describe('Where more changed than are kept: those that differ most.'),
    }),
  ),
});

export const simulationAnswer = z.object({
  simulationId: text,
  status: z.enum(['running', 'interrupted', 'failed', 'completed', 'forgotten']),
  from: text,
  to: text,
  variants: z.array(variant),
  progress: z.number().optional().describe('0 to 1, while it is running.'),
  reason: text.optional().describe('Why it failed.'),
  result: result.optional(),
});
