import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { readConfig } from '../../src/config.ts';
import { importsOf, sourceFilesUnder } from '../support/imports.ts';
import { startService } from '../support/running-service.ts';
import { ROOT, readText } from './compose-file.ts';

/** Instructions without comments, each on one line. */
const instructions = readText('Dockerfile')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

const given = (name: string): readonly string[] =>
  instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

const words = (name: string): readonly string[] =>
  JSON.parse(
    given(name)
      .at(-1)
      ?.replace(/^.*?(?=\[)/, '') ?? '[]',
  );

const { packages } = z
  .looseObject({ packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional() })) })
  .parse(JSON.parse(readText('package-lock.json')));

const run = async (command: readonly string[], port: string): Promise<number | null> => {
  const child = spawn(process.execPath, command.slice(1), { env: { PORT: port }, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  return code;
};

describe('the image', () => {
  const stages = given('FROM');
  const copied = given('COPY').filter((copy) => !copy.startsWith('--from'));

  it('has the Node that the service needs, of its own', () => {
    const version = /^NODE_VERSION=(\d+)$/.exec(given('ARG')[0] ?? '')?.[1];
    expect(manifest.engines.node).toBe(`>=${version}`);
    for (const stage of stages) expect(stage).toMatch(/^node:\$\{NODE_VERSION\}-slim/);
    expect(packages['node_modules/node']?.dev).toBe(true);
  });

  it('names the version that it is made of', () => {
    expect(given('ARG')).toContain(`VERSION=${manifest.version}`);
  });

  it('copies files that exist, and that are let through to the builder', () => {
    const ignored = readText('.dockerignore').split('\n');
    expect(ignored).toContain('*');
    const sources = copied.flatMap((copy) => copy.split(' ').slice(0, -1));
    expect(sources).toContain('src');
    for (const source of sources) {
      expect([source, existsSync(`${ROOT}${source}`)]).toEqual([source, true]);
      expect(ignored).toContain(`!${source}`);
    }
  });

  it('has every package that the source imports', () => {
    const bare = sourceFilesUnder(`${ROOT}src`)
      .flatMap(importsOf)
      .filter((name) => !/\.(ts|json)$/.test(name) && !name.startsWith('node:') && !builtinModules.includes(name))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    expect(new Set(bare)).toContain('zod');
    for (const name of new Set(bare))
      expect([name, packages[`node_modules/${name}`]?.dev ?? false]).toEqual([name, false]);
  });

  it('runs as a user without rights, who owns nothing but the data', () => {
    const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM')));
    expect(last.indexOf('USER node')).toBeGreaterThan(last.findLastIndex((line) => /^(RUN|COPY)/.test(line)));
    expect(last.join('\n')).toContain('install -d -o node -g node -m 0700 /data');
    expect(instructions.join('\n')).not.toContain('--chown');
  });

  it('starts the service as npm start does', () => {
    expect([...words('ENTRYPOINT'), ...words('CMD').slice(-1)].join(' ')).toBe(manifest.scripts.start);
    expect(readText('docs/operators.md')).toContain(`\n${manifest.scripts.start}\n`);
  });

  it('has settings that the service can start with', () => {
    const environment = Object.fromEntries(
      given('ENV')[0]
        ?.split(' ')
        .map((one) => one.split('=')) ?? [],
    );
    expect(readConfig(environment)).toMatchObject({ host: '0.0.0.0', port: 3000, dataDir: '/data' });
    expect(given('EXPOSE')).toEqual([environment.PORT]);
  });

  it('is found healthy while the service runs, and only then', async () => {
    const command = words('HEALTHCHECK');
    const service = await startService();
    const port = new URL(service.url).port;
    expect(await run(command, port)).toBe(0);
    await service.stopAndRemove();
    expect(await run(command, port)).toBe(1);
  });
});
