import { Router } from 'express';
import type { Metrics } from '../telemetry.ts';
import { onlyAllow } from './method-not-allowed.ts';

/** `isNeeded: false`: worth knowing, but the node serves on without it. */
export type Check = { readonly ok: boolean; readonly detail: string; readonly isNeeded?: boolean };

/** What the node knows of itself. */
export type Health = {
  readonly checks: () => Promise<Readonly<Record<string, Check>>>;
  readonly isStopping: () => boolean;
};

/** `/livez`: the process runs. `/readyz`: it can serve, check by check. `/metrics`: Prometheus text. */
export const health = ({ checks, isStopping }: Health, metrics: Metrics): Router => {
  const router = Router();
  router.get('/livez', (_request, response) => {
    response.json({ status: 'alive' });
  });
  router.get('/readyz', async (_request, response) => {
    const found = await checks();
    const isReady = !isStopping() && Object.values(found).every(({ ok, isNeeded = true }) => ok || !isNeeded);
    metrics.ready.set(isReady ? 1 : 0);
    const checked = Object.entries(found).map(([name, { ok, detail }]) => [name, { ok, detail }]);
    const status = isReady ? 'ready' : 'not ready';
    response.status(isReady ? 200 : 503).json({ status, checks: Object.fromEntries(checked) });
  });
  router.get('/metrics', async (_request, response) => {
    response.setHeader('Content-Type', metrics.registry.contentType);
    response.end(await metrics.registry.metrics());
  });
  router.all(['/livez', '/readyz', '/metrics'], onlyAllow('GET', 'HEAD'));
  return router;
};
