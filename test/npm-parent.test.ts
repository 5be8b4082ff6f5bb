import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchNpmShell } from '../src/npm-parent.ts';

const STARTED = { npm_package_name: 'sourcefold', npm_lifecycle_event: 'start' };

describe('the shell that npm runs the service in', () => {
  let parent: number;
  let ended: number;

  beforeEach(() => {
    vi.useFakeTimers();
    parent = 100;
    ended = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const watch = (environment: Readonly<Record<string, string>>) =>
    watchNpmShell(
      environment,
      () => {
        ended += 1;
      },
      () => parent,
    );

  it('is missed, once, when it has ended', () => {
    watch(STARTED);
    vi.advanceTimersByTime(5_000);
    expect(ended).toBe(0);
    parent = 1;
    vi.advanceTimersByTime(5_000);
    expect(ended).toBe(1);
  });

  it('is not missed any more once the service stops by itself', () => {
    const stop = watch(STARTED);
    stop();
    parent = 1;
    vi.advanceTimersByTime(5_000);
    expect(ended).toBe(0);
  });

  it.each([
    ['no npm', {}],
    ['a script of another package, which may mean to leave it running', { ...STARTED, npm_package_name: 'shop' }],
    ['another script', { ...STARTED, npm_lifecycle_event: 'test' }],
  ])('is nobody where there is %s', (_, environment) => {
    watch(environment);
    parent = 1;
    vi.advanceTimersByTime(5_000);
    expect(ended).toBe(0);
  });
});
