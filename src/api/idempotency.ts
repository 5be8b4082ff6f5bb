import { hash } from 'node:crypto';
import { decrypt, encrypt } from '../application/sealing.ts';
import type { ReadStore } from '../projections/read-store.ts';
import { ApiProblem } from './problem.ts';
import type { Reply } from './route.ts';

export const IDEMPOTENT_ANSWERS = { name: 'idempotent-answers', indexes: [['expiresAt']] } as const;

/** How long an answer is kept. Promised: at least 24 hours. */
export const KEPT_HOURS = 48;

const PURGE_BATCH = 1_000;
const FIRST = '0';
const PURGED = '1';

export type IdempotentRequest = {
  /** The caller's secret: two callers may use the same Idempotency-Key without meeting, or reading what the other got. */
  readonly credential: string;
  readonly idempotencyKey: string;
  /** Method, path and body: another one under the same key is refused. */
  readonly content: string;
};

export type Idempotency = {
  /** Runs the request, or answers what it was answered before. `replayed` tells which. */
  readonly once: (
    request: IdempotentRequest,
    run: () => Promise<Reply>,
  ) => Promise<{ reply: Reply; replayed: boolean }>;
  /** Forgets answers that have been kept long enough. */
  readonly purge: () => Promise<void>;
};

/** The key of an `Idempotency-Key` header: a structured-field string (`"abc"`) or the bare text. */
export const idempotencyKeyOf = (header: string): string => {
  const key = /^"(.*)"$/.exec(header.trim())?.[1] ?? header.trim();
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) throw new ApiProblem('idempotency-key-invalid');
  return key;
};

type Known = { readonly id: string; readonly fingerprint: string; readonly sealingKey: Buffer };

/** Everything is derived from the caller's secret, so that a copy of the store tells neither answers nor requests. */
const knownBy = ({ credential, idempotencyKey, content }: IdempotentRequest): Known => {
  const digest = (purpose: string, text: string): Buffer =>
    hash('sha256', JSON.stringify([purpose, credential, text]), 'buffer');
  return {
    id: digest('id', idempotencyKey).toString('hex'),
    fingerprint: digest('content', content).toString('hex'),
    sealingKey: digest('answer', idempotencyKey),
  };
};

/**
 * Answers of refused and of successful commands are kept, durably, before they are sent. A failure on our side (5xx)
 * is not: commands themselves are idempotent, so trying again is safe. A repetition that meets the first one still running is
 * refused by the same node; by another one it is run as well, and answered as the first one was.
 */
export const createIdempotency = (store: ReadStore, now: () => Date): Idempotency => {
  const running = new Map<string, string>();

  const remembered = async ({ id, fingerprint, sealingKey }: Known): Promise<Reply | null> => {
    const body = (await store.get(IDEMPOTENT_ANSWERS.name, [id])).get(id)?.body;
    if (body === undefined || String(body.expiresAt) < now().toISOString()) return null;
    if (body.fingerprint !== fingerprint) throw new ApiProblem('idempotency-key-reused');
    return JSON.parse(decrypt(sealingKey, String(body.reply))) as Reply;
  };

  /** False: another node has kept an answer meanwhile. */
  const keep = async ({ id, fingerprint, sealingKey }: Known, reply: Reply): Promise<boolean> => {
    const expiresAt = new Date(now().getTime() + KEPT_HOURS * 3_600_000).toISOString();
    const body = { fingerprint, expiresAt, reply: encrypt(sealingKey, JSON.stringify(reply)) };
    return (await store.write(IDEMPOTENT_ANSWERS.name, [{ id, position: FIRST, body }])).length === 0;
  };

  return {
    once: async (request, run) => {
      const known = knownBy(request);
      const { id, fingerprint } = known;
      const other = running.get(id);
      if (other !== undefined) {
        throw new ApiProblem(other === fingerprint ? 'idempotency-key-in-use' : 'idempotency-key-reused');
      }
      running.set(id, fingerprint);
      try {
        const before = await remembered(known);
        if (before !== null) return { reply: before, replayed: true };
        const reply = await run();
        if (reply.status >= 500 || (await keep(known, reply))) return { reply, replayed: false };
        // Where that was for another request under the same key, this one has been run all the same: it gets its own answer.
        const first = await remembered(known).catch(() => null);
        return first === null ? { reply, replayed: false } : { reply: first, replayed: true };
      } finally {
        running.delete(id);
      }
    },
    purge: async () => {
      const to = now().toISOString();
      for (;;) {
        const old = await store.find(IDEMPOTENT_ANSWERS.name, { orderBy: 'expiresAt', to, limit: PURGE_BATCH });
        await store.write(
          IDEMPOTENT_ANSWERS.name,
          old.map(({ id }) => ({ id, position: PURGED, body: null })),
        );
        if (old.length < PURGE_BATCH) return;
      }
    },
  };
};
