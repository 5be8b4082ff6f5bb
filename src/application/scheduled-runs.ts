import { inForce, publishedPolicy } from '../domain/policy-book/in-force.ts';
import { builtInPolicy, type ScheduledRun } from '../domain/sourcing/policy.ts';
import type { SourcingRunDocument } from '../projections/sourcing-runs.ts';
import type { Service } from './service.ts';
import { waitingOrders } from './waiting-orders.ts';

/** Orders that one run takes: the others' turn comes with the next. */
const LIMIT = 1_000;
const MINUTE_MS = 60_000;

type Dependencies = Pick<Service, 'directory' | 'readModels' | 'orders' | 'sourcingRuns' | 'now' | 'newId' | 'onError'>;

/**
 * Starts the runs that the policy in full force asks for and that are due, one after the other, where orders wait. One that
 * cannot be started is reported and tried again the next time: it keeps no other queue from its turn.
 */
export const startScheduledRuns = async (dependencies: Dependencies): Promise<void> => {
  const { directory, now, onError } = dependencies;
  const book = directory.policies();
  const { full } = inForce(book, now().toISOString());
  const { policy } = publishedPolicy(book, full.version) ?? builtInPolicy;
  for (const scheduled of policy.runs ?? [])
    await startIfDue(scheduled, dependencies).catch((cause: unknown) => {
      onError(new Error(`the run that is due in ${scheduled.queue} could not be started`, { cause }));
    });
};

const startIfDue = async ({ queue, everyMinutes }: ScheduledRun, dependencies: Dependencies): Promise<void> => {
  const { readModels, sourcingRuns, now, newId } = dependencies;
  const before = await readModels.find('sourcing-runs', {
    equals: { queue, dryRun: false },
    orderBy: 'startedAt',
    descending: true,
    limit: 1,
  });
  const last = before.items[0]?.body as SourcingRunDocument | undefined;
  if (last !== undefined && now().getTime() - Date.parse(last.startedAt) < everyMinutes * MINUTE_MS) return;
  if ((await waitingOrders(queue, 1, dependencies)).length === 0) return;
  const id = newId();
  const context = { actor: 'system:schedule', channel: null, commandId: id, correlationId: id, causationId: id };
  const request = { runId: newId(), queue, limit: LIMIT, dryRun: false, scheduled: true };
  const { ended } = await sourcingRuns.start(request, context);
  await ended;
};
