import { defineConfig } from 'vitest/config';

const common = { pool: 'forks', testTimeout: 30_000, hookTimeout: 30_000 } as const;

export default defineConfig({
  test: {
    projects: [
      {
        // Pure code and adapters, in process: seconds.
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/api/**', 'test/chaos/**', 'test/service/**'],
        },
      },
      {
        // The whole service, over HTTP, in processes that are killed: minutes. One file at a time, for honest timing.
        test: {
          ...common,
          name: 'service',
          include: ['test/api/**/*.test.ts', 'test/chaos/**/*.test.ts', 'test/service/**/*.test.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
});
