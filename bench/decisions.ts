import { demoLocations } from '../src/application/demo-locations.ts';
import { createCarriageBook } from '../src/domain/sourcing/carriage-book.ts';
import { createDispatchCalendar } from '../src/domain/sourcing/dispatch.ts';
import { comparePriority, type Network } from '../src/domain/sourcing/network.ts';
import { builtInPolicy } from '../src/domain/sourcing/policy.ts';
import {
  type SourcingDecision,
  type SourcingRequest,
  type SourcingRules,
  source,
} from '../src/domain/sourcing/source.ts';
import { createCodec } from '../src/event-store/codec.ts';
import { genesisHash } from '../src/event-store/hash-chain.ts';
import { post } from './load.ts';
import { locationIds, orderOf, setUpNetwork } from './network.ts';
import type { Figure } from './report.ts';
import { BENCH_SECRET, removeFolder, startService, temporaryFolder } from './service.ts';

const LOCATIONS = 50;
const SERVICE_PORT = 31_102;
const SKUS = ['SKU-1', 'SKU-2'];
const DECISIONS = 20_000;
const ROUNDS = 5;
const PLACED = 1_500;

const rules: SourcingRules = {
  policy: builtInPolicy,
  items: () => undefined,
  rateCards: [],
  calendar: createDispatchCalendar(),
  carriage: createCarriageBook(),
};

const network: Network = {
  logPosition: '0'.repeat(16),
  locations: locationIds(LOCATIONS)
    .flatMap((locationId, index) => {
      const profile = demoLocations[index % demoLocations.length]?.profile;
      return profile === undefined ? [] : [{ locationId, profile, suspended: false }];
    })
    .toSorted(comparePriority),
  available: SKUS.map(() => locationIds(LOCATIONS).map(() => 1_000)),
};

const requestAt = (moment: number): SourcingRequest => ({
  demand: SKUS.map((sku, index) => ({ lineId: `${index + 1}`, sku, quantity: 1, unitPrice: 1_000 })),
  destination: { country: 'GB', postcodeArea: 'LS', latitude: 53.8 + (moment % 10) / 10, longitude: -1.55 },
  excluded: [],
  now: new Date(moment * 10).toISOString(),
  order: {
    ...{ channelId: 'web', market: null, method: 'homeDelivery', priority: null, value: 2_000 },
    ...{ placedAt: new Date(moment * 10).toISOString(), deliverBy: null },
  },
});

/** The median over some rounds: microseconds of one call. */
const microseconds = (times: number, work: (index: number) => unknown): number => {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    for (let index = 0; index < times; index++) work(index);
    return ((performance.now() - started) * 1_000) / times;
  });
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
};

const planned = (decision: SourcingDecision): Extract<SourcingDecision, { outcome: 'planned' }> => {
  if (decision.outcome === 'parked') throw new Error(decision.reason);
  return decision;
};

/** What it costs to write a decision as an event, with all that it saw or with its outcome alone. */
const recording = (): { readonly whole: number; readonly bare: number; readonly bytes: number } => {
  const { fulfilments, record } = planned(source(requestAt(1), network, rules));
  const codec = createCodec({ newId: () => '00000000-0000-7000-8000-000000000000' });
  const data = {
    orderId: 'order',
    attempt: 1,
    fulfilments: fulfilments.map((one) => ({ fulfilmentId: `order:1:${one.locationId}`, ...one })),
    fromBackorder: [],
  };
  const { candidates } = record;
  const nothingSeen = Object.fromEntries(Object.keys(candidates).map((column) => [column, []]));
  const bareRecord = { ...record, candidates: { ...candidates, ...nothingSeen } };
  const encode = (seen: typeof record) =>
    codec.encode([{ type: 'SourcingDecided', data: { ...data, record: seen } }], {
      stream: 'order-order',
      version: 1,
      previousHash: genesisHash,
      metadata: {
        ...{ recordedAt: '2026-01-05T09:00:00.000Z', actor: 'key', channel: 'web' },
        ...{ commandId: 'command', correlationId: 'correlation', causationId: 'causation' },
      },
    });
  return {
    whole: microseconds(DECISIONS, () => encode(record)),
    bare: microseconds(DECISIONS, () => encode(bareRecord)),
    bytes: encode(record).reduce((sum, one) => sum + one.data.length, 0),
  };
};

const placingAlone = async (): Promise<number> => {
  const service = await startService(SERVICE_PORT, temporaryFolder());
  await setUpNetwork(service.url, LOCATIONS, () => SKUS);
  const body = () => orderOf(SKUS);
  const load = { url: service.url, secret: BENCH_SECRET, body, connections: 1 };
  await post({ ...load, amount: PLACED });
  const { perSecond } = await post({ ...load, amount: PLACED });
  await service.stop();
  removeFolder(service.dataDir);
  return 1e6 / perSecond;
};

/** What deciding and recording take of an order, at 50 locations that hold everything. */
export const benchDecisions = async (): Promise<readonly Figure[]> => {
  const deciding = microseconds(DECISIONS, (index) => source(requestAt(index), network, rules));
  const { whole, bare, bytes } = recording();
  const placing = await placingAlone();
  return [
    { name: 'deciding, runner-up included', value: deciding, unit: 'µs' },
    { name: 'writing the decision down, hash included', value: whole, unit: 'µs' },
    { name: 'the same without what it saw', value: bare, unit: 'µs' },
    { name: 'what a decision is recorded in', value: bytes, unit: 'bytes' },
    { name: 'placing an order, one at a time', value: placing, unit: 'µs' },
    { name: 'share of sourcing', value: (100 * deciding) / placing, unit: '%', goal: { max: 20 } },
    { name: 'share of recording what was seen', value: (100 * (whole - bare)) / placing, unit: '%' },
  ];
};
