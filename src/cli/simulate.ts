import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { v7 as uuidV7 } from 'uuid';
import { judgePolicy } from '../api/judge-policy.ts';
import { comparison } from '../application/simulation/comparison.ts';
import { simulationPage } from '../application/simulation/report.ts';
import { runSimulation } from '../application/simulation/run.ts';
import type { Period, SimulationResult, Variant } from '../application/simulation/simulation.ts';
import { ConfigurationError, readConfig } from '../config.ts';
import { assertHasLog } from '../data-dir.ts';
import { readInstant } from '../domain/instant.ts';
import { policyHash } from '../domain/sourcing/policy.ts';
import { createCodec } from '../event-store/codec.ts';
import { openStores } from '../stores.ts';
import { statsOfInput } from './input-file.ts';
import { assertWritable, writeOutput } from './output-file.ts';
import { showProgress } from './progress.ts';

export type SimulateOptions = {
  readonly policy: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly json?: string;
  readonly html?: string;
};

/** Says of a variant that it comes from a file, not from the log. */
const NOT_PUBLISHED = -1;

/** `sourcefold simulate`: past orders under other policies, read from the log, which stays as it is. */
export const simulatePolicies = async (options: SimulateOptions): Promise<void> => {
  if (options.policy.length === 0) throw new ConfigurationError('Name at least one policy: --policy FILE.');
  const variants = await Promise.all(options.policy.map((file) => variantIn(file, nameAmong(file, options.policy))));
  const period = periodOf(options);
  if (options.json !== undefined) assertWritable('--json', options.json);
  if (options.html !== undefined) assertWritable('--html', options.html);
  const config = readConfig(process.env);
  if (config.eventStoreUrl === undefined) assertHasLog(config.dataDir);
  const stores = await openStores(config);
  const progress = showProgress('Simulating', 0, 'events');
  try {
    const codec = createCodec({ newId: uuidV7 });
    const result = await runSimulation({ ...stores, codec }, variants, period, (events) => progress.set(events));
    progress.stop();
    process.stdout.write(`${table(result)}\n`);
    if (options.json !== undefined) await writeOutput('--json', options.json, `${JSON.stringify(result, null, 2)}\n`);
    if (options.html !== undefined) await writeOutput('--html', options.html, simulationPage(result, variants));
  } finally {
    progress.stop();
    await stores.close();
  }
};

const baseNameOf = (file: string): string => basename(file, extname(file));

/** What a file's figures stand under: its base name, or all of its path where another file has that, too. */
const nameAmong = (file: string, files: readonly string[]): string => {
  const name = baseNameOf(file);
  return files.filter((other) => baseNameOf(other) === name).length > 1 ? file : name;
};

const variantIn = async (file: string, name: string): Promise<Variant> => {
  await statsOfInput(file);
  const { policy, faults } = judgePolicy(parsedJson(textIn(await readFile(file), file), file));
  if (policy === null || faults.length > 0) {
    const named = faults.map(({ path, message }) => `  ${path === '' ? 'policy' : path}: ${message}`);
    throw new ConfigurationError(`${file} holds no policy that could be published:\n${named.join('\n')}`);
  }
  return { name, policy: { version: NOT_PUBLISHED, hash: policyHash(policy), policy } };
};

const textIn = (content: Uint8Array, file: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new ConfigurationError(`${file} is not UTF-8: save it as UTF-8.`);
  }
};

const parsedJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError(`${file} is not JSON: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
};

const periodOf = (options: SimulateOptions): Period => {
  const { from, to } = options;
  const period = {
    from: from === undefined ? new Date(0).toISOString() : instantOf('--from', from),
    to: to === undefined ? new Date().toISOString() : instantOf('--to', to),
  };
  if (period.from >= period.to) throw new ConfigurationError(whyEmpty(options));
  return period;
};

const whyEmpty = ({ from, to }: SimulateOptions): string => {
  if (to === undefined) return `--from: ${from} lies in the future: there are no orders from then on.`;
  if (from === undefined) return `--to: ${to} lies before every order.`;
  return '--from must lie before --to.';
};

/** A date is its first moment in UTC. */
const instantOf = (option: string, text: string): string => {
  const instant = readInstant(text) ?? readInstant(`${text}T00:00:00Z`);
  if (instant === null)
    throw new ConfigurationError(
      `${option}: ${text} is no date such as 2026-11-23, nor a time with zone such as 2026-11-23T14:20:00Z.`,
    );
  return instant;
};

/** The figures side by side, as plain text. */
const table = (result: SimulationResult): string => {
  const rows = [
    ['', 'as it was', ...result.variants.map(({ name }) => name)],
    ...comparison(result).map(({ label, values }) => [label, ...values.map(({ text }) => text)]),
    ['orders that changed', '', ...result.variants.map(({ ordersChanged }) => ordersChanged.toLocaleString('en-GB'))],
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
};
