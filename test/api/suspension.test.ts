import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsAnswer } from '../../src/api/answers.ts';
import { setUp } from '../support/api-examples.ts';
import { type RunningService, startService } from '../support/running-service.ts';

describe('suspending a stock location', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
    await setUp(running.admin, { leeds: 1, york: 1 });
  });

  afterAll(() => running.stopAndRemove());

  const reasons = async (): Promise<unknown[]> => {
    const { items } = (await running.admin.get('/v1/events?limit=200')).as(eventsAnswer);
    return items
      .filter(({ type }) => type === 'LocationSuspended')
      .map(({ data }) => Reflect.get(Object(data), 'reason'));
  };

  it('needs no reason, and records the one that is given', async () => {
    const bare = await running.admin.post('/v1/stock-locations/leeds/suspend');
    const told = await running.admin.post('/v1/stock-locations/york/suspend', { reason: 'Flood' });
    expect([bare.status, told.status]).toEqual([200, 200]);
    expect((await reasons()).toSorted()).toEqual(['Flood', 'not stated']);
  });
});
