import { describe, expect, it } from 'vitest';
import { type Deed, run, runWithCrash, type Turn } from '../../support/race.ts';

const turns = (text: string): Turn[] =>
  text.split(' ').map((turn): Turn => (turn === 'A' || turn === 'B' || turn === 'watch' ? turn : 'people'));

describe('a race for one reservation', () => {
  it.each<[string, Deed[], string]>([
    [
      'two processes settle the first of two releases, which settles the first only',
      ['cancelOne', 'cancelOne'],
      'A A A A watch people people A B A B A B',
    ],
    [
      'a late request to reserve cannot open again what was issued',
      ['dispatch', 'receiveFour'],
      'A A B B B people people B B A watch B',
    ],
    [
      'a late request to reserve cannot open again what was written off',
      ['shortPickFour', 'receiveFour'],
      'A A B B B people people B B A watch B',
    ],
    [
      'a reservation that lands while its release is being settled is given back',
      ['cancelAll'],
      'A A people B B A watch B',
    ],
    [
      'a reservation that lands larger than now needed is cut before it is recorded',
      ['cancelOne', 'dispatch'],
      'A A people B B B A B B people',
    ],
    [
      'the answer for more units than now needed is not taken',
      ['cancelOne', 'dispatch'],
      'A A people B B B A A people',
    ],
    [
      'a reservation that lands before an older refusal is recorded is given back',
      ['loseAll', 'receiveFour'],
      'A A people A people B B watch A B',
    ],
  ])('%s', (_rule, script, order) => {
    run({ script, turns: turns(order) });
  });
});

describe('a crash at any append', () => {
  it.each<[Deed[]]>([
    [['dispatch']],
    [['cancelOne', 'dispatch']],
    [['cancelOne', 'cancelOne', 'cancelAll']],
    [['shortPickOne', 'cancelOne', 'dispatch', 'cancelOne']],
    [['shortPickOne', 'cancelAll', 'receiveFour']],
    [['shortPickFour', 'receiveFour', 'reject', 'receiveFour', 'dispatch']],
    [['reject', 'cancelOne', 'reject', 'receiveFour', 'dispatch', 'dispatch']],
    [['loseAll', 'reject', 'loseAll', 'receiveFour', 'shortPickOne', 'cancelAll']],
  ])('leaves nothing behind during %j', (script) => {
    let crashAt = 1;
    while (runWithCrash(script, crashAt)) crashAt += 1;
    expect(crashAt).toBeGreaterThan(8);
  });
});
