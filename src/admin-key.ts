import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newSecret } from './api/auth.ts';
import type { Config } from './config.ts';

const FILE = 'admin-api-key';

export type AdminKey = { readonly secret: string; readonly isNew: boolean; readonly file: string | null };

/** The administrator's key: from ADMIN_API_KEY, else from DATA_DIR, else made now and kept there for its owner only. */
export const adminKey = ({ adminApiKey, dataDir }: Pick<Config, 'adminApiKey' | 'dataDir'>): AdminKey => {
  if (adminApiKey !== undefined) return { secret: adminApiKey, isNew: false, file: null };
  const file = join(dataDir, FILE);
  if (existsSync(file)) return { secret: readFileSync(file, 'utf8').trim(), isNew: false, file };
  const secret = newSecret();
  try {
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    return { secret, isNew: true, file };
  } catch (error) {
    // Another process that shares DATA_DIR was quicker: its key counts.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      return { secret: readFileSync(file, 'utf8').trim(), isNew: false, file };
    }
    throw error;
  }
};

export const newAdminKeyNotice = ({ secret, file }: AdminKey): string =>
  `\n  Your administrator API key (shown once, kept in ${file}):\n\n    ${secret}\n\n`;
