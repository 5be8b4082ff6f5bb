import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialStockLocation } from '../../../src/domain/stock-location/evolve.ts';
import {
  copyReferences,
  keepAll,
  noReferences,
  noteReference,
  type References,
  referenceCount,
  referencesToParts,
  restoreReferences,
  saidBy,
} from '../../../src/domain/stock-location/references.ts';
import {
  stockLocationFromParts,
  stockLocationSize,
  stockLocationToParts,
} from '../../../src/domain/stock-location/snapshot.ts';

const key = fc.oneof(
  fc.constantFrom('receipt:asn|1', 'receipt:asn%7C1', 'receipt:', 'receipt:|', 'receipt:asn', 'count:asn'),
  fc.string({ unit: 'binary' }).map((reference) => `receipt:${reference}`),
);
const said = fc.stringMatching(/^[0-9a-f]{16}$/);

type Step = (references: References, model: Map<string, string>) => References;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(key, said).map(
    ([name, what]): Step =>
      (references, model) => {
        if (!model.has(name)) noteReference(references, name, what);
        model.set(name, model.get(name) ?? what);
        return references;
      },
  ),
  fc.constant<Step>((references) => {
    keepAll(references);
    return references;
  }),
  fc.constant<Step>((references) => {
    const copy = copyReferences(references);
    // What the one hears of from now on, the other does not.
    noteReference(references, 'receipt:only here', '0'.repeat(16));
    keepAll(references);
    return copy;
  }),
  fc.constant<Step>((references) => {
    const restored = noReferences();
    const parts = JSON.stringify([...referencesToParts(keepAll(references))]);
    for (const part of JSON.parse(parts)) restoreReferences(restored, part);
    return restored;
  }),
);

describe('the references that a location has seen', () => {
  it('are those noted, however often they were kept, copied and restored', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(key), (steps, others) => {
        const model = new Map<string, string>();
        const references = steps.reduce((sofar, change) => change(sofar, model), noReferences());
        for (const name of [...model.keys(), ...others]) expect(saidBy(references, name)).toBe(model.get(name));
        expect(saidBy(references, 'receipt:only here')).toBe(undefined);
      }),
    );
  });

  it('are told apart where one holds the mark, and another what stands for it', () => {
    const references = noReferences();
    // Many, since two of one kind must meet in one bucket for it to matter.
    const keys = Array.from({ length: 5_000 }, (_, number) => `receipt:${number}`);
    for (const name of keys) noteReference(references, `${name}|`, 'a'.repeat(16));
    keepAll(references);
    expect(keys.filter((name) => saidBy(references, `${name}%7C`) !== undefined)).toEqual([]);
  });

  it('are counted, and a snapshot of many takes several parts', () => {
    const references = noReferences();
    for (let number = 0; number < 10_000; number++) {
      noteReference(references, `receipt:${number}`, number.toString(16).padStart(16, '0'));
      if (number % 1_000 === 0) keepAll(references);
    }
    expect(referenceCount(references)).toBe(10_000);
    const parts = [...referencesToParts(keepAll(references))];
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.flat().map(([, text]) => text)).toEqual(references.kept.filter((text) => text !== ''));
    expect(referenceCount(references)).toBe(10_000);
  });

  it('count as much in a location that was restored as in the one that was kept', () => {
    const location = initialStockLocation();
    for (let number = 0; number < 3_000; number++)
      noteReference(location.references, `receipt:${number}`, '0'.repeat(16));
    const restored = stockLocationFromParts(JSON.parse(JSON.stringify([...stockLocationToParts(location)])));
    expect(stockLocationSize(restored)).toBe(1_500);
    expect(stockLocationSize(location)).toBe(1_500);
  });

  it('stay as they were in what was taken hold of, whatever is noted later', () => {
    const references = noReferences();
    noteReference(references, 'receipt:a', 'a'.repeat(16));
    const taken = keepAll(references);
    noteReference(references, 'receipt:b', 'b'.repeat(16));
    keepAll(references);
    expect(taken.join('')).toBe(`|receipt:a|${'a'.repeat(16)}|`);
  });
});
