import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET_BYTES, secretOf } from './api/auth.ts';
import { type Config, ConfigurationError, keepsFiles, type StoreSettings } from './config.ts';

const FILE = 'admin-api-key';

export type AdminKey = { readonly secret: string; readonly isNew: boolean; readonly file: string | null };

type KeySettings = Pick<Config, 'adminApiKey'> & StoreSettings;

/** The administrator's key: from ADMIN_API_KEY, else from DATA_DIR, else made now and kept there for its owner only. */
export const adminKey = (config: KeySettings): AdminKey => {
  const { adminApiKey, dataDir } = config;
  if (adminApiKey !== undefined) return { secret: adminApiKey, isNew: false, file: null };
  // Made here, the key would be another one on each node, and gone with the node's disk.
  if (!keepsFiles(config)) {
    throw new ConfigurationError(
      'ADMIN_API_KEY must be set, to the same key on every node: with EVENT_STORE_URL and READ_STORE_URL, nothing is kept in DATA_DIR.',
    );
  }
  const file = join(dataDir, FILE);
  if (isThere(file)) return keptIn(file);
  const secret = secretOf(randomBytes(SECRET_BYTES));
  try {
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    return { secret, isNew: true, file };
  } catch (error) {
    // Another process that shares DATA_DIR was quicker: its key counts.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return keptIn(file);
    throw unusable(file, error);
  }
};

/** The key as far as it is known here, for whoever talks to a service that runs already: none is made. */
export const knownAdminKey = ({ adminApiKey, dataDir }: KeySettings): string | null => {
  if (adminApiKey !== undefined) return adminApiKey;
  const file = join(dataDir, FILE);
  return isThere(file) ? keptIn(file).secret : null;
};

const unusable = (file: string, error: unknown): ConfigurationError =>
  new ConfigurationError(
    `The administrator's key cannot be kept in ${file}: ${error instanceof Error ? error.message : String(error)}. ` +
      'Mend that, or set ADMIN_API_KEY.',
  );

const isThere = (file: string): boolean => {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw unusable(file, error);
  }
};

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable(file, error);
  }
};

const keptIn = (file: string): AdminKey => {
  const secret = textOf(file).trim();
  // What a crash left behind between making the file and filling it would lock every administrator out.
  if (secret === '') throw new ConfigurationError(`${file} is empty. Delete it: the next start makes a new key.`);
  return { secret, isNew: false, file };
};

export const newAdminKeyNotice = ({ secret, file }: AdminKey): string =>
  `\n  Your administrator API key (shown once, kept in ${file}):\n\n    ${secret}\n\n`;
