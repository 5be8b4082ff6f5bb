import { genesisHash } from '../../src/event-store/hash-chain.ts';
import { createSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { chained } from '../contracts/event-store-examples.ts';

/** Appends to streams of its own until it is killed, and tells its parent of each event that was acknowledged. */
const [file = '', name = ''] = process.argv.slice(2);
const store = createSqliteEventStore({ file });

const appendForEver = async (stream: string): Promise<void> => {
  let hash = genesisHash;
  for (let version = 0; ; version += 2) {
    const given = chained(stream, version, [{}, {}], hash);
    hash = given.at(-1)?.hash ?? hash;
    await store.append(stream, version, given);
    process.stdout.write(`${given.map(({ id }) => id).join('\n')}\n`);
  }
};

await Promise.all([1, 2, 3, 4].map((index) => appendForEver(`order-${name}-${index}`)));
