import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const readText = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

/** Anchors and merge keys resolved, as compose does. */
export const readYaml = (path: string): unknown => parse(readText(path), { merge: true, prettyErrors: true });

const duration = z.string().regex(/^(\d+(ms|s|m|h))+$/);
const command = z.union([z.string(), z.array(z.string()).min(1)]);

const healthcheck = z.strictObject({
  test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])], z.string()),
  interval: duration,
  timeout: duration,
  retries: z.int().min(1),
  start_period: duration.optional(),
});

const condition = z.strictObject({
  condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
});

const networks = z.union([
  z.array(z.string()).min(1),
  z.record(z.string(), z.strictObject({ aliases: z.array(z.string()).min(1) }).nullable()),
]);

/** The part of the Compose specification that our files use; an unknown key is a mistake. */
const service = z.strictObject({
  image: z.string().regex(/^[^:]+:[^:]+$|^[^:]+:\$\{.*\}$/, 'a version, not whatever is newest'),
  build: z.strictObject({ context: z.string() }).optional(),
  profiles: z.array(z.string()).optional(),
  user: z.string().optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  entrypoint: command.optional(),
  command: command.optional(),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).optional(),
  healthcheck: healthcheck.optional(),
  depends_on: z.record(z.string(), condition).optional(),
  volumes: z.array(z.string().regex(/^[^:]+:\/[^:]+(:ro)?$/)).optional(),
  ports: z
    .array(z.string().regex(/^127\.0\.0\.1:\$\{[A-Z0-9_]+:-\d+\}:\d+$/, 'on this machine, at a port that can be set'))
    .optional(),
  networks: networks.optional(),
  network_mode: z.literal('none').optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  stop_grace_period: duration.optional(),
});

const composeFile = z.looseObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean().optional() }).nullable()),
  volumes: z.record(z.string(), z.null()),
});

export type Service = z.infer<typeof service>;
export type ComposeFile = z.infer<typeof composeFile>;

export const readCompose = (path: string): ComposeFile => composeFile.parse(readYaml(path));

export const networksOf = ({ networks = [] }: Service): readonly string[] =>
  Array.isArray(networks) ? networks : Object.keys(networks);

/** What `${NAME…}` stands for: with its default, or a mark where it must be given. */
export const interpolated = (text: string): string =>
  text.replaceAll(
    /\$\{([A-Z0-9_]+)(?::-([^}]*))?(?::\?[^}]*)?\}/g,
    (_, name, otherwise) => otherwise ?? `given-${name}`,
  );

export const variablesIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name = '']) => name));
