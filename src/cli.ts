import { Command, InvalidArgumentError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import type { ImportOptions } from './cli/import.ts';
import type { MigrateOptions } from './cli/migrate.ts';
import type { SimulateOptions } from './cli/simulate.ts';
import type { SolveFileOptions } from './cli/solve.ts';
import { USUAL_WORK } from './domain/sourcing/engine/budget.ts';

const NOT_DONE = 2;
const OUR_FAULT = 3;

/** Runs a command; what the user can mend is said in one sentence, without a stack. */
const run =
  <Arguments extends unknown[]>(action: (...given: Arguments) => Promise<void>) =>
  async (...given: Arguments): Promise<void> => {
    watchOutput();
    try {
      await action(...given);
    } catch (error) {
      // Loaded only now: most commands are done before they could have loaded what knows every error.
      const notice = (await import('./cli/notice.ts')).noticeOf(error);
      const stack = error instanceof Error ? error.stack : String(error);
      process.stderr.write(
        `${notice ?? `${stack}\nThat should not have happened. Please report it with what stands above.`}\n`,
      );
      process.exitCode = notice === null ? OUR_FAULT : NOT_DONE;
      // Whatever has failed may have left something running behind it.
      if (notice === null) process.exit();
    }
  };

const watchOutput = (): void => {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads the answers has read enough, as `head` does: no error.
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(`Standard output cannot be written: ${error.message}.\n`);
    process.exit(NOT_DONE);
  });
};

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 9999.');
  return Number(text);
};

const count = (text: string): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number from 0.');
};

const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** The command line. Each command loads its own code only when it runs. */
export const createCli = (): Command => {
  const cli = new Command('sourcefold').description('Distributed order management.').version(manifest.version);
  // 1 says that a command was done and what it found: tampering, orders that were refused.
  cli.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : NOT_DONE));
  cli
    .command('serve')
    .description(
      'run the service (settings: PORT, HOST, DATA_DIR, ADMIN_API_KEY, LOG_LEVEL, ROLE, EVENT_STORE_URL, READ_STORE_URL, DRAIN_MS)',
    )
    .action(run(async () => (await import('./cli/serve.ts')).serve()));
  cli
    .command('demo')
    .description('set up a network of warehouses and stores and place real orders; safe to run again')
    .action(run(async () => (await import('./cli/demo.ts')).demo()));
  cli
    .command('import')
    .description('bring in data from files')
    .command('orders')
    .argument('<file>', 'CSV: see docs/import.md for the two shapes')
    .option('--channel <id>', 'the channel to book the orders on', 'import')
    .option('--currency <code>', 'of the prices, when the channel is new', 'GBP')
    .option('--concurrency <n>', 'orders under way at once', wholeNumber, 16)
    .description('place the orders of a CSV file; safe to run again')
    .action(
      run(async (file: string, options: ImportOptions) => (await import('./cli/import.ts')).importFile(file, options)),
    );
  cli
    .command('verify')
    .description('recompute the hash chain of every stream; ends with 1 when something was tampered with')
    .option('--expect-head <position:digest>', 'a head that an earlier run printed')
    .action(run(async (options: { expectHead?: string }) => (await import('./cli/verify.ts')).verify(options)));
  cli
    .command('rebuild')
    .argument('[names...]', 'read models; all when none is named')
    .description('build read models anew from the log, compare them with the live ones, and swap')
    .action(run(async (names: string[]) => (await import('./cli/rebuild.ts')).rebuild(names)));
  cli
    .command('migrate')
    .description('move an installation between DATA_DIR and EventStoreDB, verified; may be interrupted and run again')
    .requiredOption('--from <place>', 'sqlite:DATA_DIR or esdb://...')
    .requiredOption('--to <place>', 'the other of the two')
    .option(
      '--vault <url>',
      'where keys and secrets are beside EventStoreDB: mongodb://..., or sqlite:FOLDER with vault.db; absent: that of DATA_DIR',
    )
    .action(run(async (options: MigrateOptions) => (await import('./cli/migrate.ts')).migrateStores(options)));
  cli
    .command('solve')
    .description('answer sourcing problems, one JSON object per line, in order: see docs/sourcing-problem.md')
    .argument('<file>', 'the problems; - for standard input')
    .option('--max-nodes <n>', 'limit on the nodes of each search', count)
    .option(
      '--max-work <n>',
      `limit on the counted work of each search (default: ${USUAL_WORK}, which takes 4 to 16 s on one core)`,
      count,
    )
    .option('--check', 'recompute cost and limits of every answer by code that shares nothing with the search')
    .action(
      run(async (file: string, options: SolveFileOptions) => (await import('./cli/solve.ts')).solveFile(file, options)),
    );
  cli
    .command('simulate')
    .description('source past orders anew under other policies, side by side with what happened; changes nothing')
    .option('--policy <file>', 'a policy as JSON; may be given several times', collected, [])
    .option('--from <instant>', 'orders recorded from then on, such as 2026-11-01')
    .option('--to <instant>', 'orders recorded before then')
    .option('--json <file>', 'write the whole result there')
    .option('--html <file>', 'write a report with charts there')
    .action(run(async (options: SimulateOptions) => (await import('./cli/simulate.ts')).simulatePolicies(options)));
  return cli;
};
