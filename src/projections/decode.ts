import type { AbridgedDecode } from '../event-store/abridged-decode.ts';

/** A whole event will do as well. */
export type Decode = AbridgedDecode;
