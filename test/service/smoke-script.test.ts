import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../deploy/compose-file.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { PROCESS_SECRET } from '../support/service-process.ts';

/** Writes down what it is asked, and says that there are the services of the compose file. */
const fakeDocker = (log: string): string => `#!/bin/sh
echo "$*" >> '${log}'
case "$*" in *'ps --services'*) printf 'api-1\\napi-2\\nworker\\n' ;; esac
`;

/** Without Docker, but with real nodes where the containers' ports would be. */
describe('the smoke test script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sourcefold-smoke-'));
  const log = join(folder, 'docker.log');
  let cluster: Cluster;

  beforeAll(async () => {
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'docker'), fakeDocker(log));
    chmodSync(join(folder, 'bin', 'docker'), 0o755);
    cluster = await startCluster({ roles: ['api', 'api', 'worker'], dataDir: join(folder, 'data') });
  }, 60_000);

  afterAll(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  });

  const smoke = async (environment: Readonly<Record<string, string>>) => {
    writeFileSync(log, '');
    const ports = cluster.apis.map(({ url }) => new URL(url).port);
    const script = spawn('deploy/smoke.sh', {
      cwd: ROOT,
      env: {
        ...process.env,
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        ADMIN_API_KEY: PROCESS_SECRET,
        API_1_PORT: ports[0],
        API_2_PORT: ports[1],
        ...environment,
      },
    });
    let output = '';
    for (const stream of [script.stdout, script.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    const [code] = await once(script, 'close');
    const asked = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.replace('compose --project-name sourcefold-smoke --file docker-compose.yml ', ''));
    return { code, output, asked };
  };

  it('places orders while one service after the other is stopped, and cleans up', async () => {
    const { code, output, asked } = await smoke({});
    expect(output).toMatch(/OK: 4 orders placed, none lost\.\n$/);
    expect(code).toBe(0);
    expect(asked).toEqual([
      'up --build --detach',
      'stop api-1',
      'start api-1',
      'ps --services',
      'stop worker',
      'start worker',
      'stop',
      'up --detach',
      'down --volumes --remove-orphans --timeout 60',
    ]);
  }, 60_000);

  it('fails with what the containers said when something does not work, and cleans up', async () => {
    const { code, output, asked } = await smoke({ ADMIN_API_KEY: 'sfk_not_the_administrator' });
    expect(output).toContain('401');
    expect(code).not.toBe(0);
    expect(asked.at(-1)).toBe('down --volumes --remove-orphans --timeout 60');
  }, 60_000);
});
