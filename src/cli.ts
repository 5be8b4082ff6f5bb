import { Command, InvalidArgumentError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { ImportFormatError } from './application/import-csv.ts';
import { damagedFileNotice } from './cli/damaged-file.ts';
import type { ImportOptions } from './cli/import.ts';
import { ConfigurationError } from './config.ts';
import { PoisonedLog } from './projections/quarantine.ts';

/** What the user can mend: said in one sentence. */
const toBeMended = [ConfigurationError, ImportFormatError, PoisonedLog];

const sentenceOf = (error: unknown): string | null =>
  error instanceof Error && toBeMended.some((kind) => error instanceof kind) ? error.message : null;

/** Runs a command; what the user can mend is said in one sentence, without a stack. */
const run =
  <Arguments extends unknown[]>(action: (...given: Arguments) => Promise<void>) =>
  async (...given: Arguments): Promise<void> => {
    try {
      await action(...given);
    } catch (error) {
      const notice = damagedFileNotice(error) ?? sentenceOf(error);
      if (notice === null) throw error;
      process.stderr.write(`${notice}\n`);
      process.exitCode = 2;
    }
  };

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 9999.');
  return Number(text);
};

/** The command line. Each command loads its own code only when it runs. */
export const createCli = (): Command => {
  const cli = new Command('sourcefold').description('Distributed order management.').version(manifest.version);
  cli
    .command('serve')
    .description('run the service (settings: PORT, HOST, DATA_DIR, ADMIN_API_KEY, LOG_LEVEL)')
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
  return cli;
};
