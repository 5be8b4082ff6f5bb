import fc from 'fast-check';
import { describe, it } from 'vitest';
import { anyActions } from '../../support/actions.ts';
import { races, run } from '../../support/race.ts';
import { comeToRest, createWorld, runToEnd } from '../../support/world.ts';

const RUNS = Number(process.env.MODEL_RUNS ?? 500);

describe('orders and stock locations together', () => {
  it('hold exactly the units of open fulfilments once at rest, whatever came late, twice or never', () => {
    fc.assert(
      fc.property(anyActions(60), (actions) => {
        const world = createWorld();
        for (const act of actions) act(world);
        comeToRest(world);
        for (const late of world.running) runToEnd(late);
        comeToRest(world);
      }),
      { numRuns: RUNS },
    );
  });

  it('agree about one order that people change while several processes work on it', () => {
    fc.assert(
      fc.property(races, (race) => void run(race)),
      { numRuns: 4 * RUNS },
    );
  });
});
