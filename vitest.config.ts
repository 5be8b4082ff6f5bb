import { defineConfig } from 'vitest/config';

const common = { pool: 'forks', testTimeout: 30_000, hookTimeout: 30_000 } as const;

// They mostly wait, for a store that is silent or away: two at a time.
const waiting = [
  'test/chaos/eventstoredb-{append,process,random,subscription}.test.ts',
  'test/chaos/mongodb.test.ts',
  'test/service/*-outage.test.ts',
  'test/service/migrate.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        // Pure code and adapters, in process: seconds.
        test: {
          ...common,
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['test/**/*.test.ts'],
          exclude: ['test/api/**', 'test/chaos/**', 'test/service/**'],
        },
      },
      {
        test: { ...common, name: 'stores', sequence: { groupOrder: 1 }, include: waiting, maxWorkers: 2 },
      },
      {
        // The whole service, over HTTP, in processes that are killed: minutes. One file at a time, for honest timing.
        test: {
          ...common,
          name: 'service',
          sequence: { groupOrder: 2 },
          include: ['test/api/**/*.test.ts', 'test/chaos/**/*.test.ts', 'test/service/**/*.test.ts'],
          exclude: waiting,
          fileParallelism: false,
        },
      },
    ],
  },
});
