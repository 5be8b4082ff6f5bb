import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { demoLocations } from '../src/application/demo-locations.ts';
import { stockLocationStream } from '../src/domain/stock-location/stock-location.ts';
import { context, openLocations, receipt } from './locations.ts';
import type { Figure } from './report.ts';
import { removeFolder, temporaryFolder } from './service.ts';

const EVENTS = 100_000;
const AT_ONCE = 500;
const STARTS = 5;

const stream = stockLocationStream('cold');

/** A location that has received stock so often, each time under a reference of its own. */
const makeHistory = async (dataDir: string): Promise<void> => {
  const { locations, close } = await openLocations(dataDir);
  const profile = demoLocations[0]?.profile;
  if (profile === undefined) throw new Error('the demo network is empty');
  await locations.execute(stream, { type: 'DefineLocation', data: { locationId: 'cold', profile } }, context);
  for (let start = 0; start < EVENTS; start += AT_ONCE) {
    const commands = Array.from({ length: AT_ONCE }, (_, index) => receipt(start + index));
    await Promise.all(commands.map((command) => locations.execute(stream, command, context)));
  }
  await close();
};

const run = promisify(execFile);
const COLD_COMMAND = fileURLToPath(new URL('cold-command.ts', import.meta.url));

const firstCommand = async (dataDir: string, number: number): Promise<{ version: number; milliseconds: number }> => {
  const { stdout } = await run(process.execPath, [...process.execArgv, COLD_COMMAND, dataDir, stream, String(number)]);
  return JSON.parse(stdout);
};

/**
 * The first command of a process to a location with a long history: snapshot, the events after it, decision and durable
 * append. Several starts, as one may meet whatever else the machine is doing.
 */
export const benchColdLocation = async (): Promise<readonly Figure[]> => {
  const dataDir = temporaryFolder();
  await makeHistory(dataDir);
  const answers = [];
  for (let start = 0; start < STARTS; start++) answers.push(await firstCommand(dataDir, EVENTS + start));
  removeFolder(dataDir);
  const version = Math.max(...answers.map((answer) => answer.version));
  const taken = answers.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b);
  const median = taken[Math.floor(STARTS / 2)] ?? Number.NaN;
  return [
    { name: `first command of a process, at version ${version}`, value: median, unit: 'ms', goal: { max: 200 } },
    { name: `the slowest of ${STARTS} starts`, value: taken.at(-1) ?? Number.NaN, unit: 'ms' },
  ];
};
