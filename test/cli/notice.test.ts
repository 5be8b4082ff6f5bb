import { describe, expect, it } from 'vitest';
import { noticeOf } from '../../src/cli/notice.ts';
import { BuildSuperseded } from '../../src/projections/claim.ts';

describe('the sentence for an error', () => {
  it('says that another build goes on', () => {
    expect(noticeOf(new BuildSuperseded('orders'))).toBe(
      'Another build of orders has begun since. It goes on; this one has ended, and changed nothing.',
    );
  });

  it('is none where the mistake is ours', () => {
    expect(noticeOf(new TypeError('x is not a function'))).toBe(null);
  });
});
