import { describe, expect, it } from 'vitest';
import { priceOf, staircaseOf } from '../../../src/domain/sourcing/engine/staircase.ts';
import { randomFrom } from './instances.ts';

/** Cheapest parcels for every weight up to the heaviest, gram by gram. */
const table = (tariff: readonly { upTo: number; price: number }[], heaviest: number): number[] => {
  const cheapest = [0];
  for (let grams = 1; grams <= heaviest; grams++) {
    cheapest.push(Math.min(...tariff.map(({ upTo, price }) => price + (cheapest[Math.max(0, grams - upTo)] ?? 0))));
  }
  return cheapest;
};

describe('the price of a shipment by weight', () => {
  it('divides a shipment where two parcels cost less than one', () => {
    const tariff = [
      { upTo: 4, price: 800 },
      { upTo: 8, price: 2256 },
    ];
    expect(priceOf(staircaseOf(tariff, 8), 8)).toBe(1600);
  });

  it('costs nothing without weight, or where a parcel is free', () => {
    expect(priceOf(staircaseOf([{ upTo: 5, price: 7 }], 50), 0)).toBe(0);
    expect(priceOf(staircaseOf([{ upTo: 5, price: 0 }], 50), 50)).toBe(0);
  });

  it('is the cheapest multiset of parcels at every weight', () => {
    const random = randomFrom(7);
    for (let round = 0; round < 200; round++) {
      const tariff = Array.from({ length: random.whole(1, 5) }, () => ({
        upTo: random.whole(1, 30),
        price: random.whole(1, 60),
      }));
      const heaviest = random.whole(1, 120);
      const staircase = staircaseOf(tariff, heaviest);
      const expected = table(tariff, heaviest);
      expected.forEach((price, grams) => {
        expect(priceOf(staircase, grams), JSON.stringify({ tariff, grams })).toBe(price);
      });
    }
  });

  it('repeats beyond the steps that it lists, with one parcel of the best price per gram more each time', () => {
    const random = randomFrom(9);
    for (let round = 0; round < 40; round++) {
      // Nearly the same price per gram everywhere: every gram or two is a step of its own.
      const tariff = Array.from({ length: random.whole(1, 5) }, () => random.whole(1, 40)).map((upTo) => ({
        upTo,
        price: 9 * upTo + random.whole(0, 3),
      }));
      const heaviest = 12_000;
      const staircase = staircaseOf(tariff, heaviest);
      const expected = table(tariff, heaviest);
      expected.forEach((price, grams) => {
        if (priceOf(staircase, grams) !== price) throw new Error(JSON.stringify({ tariff, grams, price }));
      });
    }
  });

  it('prices shipments of many tonnes at once', () => {
    const linear = [1000, 2000, 5000, 31_500].map((upTo) => ({ upTo, price: upTo / 10 }));
    // Limits add up to every 500 g here.
    expect(priceOf(staircaseOf(linear, 4e9), 4e9 - 999)).toBe(399_999_950);
  });
});
