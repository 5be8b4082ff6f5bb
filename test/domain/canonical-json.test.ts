import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/domain/canonical-json.ts';

describe('canonical JSON', () => {
  it('is the same for the same fields in any order, at any depth', () => {
    const one = { b: [{ y: 1, x: { d: 2, c: 3 } }], a: 'z' };
    const other = { a: 'z', b: [{ x: { c: 3, d: 2 }, y: 1 }] };
    expect(canonicalJson(one)).toBe('{"a":"z","b":[{"x":{"c":3,"d":2},"y":1}]}');
    expect(canonicalJson(other)).toBe(canonicalJson(one));
  });

  it('tells different values apart, and lists in another order', () => {
    const texts = [[1, 2], [2, 1], ['1', '2'], { 0: 1, 1: 2 }, null, { a: null }, {}, []].map(canonicalJson);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
