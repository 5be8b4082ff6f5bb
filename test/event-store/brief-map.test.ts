import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BriefMap } from '../../src/event-store/brief-map.ts';

const key = fc.integer({ min: 0, max: 200 });
const change = fc.oneof(
  { weight: 20, arbitrary: fc.record({ do: fc.constant('set' as const), key, value: fc.nat() }) },
  { weight: 15, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.constant({ do: 'clear' as const }) },
);

it('holds what a map would, however often its entries come and go', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 500, size: 'max' }), (changes) => {
      const brief = new BriefMap<number, number>();
      const map = new Map<number, number>();
      for (const one of changes) {
        if (one.do === 'set') {
          brief.set(one.key, one.value);
          map.set(one.key, one.value);
        } else if (one.do === 'delete') {
          expect(brief.delete(one.key)).toBe(map.delete(one.key));
        } else {
          brief.clear();
          map.clear();
        }
        expect(brief.size).toBe(map.size);
        if (one.do !== 'clear') expect(brief.get(one.key)).toBe(map.get(one.key));
      }
      expect([...brief.values()]).toEqual([...map.values()]);
    }),
  );
});
