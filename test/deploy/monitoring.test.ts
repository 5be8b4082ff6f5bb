import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMetrics } from '../../src/telemetry.ts';
import { readText, readYaml } from './compose-file.ts';

const rule = z.strictObject({
  alert: z.string().regex(/^Sourcefold[A-Z]\w+$/),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.strictObject({ summary: z.string(), action: z.string() }),
});

const ruleFile = z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })) });

const panel = z.looseObject({
  id: z.int(),
  title: z.string(),
  gridPos: z.strictObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  targets: z.array(z.looseObject({ expr: z.string() })).min(1),
});

const dashboard = z.looseObject({ uid: z.string(), title: z.string(), panels: z.array(panel).min(1) });

const alerts = ruleFile.parse(readYaml('deploy/prometheus/alerts.yml')).groups.flatMap(({ rules }) => rules);
const { panels } = dashboard.parse(JSON.parse(readText('deploy/grafana/dashboards/sourcefold.json')));

/** Made by Prometheus itself. */
const OF_PROMETHEUS = ['up'];
/** Prometheus hears of it only once garbage was collected. */
const LATER = ['nodejs_gc_duration_seconds_sum', 'nodejs_gc_duration_seconds_count'];

const exported = async (): Promise<ReadonlySet<string>> => {
  const { registry } = createMetrics();
  const metrics = await registry.getMetricsAsJSON();
  return new Set(
    metrics.flatMap(({ name, type }) =>
      String(type) === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => `${name}${part}`) : [name],
    ),
  );
};

const metricsIn = (expression: string): readonly string[] =>
  [...expression.matchAll(/[a-z0-9_]+(?=\{)/g)].map(([name]) => name);

const bracketsBalance = (expression: string): boolean => {
  const open: string[] = [];
  for (const character of expression.replaceAll(/"[^"]*"/g, '')) {
    if ('([{'.includes(character)) open.push(character);
    if (')]}'.includes(character) && '([{'.indexOf(open.pop() ?? ' ') !== ')]}'.indexOf(character)) return false;
  }
  return open.length === 0;
};

const expressions = [
  ...alerts.map(({ alert, expr }) => [`alert ${alert}`, expr] as const),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [`panel ${title}`, expr] as const)),
];

describe('monitoring', () => {
  it.each(expressions)('%s asks for metrics that the service has, of its own job', async (_, expression) => {
    const known = await exported();
    const asked = metricsIn(expression);
    expect(asked.length).toBeGreaterThan(0);
    for (const name of asked) expect([...known, ...OF_PROMETHEUS, ...LATER]).toContain(name);
    for (const [selector] of expression.matchAll(/\{[^}]*\}/g)) expect(selector).toContain('job="sourcefold"');
    expect(bracketsBalance(expression)).toBe(true);
    expect(expression.match(/(sourcefold|process|nodejs)_[a-z0-9_]+/g) ?? []).toEqual(
      asked.filter((name) => name !== 'up'),
    );
  });

  it('asks only for labels that the request metric has', async () => {
    const { requestSeconds } = createMetrics();
    expect(() => requestSeconds.labels({ method: 'POST', route: '/v1/orders', status: '201' })).not.toThrow();
    for (const [, expression] of expressions) {
      for (const [, labels = ''] of expression.matchAll(/http_request_seconds_\w+\{([^}]*)\}/g))
        for (const label of labels.split(',').map((pair) => pair.split(/[=!~]/)[0]))
          expect(['job', 'method', 'route', 'status']).toContain(label);
    }
  });

  it('watches every metric of our own', async () => {
    const own = [...(await exported())].filter((name) => name.startsWith('sourcefold_')).map(base);
    const asked = new Set(expressions.flatMap(([, expression]) => metricsIn(expression)).map(base));
    for (const name of own) expect(asked).toContain(name);
  });

  it('explains every metric of our own to operators', async () => {
    const guide = readText('docs/operations.md');
    for (const name of await exported()) if (name.startsWith('sourcefold_')) expect(guide).toContain(`\`${base(name)}`);
  });

  it('names each alert once, and in the guide', () => {
    const names = alerts.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    const guide = readText('docs/operations.md');
    for (const name of names) expect(guide).toContain(`\`${name}\``);
  });

  it('has panels with ids of their own, on a grid without overlap', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  it('loads its rules, and shows its dashboard from the data source that is there', () => {
    expect(readYaml('deploy/prometheus/prometheus.yml')).toMatchObject({
      rule_files: ['alerts.yml'],
      scrape_configs: [{ job_name: 'sourcefold' }],
    });
    const sources = z
      .looseObject({ datasources: z.array(z.looseObject({ uid: z.string(), url: z.string() })) })
      .parse(readYaml('deploy/grafana/provisioning/datasources/prometheus.yml'));
    expect(sources.datasources).toMatchObject([{ uid: 'prometheus', url: 'http://prometheus:9090' }]);
    const used = readText('deploy/grafana/dashboards/sourcefold.json').match(/"uid": "(?!sourcefold)\w+"/g) ?? [];
    expect(new Set(used)).toEqual(new Set(['"uid": "prometheus"']));
    expect(readYaml('deploy/grafana/provisioning/dashboards/sourcefold.yml')).toMatchObject({
      providers: [{ options: { path: '/var/lib/grafana/dashboards' } }],
    });
  });
});

const base = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');
