import { context, openLocations, receipt } from './locations.ts';

// A process that has just started, with nothing compiled and nothing remembered: it gives the location one command.

const [dataDir = '', stream = '', number] = process.argv.slice(2);
const { locations, close } = await openLocations(dataDir);
const started = performance.now();
const { version } = await locations.execute(stream, receipt(Number(number)), context);
const milliseconds = performance.now() - started;
await close();
process.stdout.write(JSON.stringify({ version, milliseconds }));
