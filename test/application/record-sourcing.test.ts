import { describe, expect, it } from 'vitest';
import { recordCommand } from '../../src/application/record-sourcing.ts';
import { orderDecider } from '../../src/domain/order/decide.ts';
import { kettles, planned, recordSourcing, reserved, sourcingRecord, teapots } from '../support/examples.ts';
import { orderAfter, past } from '../support/order-histories.ts';

describe('a retry that finds some of what an order waits for', () => {
  const south = planned('o1:1:south', [kettles(2)]);
  const before = [recordSourcing({ fulfilments: [south], unfilled: [teapots(5)] }), reserved(south)];

  it('takes just that off its backorder, so that the rest keeps its place in the line', () => {
    const order = orderAfter(...before);
    const { fulfilmentId: _fulfilmentId, ...plan } = planned('x', [teapots(2)], 'north');
    const command = recordCommand(
      order,
      {
        outcome: 'planned',
        fulfilments: [plan],
        unfilled: [teapots(3)],
        otherwise: { do: 'backorder' },
        record: sourcingRecord(),
      },
      { fromBackorder: order.backordered, isRetry: true },
    );
    const events = orderDecider.decide(command ?? expect.fail(), order);
    expect(events.map(({ type }) => type)).toEqual(['SourcingDecided']);
    expect(events).toMatchObject([{ data: { fromBackorder: [teapots(2)] } }]);
    const after = [...past(...before), ...events].reduce(orderDecider.evolve, orderDecider.initialState());
    expect(after).toMatchObject({ backordered: [teapots(3)] });
  });
});
