import { createEventStoreDbPeer } from './eventstoredb.ts';

/** The peer as a process of its own: `node test/peers/eventstoredb-main.ts PORT FILE`. It may be killed at any time. */
const [port = '0', file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: eventstoredb-main.ts PORT FILE');
const peer = await createEventStoreDbPeer({ file, port: Number(port) });
process.stdout.write(`listening on ${peer.url}\n`);
process.once('SIGTERM', () => void peer.stop().then(() => process.exit(0)));
