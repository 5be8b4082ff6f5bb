import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../deploy/compose-file.ts';

const runs = (...command: readonly string[]): boolean =>
  spawnSync(command[0] ?? '', command.slice(1), { stdio: 'ignore', timeout: 20_000 }).status === 0;

/** What the machine lacks, for the title of what is skipped. */
const missing = !runs('docker', 'info')
  ? 'no Docker'
  : !runs('docker', 'compose', 'version')
    ? 'no Docker Compose'
    : null;

/** The first run fetches images and builds one. */
const LONGEST_MS = 1_200_000;

describe.skipIf(missing !== null)(`the smoke test in containers (${missing ?? 'Docker'})`, () => {
  it.each(['docker-compose.yml', 'compose.cluster.yml'])(
    'places orders on %s while one container after the other stops, and loses none',
    (file) => {
      const { status, stdout, stderr } = spawnSync('deploy/smoke.sh', [file], { cwd: ROOT, encoding: 'utf8' });
      expect([status, stdout.slice(-200), stderr.slice(-2_000)]).toEqual([
        0,
        expect.stringContaining('none lost'),
        expect.anything(),
      ]);
    },
    LONGEST_MS,
  );
});
