import { describe, expect, it } from 'vitest';
import { withLargestChanges } from '../../../src/application/simulation/largest-changes.ts';
import { changedOrder, simulationResult, variantResult } from '../../support/simulations.ts';

const sizeOfOne = JSON.stringify(changedOrder('o1', 10)).length + 1;

const keptOf = (bytes: number, ...variants: ReturnType<typeof variantResult>[]) =>
  withLargestChanges(simulationResult(variants), bytes).variants.map(({ ordersChanged, changed }) => [
    ordersChanged,
    changed.map(({ orderId }) => orderId),
  ]);

describe('the changed orders that a result keeps', () => {
  const some = [changedOrder('o1', 10), changedOrder('o2', -30), changedOrder('o3', 20), changedOrder('o4', 0, 2)];

  it('are all of them where there is room, what differs most in cost first, then in units that wait', () => {
    const others = [changedOrder('o5', 0, 1), changedOrder('o6', 0, 3)];
    expect(keptOf(100_000, variantResult('one', { changed: [...others, ...some] }))).toEqual([
      [6, ['o2', 'o3', 'o1', 'o6', 'o4', 'o5']],
    ]);
  });

  it('are those that differ most where there is not, and all are counted', () => {
    expect(keptOf(2 * sizeOfOne + 5, variantResult('one', { changed: some }))).toEqual([[4, ['o2', 'o3']]]);
  });

  it('share the room evenly between the variants', () => {
    const one = variantResult('one', { changed: some });
    const other = variantResult('other', { changed: some.slice(0, 1) });
    expect(keptOf(2 * sizeOfOne + 5, one, other)).toEqual([
      [4, ['o2']],
      [1, ['o1']],
    ]);
  });

  it('count in bytes, not in characters', () => {
    const order = changedOrder('o1', 10);
    const far = { ...order, after: { ...order.after, locationIds: ['Łódź'.repeat(20)] } };
    const characters = JSON.stringify(far).length + 1;
    expect(keptOf(characters, variantResult('one', { changed: [far] }))).toEqual([[1, []]]);
  });
});
