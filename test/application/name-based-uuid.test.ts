import fc from 'fast-check';
import { v5 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { nameBasedUuid } from '../../src/application/name-based-uuid.ts';

describe('a name-based UUID', () => {
  it('is the one that the standard gives the name in the namespace', () => {
    // RFC 9562, appendix A.4: www.example.com in the namespace of domain names.
    expect(nameBasedUuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8')('www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  it('is what others make of any name', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string({ unit: 'grapheme' }), (namespace, name) => {
        expect(nameBasedUuid(namespace)(name)).toBe(v5(name, namespace));
      }),
    );
  });
});
