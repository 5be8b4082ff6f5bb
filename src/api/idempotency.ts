import { hash, randomBytes } from 'node:crypto';
import type { HolderProcess } from '../application/lease.ts';
import { decrypt, encrypt } from '../application/sealing.ts';
import type { ReadStore, Stored } from '../projections/read-store.ts';
import { type Attempt, attemptOf } from './attempt.ts';
import { ApiProblem } from './problem.ts';
import type { Reply } from './route.ts';

export const IDEMPOTENT_ANSWERS = { name: 'idempotent-answers', indexes: [['expiresAt']] } as const;

/** How long an answer is kept. Promised: at least 24 hours. */
export const KEPT_HOURS = 48;
/** Far longer than a request may take: whoever has not answered by then, on a machine that cannot be asked, has ended. */
const LONGEST_CLAIM_MS = 60_000;
/** After so long, a first attempt reckons with a second one: early enough, though the clocks of two machines may differ. */
const ALONE_MS = LONGEST_CLAIM_MS / 2;

const PURGE_BATCH = 1_000;
const NONCE_BYTES = 16;

/** Positions of one document, in order: its claims one after the other, its answer, its end. */
const claimPosition = (turn: number): string => `1:${String(turn).padStart(8, '0')}`;
const ANSWERED = '2';
const PURGED = '3';

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
    run: (attempt: Attempt) => Promise<Reply>,
  ) => Promise<{ reply: Reply; replayed: boolean }>;
  /** Forgets answers that have been kept long enough. */
  readonly purge: () => Promise<void>;
};

export type IdempotencyOptions = {
  readonly store: ReadStore;
  readonly now: () => Date;
  readonly self: HolderProcess;
  /** Whether another process has certainly ended. */
  readonly hasEnded: (other: HolderProcess) => boolean;
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

/** `holder` null: it gave the request up, and whoever repeats it may go on at once. */
type Claim = {
  readonly turn: number;
  readonly nonce: string;
  readonly holder: (HolderProcess & { readonly node: string }) | null;
  readonly claimedAt: string;
};

type Found = { readonly fingerprint: string } & ({ readonly reply: string } | { readonly claim: Claim });

/**
 * Each request is claimed, durably, before it is run, and its answer is kept, durably, before it is sent: successes and
 * refusals alike. A repetition that meets a claim is refused while the holder works on it. A claim whose holder has ended,
 * or gave up because of a failure on our side (5xx), is taken over: what is then run carries the same ids, by which
 * aggregates know what an earlier attempt got done (see `ExecuteOptions.repetition`).
 */
export const createIdempotency = ({ store, now, self, hasEnded }: IdempotencyOptions): Idempotency => {
  const running = new Map<string, string>();
  /** One process may run several nodes, as tests do. */
  const node = randomBytes(NONCE_BYTES).toString('base64url');

  const find = async (id: string): Promise<Found | null> => {
    const stored = (await store.get(IDEMPOTENT_ANSWERS.name, [id])).get(id);
    if (stored === undefined) return null;
    if (String(stored.body.expiresAt) >= now().toISOString()) return foundIn(stored);
    await store.write(IDEMPOTENT_ANSWERS.name, [{ id, position: PURGED, body: null }]);
    return null;
  };

  const expiresAt = (): string => new Date(now().getTime() + KEPT_HOURS * 3_600_000).toISOString();

  /** False: another node came first. */
  const write = async ({ id, fingerprint }: Known, position: string, content: Claim | string): Promise<boolean> => {
    const kept = typeof content === 'string' ? { reply: content } : { claim: content };
    const body = { fingerprint, expiresAt: expiresAt(), ...kept };
    return (await store.write(IDEMPOTENT_ANSWERS.name, [{ id, position, body }])).length === 0;
  };

  const ageOf = (claimedAt: string): number => now().getTime() - Date.parse(claimedAt);

  const isHeld = ({ holder, claimedAt }: Claim): boolean => {
    // What this node still works on is in `running`.
    if (holder === null || holder.node === node || hasEnded(holder)) return false;
    return ageOf(claimedAt) < LONGEST_CLAIM_MS;
  };

  const opened = ({ sealingKey }: Known, sealed: string): Reply => JSON.parse(decrypt(sealingKey, sealed)) as Reply;

  /** The answer of before, or the claim to run it now. */
  const begin = async (known: Known): Promise<{ readonly reply: Reply } | { readonly claim: Claim }> => {
    const found = await find(known.id);
    if (found !== null && found.fingerprint !== known.fingerprint) throw new ApiProblem('idempotency-key-reused');
    if (found !== null && 'reply' in found) return { reply: opened(known, found.reply) };
    if (found !== null && isHeld(found.claim)) throw new ApiProblem('idempotency-key-in-use');
    const { turn = 0, nonce = randomBytes(NONCE_BYTES).toString('base64url') } = found?.claim ?? {};
    const claim = { turn: turn + 1, nonce, holder: { ...self, node }, claimedAt: now().toISOString() };
    return (await write(known, claimPosition(claim.turn), claim)) ? { claim } : begin(known);
  };

  const giveUp = (known: Known, claim: Claim): Promise<boolean> =>
    write(known, claimPosition(claim.turn + 1), { ...claim, turn: claim.turn + 1, holder: null });

  const perform = async (known: Known, claim: Claim, run: (attempt: Attempt) => Promise<Reply>) => {
    const mayBeRepeated = (): boolean => claim.turn > 1 || ageOf(claim.claimedAt) >= ALONE_MS;
    const reply = await run(attemptOf({ nonce: claim.nonce, key: known.sealingKey, mayBeRepeated }));
    if (await write(known, ANSWERED, encrypt(known.sealingKey, JSON.stringify(reply))))
      return { reply, replayed: false };
    // Taken over meanwhile, by somebody who took this attempt for dead.
    const first = await find(known.id);
    return first !== null && 'reply' in first
      ? { reply: opened(known, first.reply), replayed: true }
      : { reply, replayed: false };
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
        const begun = await begin(known);
        if ('reply' in begun) return { reply: begun.reply, replayed: true };
        try {
          return await perform(known, begun.claim, run);
        } catch (error) {
          // Where even that fails, the claim runs out by itself; the failure to tell of is the first one.
          await giveUp(known, begun.claim).catch(() => false);
          throw error;
        }
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

const foundIn = ({ body }: Stored): Found => {
  const fingerprint = String(body.fingerprint);
  return typeof body.reply === 'string'
    ? { fingerprint, reply: body.reply }
    : { fingerprint, claim: body.claim as Claim };
};
