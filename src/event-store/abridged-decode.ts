import { LRUCache } from 'lru-cache';
import type { ProjectedEvent } from '../domain/event.ts';
import { type Codec, parseEvent } from './codec.ts';
import type { RecordedEvent } from './event-store.ts';
import { chainHash } from './hash-chain.ts';
import { abridgedDecision } from './schemas.ts';

export type AbridgedDecode = (
  recorded: RecordedEvent,
) => { readonly ok: true; readonly event: ProjectedEvent } | { readonly ok: false; readonly reason: string };

type Head = { readonly version: number; readonly hash: string };

/** Most orders are decided on a moment after they were placed. */
const REMEMBERED_STREAMS = 2_000;
const RECORD = ',"record":{';

/**
 * Decodes for read models, without the records of sourcing decisions: to parse and check one takes longer than all else that
 * becomes of its order. A record is passed over only where the hash proves that the event is, to the last byte, what was
 * once encoded. Every other event is decoded as a whole, so that what is damaged is found wherever it is.
 */
export const createAbridgedDecode = (decode: Codec['decode']): AbridgedDecode => {
  const heads = new LRUCache<string, Head>({ max: REMEMBERED_STREAMS });

  const isAsEncoded = (recorded: RecordedEvent, previous: Head | undefined): boolean =>
    previous?.version === recorded.version - 1 && chainHash(previous.hash, recorded) === recorded.hash;

  return (recorded) => {
    const { stream, version, hash, type, schemaVersion } = recorded;
    const previous = heads.get(stream);
    heads.set(stream, { version, hash });
    if (type !== 'SourcingDecided' || schemaVersion !== abridgedDecision.version) return decode(recorded);
    if (!isAsEncoded(recorded, previous)) return decode(recorded);
    const abridged = parseEvent(abridge(recorded), abridgedDecision);
    return abridged.ok ? abridged : decode(recorded);
  };
};

/** What follows the record, if anything does, goes with it: the parser misses it. */
const abridge = (recorded: RecordedEvent): RecordedEvent => {
  const end = recorded.data.indexOf(RECORD);
  return end === -1 ? recorded : { ...recorded, data: `${recorded.data.slice(0, end)}}` };
};
