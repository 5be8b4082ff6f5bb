import { vi } from 'vitest';

/** Lets a command run within this test, on that folder alone; what it prints goes to `said`. Answers how to end that. */
export const commandWithin = (dataDir: string, said: string[]): (() => void) => {
  vi.stubEnv('DATA_DIR', dataDir);
  vi.stubEnv('EVENT_STORE_URL', '');
  vi.stubEnv('READ_STORE_URL', '');
  said.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  };
};
