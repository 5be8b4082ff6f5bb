import { describe, it } from 'vitest';
import { policyBookDecider } from '../../../src/domain/policy-book/decide.ts';
import {
  activate,
  activated,
  examplePolicy,
  hour,
  publish,
  published,
  rollBack,
  rolledBack,
} from '../../support/policies.ts';
import { spec } from '../../support/spec.ts';

const book = spec(policyBookDecider);
const two = [published(1), published(2)];

describe('publishing a policy', () => {
  it('gives it the next version', () => {
    book.when(publish(examplePolicy('v1'))).yields(published(1));
    book
      .given(published(1))
      .when(publish(examplePolicy('v2')))
      .yields(published(2));
  });

  it('changes nothing when the newest version says the same, in whatever order', () => {
    const { description, routes } = examplePolicy('v2', { fences: [{ type: 'distance', atMostKilometres: 50 }] });
    const second = published(2, { description: 'v2', routes });
    book
      .given(published(1), second)
      .when(
        publish({ routes: [{ fences: [{ atMostKilometres: 50, type: 'distance' }], name: 'all' }], description: 'v2' }),
      )
      .changesNothing();
    book
      .given(published(1), second)
      .when(publish(examplePolicy('v1')))
      .yields(published(3, examplePolicy('v1')));
    book.given(published(1), second).when(publish({ routes })).yields(published(3, { routes }));
    book
      .given(published(1), second)
      .when(publish({ description: `${description}!`, routes }))
      .yields(published(3, { description: 'v2!', routes }));
  });

  it('refuses one with faults, and names them', () => {
    const fault = {
      path: 'routes[0].otherwise.do',
      message: 'no route follows the last one: use "backorder", "park" or "cancel"',
    };
    book
      .when(publish(examplePolicy('v1', { otherwise: { do: 'nextRoute' } })))
      .refuses('policy-invalid', { faults: [fault] });
  });
});

describe('activating a policy', () => {
  it('puts it into force at once, or at an instant, for all orders or a share of them', () => {
    book
      .given(...two)
      .when(activate(1, hour(9)))
      .yields(activated(1, hour(9)));
    book
      .given(...two)
      .when(activate(2, hour(9), { at: hour(12) }))
      .yields(activated(2, hour(12)));
    book
      .given(...two)
      .when(activate(2, hour(9), { share: 5 }))
      .yields(activated(2, hour(9), 5));
    book
      .given(...two)
      .when(activate(2, hour(9), { at: hour(9) }))
      .yields(activated(2, hour(9)));
  });

  it('knows the built-in policy as version 0', () => {
    book
      .given(...two, activated(1, hour(8)))
      .when(activate(0, hour(9)))
      .yields(activated(0, hour(9)));
    book
      .given(...two)
      .when(activate(0, hour(9)))
      .changesNothing();
  });

  it('refuses a version that is not published', () => {
    book
      .given(...two)
      .when(activate(3, hour(9)))
      .refuses('policy-unknown', { newestVersion: 2 });
    book
      .given(...two)
      .when(activate(-1, hour(9)))
      .refuses('policy-unknown');
  });

  it('refuses an instant that has passed', () => {
    book
      .given(...two)
      .when(activate(1, hour(9), { at: hour(8) }))
      .refuses('instant-passed', { now: hour(9) });
  });

  it('refuses a canary of the version that takes every order', () => {
    book
      .given(...two, activated(1, hour(8)))
      .when(activate(1, hour(9), { share: 10 }))
      .refuses('policy-in-full-force');
    book
      .given(...two)
      .when(activate(0, hour(9), { share: 10 }))
      .refuses('policy-in-full-force');
  });

  it('changes nothing when it is so already', () => {
    book
      .given(...two, activated(1, hour(8)))
      .when(activate(1, hour(9)))
      .changesNothing();
    book
      .given(...two, activated(1, hour(8), 20))
      .when(activate(1, hour(9), { share: 20 }))
      .changesNothing();
    book
      .given(...two, activated(1, hour(12)))
      .when(activate(1, hour(9), { at: hour(12) }))
      .changesNothing();
  });

  it('takes another share, another instant, or a canary of what is in full force now but may not be then, as something new', () => {
    const planned = book.given(...two, activated(1, hour(8)), activated(2, hour(12)));
    planned.when(activate(2, hour(9), { at: hour(12), share: 50 })).yields(activated(2, hour(12), 50));
    planned.when(activate(2, hour(9), { at: hour(13) })).yields(activated(2, hour(13)));
    planned.when(activate(1, hour(9), { at: hour(14), share: 10 })).yields(activated(1, hour(14), 10));
  });

  it('ends a canary by putting the version in full force once more', () => {
    const canary = [...two, activated(1, hour(8)), activated(2, hour(9), 20)];
    book
      .given(...canary)
      .when(activate(1, hour(10)))
      .yields(activated(1, hour(10)));
    book
      .given(...canary)
      .when(activate(2, hour(10), { share: 50 }))
      .yields(activated(2, hour(10), 50));
    book
      .given(...canary)
      .when(activate(2, hour(10)))
      .yields(activated(2, hour(10)));
  });
});

describe('rolling back', () => {
  const both = [...two, activated(1, hour(8)), activated(2, hour(9))];

  it('goes to the version in full force before', () => {
    book
      .given(...both)
      .when(rollBack(hour(10)))
      .yields(rolledBack(1, hour(10)));
    book
      .given(...two, activated(1, hour(8)))
      .when(rollBack(hour(10)))
      .yields(rolledBack(0, hour(10)));
  });

  it('goes a further step back each time, and never forward', () => {
    const once = [...both, rolledBack(1, hour(10))];
    book
      .given(...once)
      .when(rollBack(hour(11)))
      .yields(rolledBack(0, hour(11)));
    book
      .given(...once, rolledBack(0, hour(11)))
      .when(rollBack(hour(12)))
      .refuses('nothing-to-roll-back');
    const again = [...once, activated(2, hour(11))];
    book
      .given(...again)
      .when(rollBack(hour(12)))
      .yields(rolledBack(1, hour(12)));
  });

  it('goes from a canary to the version in full force', () => {
    book
      .given(...two, activated(1, hour(8)), activated(2, hour(9), 20))
      .when(rollBack(hour(10)))
      .yields(rolledBack(1, hour(10)));
  });

  it('goes where it is told to, also to what is in force, to stop what is to come', () => {
    book
      .given(...both)
      .when(rollBack(hour(10), 0))
      .yields(rolledBack(0, hour(10)));
    book
      .given(...both)
      .when(rollBack(hour(10), 2))
      .changesNothing();
    book
      .given(...both, activated(1, hour(20)))
      .when(rollBack(hour(10), 2))
      .yields(rolledBack(2, hour(10)));
    book
      .given(...both)
      .when(rollBack(hour(10), 7))
      .refuses('policy-unknown');
  });

  it('stops what is to come even where there is nothing to go back to', () => {
    book
      .given(...two, activated(1, hour(20)))
      .when(rollBack(hour(10)))
      .yields(rolledBack(0, hour(10)));
    book
      .given(...two)
      .when(rollBack(hour(10)))
      .refuses('nothing-to-roll-back');
  });
});
