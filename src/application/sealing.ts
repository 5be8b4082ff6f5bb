import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const POOL_BYTES = 16_384;

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** Random bytes out of a pool that is filled in one call to the system; each byte is handed out once. */
export const randomBytes = (count: number): Buffer => {
  if (used + count > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const taken = Buffer.from(pool.subarray(used, used + count));
  pool.fill(0, used, used + count);
  used += count;
  return taken;
};

/** AES-256-GCM: a text sealed with a key of 32 bytes, as base64 of nonce, tag and ciphertext. */
export const encrypt = (key: Buffer, text: string): string => {
  const iv = randomBytes(IV_BYTES);
  // Given the bytes themselves, it first finds out at length that they are no key object. Its tag has 16 bytes unless told.
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv);
  const body = cipher.update(text, 'utf8');
  // A cipher of streams holds nothing back.
  cipher.final();
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
};

/** Throws where the key is another one or the box was changed. */
export const decrypt = (key: Buffer, box: string): string => {
  const bytes = Buffer.from(box, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
};
