import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isOwnStream } from '../../src/event-store/own-streams.ts';
import { newPrefix } from '../contracts/event-store-examples.ts';
import { sourceFilesUnder } from '../support/imports.ts';

const DOMAIN = fileURLToPath(new URL('../../src/domain', import.meta.url));

/** `export const orderStream = (…) => `order-${…}`` and the like. */
const named = sourceFilesUnder(DOMAIN).flatMap(({ text }) =>
  [...text.matchAll(/export const (\w+Stream) = .*?[`']([^`'$]+)/g)].map(([, name = '', stream = '']) => ({
    name,
    stream,
  })),
);

describe('our streams', () => {
  it('are found in the domain', () => {
    expect(named.map(({ name }) => name)).toEqual(expect.arrayContaining(['orderStream', 'policyBookStream']));
  });

  it.each(named)('are told from others by their names: $stream… ($name)', ({ stream }) => {
    expect(isOwnStream(`${stream}1`)).toBe(true);
  });

  it.each(['orders-1', 'Order-1', 'stock-leeds', '$stats-1', '$ce-order', 'order', newPrefix()])(
    'are not those of others, nor of the contract suite: %s',
    (stream) => expect(isOwnStream(stream)).toBe(false),
  );
});
