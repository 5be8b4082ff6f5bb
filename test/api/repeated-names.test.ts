import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstRepeated, membersIn, membersOf, repeatedName } from '../../src/api/repeated-names.ts';

const repeatedIn = (json: string): string | null => repeatedName(Buffer.from(json), JSON.parse(json));

describe('names that an object has twice', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":1,"b":{"c":[{"d":1},{"d":2,"e":{}, "d" : 3}]}}', 'd'],
    ['[{"a":"}\\"]:","b":1,"b":[]}]', 'b'],
    ['{"\\u0061":1,"a":2}', 'a'],
    ['{"__proto__":1,"__proto__":{}}', '__proto__'],
    ['{"łódź: \\\\":1,"łódź: \\\\":2}', 'łódź: \\'],
    ['{"":1,\n"":2}', ''],
  ])('are found in %s', (json, name) => expect(repeatedIn(json)).toBe(name));

  it.each(['{"a":{"a":{"a":1}}}', '[{"a":1},{"a":2}]', '{"a":"a: :","b":"\\":","c":"\\\\"}', '"a:a"', '[]', 'null'])(
    'are none in %s',
    (json) => expect(repeatedIn(json)).toBeNull(),
  );

  it('are none in whatever was written from a value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2), (value, indent) => {
        const json = JSON.stringify(value, null, indent);
        expect(membersIn(Buffer.from(json))).toBe(membersOf(JSON.parse(json)));
        expect(firstRepeated(json)).toBeNull();
      }),
    );
  });

  it('are found beyond strings of many megabytes', () => {
    for (const text of ['xx', '\\\\']) {
      expect(repeatedIn(`{"v":"${text.repeat(8_000_000)}","a":1,"a":2}`)).toBe('a');
    }
  });

  it('are looked for however deep the value is', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(membersOf(JSON.parse(deep))).toBe(0);
  });
});
