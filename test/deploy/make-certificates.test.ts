import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './compose-file.ts';

/** As the tool does: files of mode 400, never into a folder that exists, and 0 whatever happens. */
const tool = (log: string): string => `#!/bin/sh
echo "$*" >> '${log}'
[ -e '${log}.fails' ] && echo 'no entropy' && exit 0
kind=$1; shift
while [ $# -gt 0 ]; do case "$1" in -out) out=$2;; -ca-key) [ -f "$2" ] || { echo 'no authority'; exit 0; };; esac; shift 2; done
mkdir "$out" || { echo 'already exists'; exit 0; }
[ "$kind" = create-ca ] && name=ca || name=node
echo "certificate $out" > "$out/$name.crt"; echo "key $out" > "$out/$name.key"; chmod 400 "$out"/*
`;

describe('making certificates', () => {
  const nodes = ['eventstoredb-1', 'eventstoredb-2', 'eventstoredb-3'];
  let folder: string;
  let log: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sourcefold-certificates-'));
    log = join(folder, 'tool.log');
    for (const path of ['bin', 'authority-key', 'authority', ...nodes.map((node) => `certificates/${node}`)])
      mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, 'bin', 'es-gencert-cli'), tool(log));
    chmodSync(join(folder, 'bin', 'es-gencert-cli'), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const make = () =>
    spawnSync('deploy/eventstoredb/make-certificates.sh', [folder], {
      cwd: ROOT,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        OWNER: `${process.getuid?.()}:${process.getgid?.()}`,
      },
    });

  const certificateOf = (node: string): string => readFileSync(join(folder, 'certificates', node, 'node.crt'), 'utf8');

  it('makes one for each node, under the name that it is called by', () => {
    expect(make()).toMatchObject({ status: 0, stderr: '' });
    for (const node of nodes) {
      expect(certificateOf(node)).toContain(node);
      expect(statSync(join(folder, 'certificates', node, 'node.key')).mode & 0o777).toBe(0o400);
      expect(readFileSync(log, 'utf8')).toMatch(new RegExp(`^create-node .* -dns-names ${node},localhost$`, 'm'));
    }
  });

  it('shows the authority without its key', () => {
    make();
    expect(readdirSync(join(folder, 'authority'))).toEqual(['ca.crt']);
    expect(existsSync(join(folder, 'authority-key', 'ca.key'))).toBe(true);
  });

  it('keeps what is there, and makes what was removed from the same authority', () => {
    make();
    const before = nodes.map(certificateOf);
    expect(make().status).toBe(0);
    expect(nodes.map(certificateOf)).toEqual(before);
    rmSync(join(folder, 'certificates', 'eventstoredb-2'), { recursive: true });
    mkdirSync(join(folder, 'certificates', 'eventstoredb-2'));
    expect(make().status).toBe(0);
    expect(certificateOf('eventstoredb-1')).toBe(before[0]);
    expect(certificateOf('eventstoredb-2')).not.toBe(before[1]);
    expect(readFileSync(log, 'utf8').match(/^create-ca/gm)).toHaveLength(1);
  });

  it('fails where the tool made nothing, though that says that all is well', () => {
    writeFileSync(`${log}.fails`, '');
    expect(make().status).not.toBe(0);
  });
});
