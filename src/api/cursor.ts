import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Scalar } from '../projections/read-store.ts';
import { ApiProblem } from './problem.ts';

type Place = { readonly value?: Scalar; readonly id: string };

/** Where a page ended, as an opaque text that only this service can have written, for the same query only. */
export type Cursors = {
  readonly write: (query: string, place: Place) => string;
  readonly read: (query: string, cursor: string) => Place;
};

const SIGNATURE_BYTES = 12;

export const createCursors = (secret: Buffer): Cursors => {
  const sign = (query: string, text: string): Buffer =>
    createHmac('sha256', secret)
      .update(JSON.stringify([query, text]))
      .digest()
      .subarray(0, SIGNATURE_BYTES);

  return {
    write: (query, place) => {
      const text = JSON.stringify([place.id, ...(place.value === undefined ? [] : [place.value])]);
      return Buffer.concat([sign(query, text), Buffer.from(text)]).toString('base64url');
    },
    read: (query, cursor) => {
      const bytes = Buffer.from(cursor, 'base64url');
      const text = bytes.subarray(SIGNATURE_BYTES).toString('utf8');
      const signature = bytes.subarray(0, SIGNATURE_BYTES);
      if (signature.length < SIGNATURE_BYTES || !timingSafeEqual(signature, sign(query, text))) {
        throw new ApiProblem('cursor-invalid');
      }
      const [id, value] = JSON.parse(text) as [string, Scalar?];
      return { id, ...(value === undefined ? {} : { value }) };
    },
  };
};
