import { join } from 'node:path';
import { createAbridgedDecode } from '../src/event-store/abridged-decode.ts';
import { createCodec } from '../src/event-store/codec.ts';
import { createSqliteEventStore } from '../src/event-store/sqlite.ts';
import { benchColdLocation } from './cold-location.ts';
import { benchDecisions } from './decisions.ts';
import { benchEventLog } from './event-log.ts';
import { benchHotWriters } from './hot-writers.ts';
import { benchJoint } from './joint.ts';
import { benchEndurance, benchHotLocation, benchPlacing } from './orders.ts';
import { benchRebuild } from './rebuild.ts';
import { printFigures } from './report.ts';
import { removeFolder } from './service.ts';
import { reportSimulation } from './simulation.ts';
import { reportSourcing } from './sourcing-report.ts';

const SECONDS = 10;
const ENDURANCE_ORDERS = 100_000;

const eventLog = async (): Promise<void> => {
  const { bareRowsPerSecond, eventsPerSecond, singleAppendsPerSecond, readPerSecond, verifiedPerSecond } =
    await benchEventLog();
  printFigures('Event log alone (SQLite, every append durable)', [
    { name: 'floor: bare rows, 64 a commit (before, after)', value: bareRowsPerSecond, unit: 'rows/s' },
    { name: 'appends of 64 events', value: eventsPerSecond, unit: 'events/s', goal: { min: 50_000 } },
    { name: 'ratio to the floor', value: eventsPerSecond / bareRowsPerSecond, unit: '' },
    { name: '64 appends of one event at a time', value: singleAppendsPerSecond, unit: 'events/s' },
    { name: 'reading', value: readPerSecond, unit: 'events/s' },
    { name: 'verifying the hash chain', value: verifiedPerSecond, unit: 'events/s', goal: { min: 100_000 } },
  ]);
};

const placing = async (): Promise<void> =>
  printFigures('Placing orders over HTTP, everything durable, 32 connections', await benchPlacing(SECONDS));

const hot = async (): Promise<void> => printFigures('One hot location', await benchHotLocation(SECONDS));

const hotWriters = async (): Promise<void> =>
  printFigures('One hot location, several writers on one log', await benchHotWriters());

const coldLocation = async (): Promise<void> =>
  printFigures('A location with 100,000 events, cold', await benchColdLocation());

const endurance = async (): Promise<void> => {
  const { figures, dataDir } = await benchEndurance(ENDURANCE_ORDERS);
  printFigures('Endurance', figures);
  const eventStore = createSqliteEventStore({ file: join(dataDir, 'events.db') });
  const decode = createAbridgedDecode(createCodec({ newId: () => 'not used' }).decode);
  const { events, seconds, eventsPerSecond } = await benchRebuild({ log: { eventStore, decode } });
  await eventStore.close();
  removeFolder(dataDir);
  printFigures('Rebuilding every read model from that log', [
    {
      name: `${events} events in ${seconds.toFixed(1)} s`,
      value: eventsPerSecond,
      unit: 'events/s',
      goal: { min: 20_000 },
    },
  ]);
};

const decisions = async (): Promise<void> => printFigures('Decisions at 50 locations', await benchDecisions());

const joint = async (): Promise<void> => {
  for (const supply of [0.8, 1.2, 2.5])
    printFigures(`1,000 orders over 60 locations together, ${supply} units for each wanted`, benchJoint(supply));
};

const parts: Readonly<Record<string, () => Promise<void>>> = {
  'event-log': eventLog,
  placing,
  hot,
  'hot-writers': hotWriters,
  'cold-location': coldLocation,
  endurance,
  decisions,
  sourcing: reportSourcing,
  joint,
  simulation: reportSimulation,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(`There is no part ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}.\n`);
  process.exitCode = 2;
} else {
  for (const [name, part] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await part();
}
