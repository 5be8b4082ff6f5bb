import { defineConfig } from 'vitest/config';

// Files share the modules of their worker: loading them anew for each file took longer than many of the tests.
const common = { pool: 'forks', isolate: false, maxWorkers: 2, testTimeout: 30_000, hookTimeout: 30_000 } as const;

const service = ['test/api/**/*.test.ts', 'test/chaos/**/*.test.ts', 'test/service/**/*.test.ts'];
const alone = ['test/chaos/kill.test.ts'];

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
          exclude: service,
        },
      },
      {
        // The whole service, over HTTP, in processes that are killed, with stores that fall silent: minutes.
        test: { ...common, name: 'service', sequence: { groupOrder: 1 }, include: service, exclude: alone },
      },
      {
        // What is to be ready in time gets the machine for itself.
        test: { ...common, name: 'alone', sequence: { groupOrder: 2 }, include: alone, maxWorkers: 1 },
      },
    ],
  },
});
