import { type ApiKey, type ApiKeyCommand, type ApiKeyEvent, apiKeyDecider } from '../domain/api-key.ts';
import { type Channel, type ChannelCommand, type ChannelEvent, channelDecider } from '../domain/channel.ts';
import { type ItemCommand, type ItemEvent, itemDecider, type KnownItem } from '../domain/item.ts';
import { type OrderCommand, orderDecider } from '../domain/order/decide.ts';
import type { Order, OrderEvent } from '../domain/order/order.ts';
import { type PolicyBookCommand, policyBookDecider } from '../domain/policy-book/decide.ts';
import type { PolicyBook, PolicyBookEvent } from '../domain/policy-book/policy-book.ts';
import {
  type PolicyDraft,
  type PolicyDraftCommand,
  type PolicyDraftEvent,
  policyDraftDecider,
} from '../domain/policy-draft.ts';
import { type KnownRateCard, type RateCardCommand, type RateCardEvent, rateCardDecider } from '../domain/rate-card.ts';
import { simulationDecider } from '../domain/simulation.ts';
import { sourcingRunDecider } from '../domain/sourcing-run.ts';
import { type StockLocationCommand, stockLocationDecider } from '../domain/stock-location/decide.ts';
import {
  copyStockLocation,
  STOCK_LOCATION_SNAPSHOT,
  stockLocationFromParts,
  stockLocationSize,
  stockLocationToParts,
} from '../domain/stock-location/snapshot.ts';
import type { StockLocation, StockLocationEvent } from '../domain/stock-location/stock-location.ts';
import { type Codec, createCodec } from '../event-store/codec.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { createReadModels, type ReadModels } from '../projections/read-models.ts';
import type { ReadStore } from '../projections/read-store.ts';
import { type AvailabilityIndex, createAvailabilityIndex } from './availability.ts';
import type { DependentAppend } from './dependent-append.ts';
import { createDirectory, type Directory } from './directory.ts';
import { type DryRun, type DryRunResult, decideDryRun } from './dry-run.ts';
import { createExecutor, type Executor } from './execute.ts';
import { type Explained, type Explaining, explainHere, isSmall } from './explaining.ts';
import { createFulfilmentProcess, type FulfilmentProcess } from './fulfilment-process.ts';
import { CUSTOMER_KEYS, createPersonalDataVault, makeOnce, type PersonalDataVault, SECRETS } from './personal-data.ts';
import { createSimulationDesk, SIMULATION_RESULTS, type SimulationDesk } from './simulation/desk.ts';
import { type RunSimulation, simulateHere } from './simulation/run.ts';
import { SIMULATION_STATES } from './simulation/running-simulations.ts';
import { createSnapshots, SNAPSHOTS } from './snapshots.ts';
import { createSourcingDesk, type SourcingDesk } from './sourcing.ts';
import { createSourcingRunDesk, SOURCING_RUN_PULSES, type SourcingRunDesk } from './sourcing-runs.ts';
import { createViewProgress, type ViewProgress } from './view-progress.ts';

export type ServiceDependencies = {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  /** Small durable documents: customer keys, secrets, answers to idempotent requests. */
  readonly vault: ReadStore;
  readonly appendOn?: DependentAppend;
  readonly now: () => Date;
  /** UUIDs in order of time (version 7): the log's index of ids grows at one end only. */
  readonly newId: () => string;
  /** Where it may take long without keeping anybody waiting. Absent: in the thread that asks. */
  readonly dryRun?: (job: DryRun) => Promise<DryRunResult>;
  /** Likewise, for what is not small. */
  readonly explain?: (job: Explaining) => Promise<Explained>;
  /** Likewise. */
  readonly simulate?: RunSimulation;
  readonly onConflict: () => void;
  readonly onError: (error: unknown) => void;
};

/** Everything commands and queries work with, wired together and doing nothing by itself. */
export type Service = Omit<ServiceDependencies, 'dryRun' | 'explain' | 'simulate'> & {
  readonly codec: Codec;
  readonly orders: Executor<Order, OrderCommand, OrderEvent>;
  readonly locations: Executor<StockLocation, StockLocationCommand, StockLocationEvent>;
  readonly channels: Executor<Channel, ChannelCommand, ChannelEvent>;
  readonly apiKeys: Executor<ApiKey, ApiKeyCommand, ApiKeyEvent>;
  readonly items: Executor<KnownItem, ItemCommand, ItemEvent>;
  readonly rateCards: Executor<KnownRateCard, RateCardCommand, RateCardEvent>;
  readonly policyBook: Executor<PolicyBook, PolicyBookCommand, PolicyBookEvent>;
  readonly policyDrafts: Executor<PolicyDraft, PolicyDraftCommand, PolicyDraftEvent>;
  readonly availability: AvailabilityIndex;
  readonly directory: Directory;
  /** How far availability and directory have followed the log. */
  readonly viewProgress: ViewProgress;
  readonly sourcing: SourcingDesk;
  readonly dryRun: (job: DryRun) => Promise<DryRunResult>;
  readonly explain: (job: Explaining) => Promise<Explained>;
  readonly simulations: SimulationDesk;
  readonly sourcingRuns: SourcingRunDesk;
  readonly process: FulfilmentProcess;
  readonly personalData: PersonalDataVault;
  readonly readModels: ReadModels;
  /** Signs the cursors of lists, on every node alike. */
  readonly cursorSecret: Buffer;
};

const CACHED_ORDERS = 500;
const CACHED_LOCATIONS = 2_000;
const CACHED_CONFIGURATION = 1_000;
const CACHED_SIMULATIONS = 20;
const CACHED_RUNS = 20;
const EVENTS_PER_SNAPSHOT = 2_000;

export const createService = async (dependencies: ServiceDependencies): Promise<Service> => {
  const { eventStore, readStore, vault, appendOn, newId, onConflict, onError } = dependencies;
  await vault.ensure(CUSTOMER_KEYS);
  await vault.ensure(SECRETS);
  await vault.ensure(SNAPSHOTS);
  await vault.ensure(SIMULATION_RESULTS);
  await vault.ensure(SIMULATION_STATES);
  await vault.ensure(SOURCING_RUN_PULSES);
  const codec = createCodec({ newId });
  const common = { eventStore, appendOn, codec, now: () => dependencies.now().toISOString(), onConflict };
  const snapshots = createSnapshots<StockLocation>({
    store: vault,
    eventStore,
    format: STOCK_LOCATION_SNAPSHOT,
    every: EVENTS_PER_SNAPSHOT,
    sizeOf: stockLocationSize,
    toParts: stockLocationToParts,
    fromParts: stockLocationFromParts,
    onError,
  });
  const orders = createExecutor({ ...common, decider: orderDecider, cacheSize: CACHED_ORDERS });
  const locations = createExecutor({
    ...common,
    decider: stockLocationDecider,
    cacheSize: CACHED_LOCATIONS,
    snapshots,
    copy: copyStockLocation,
  });
  const availability = createAvailabilityIndex();
  const directory = createDirectory();
  const sourcing = createSourcingDesk({ availability, directory, now: dependencies.now });
  const process = createFulfilmentProcess({ orders, locations, newId, source: sourcing.sourceOrder });
  const readModels = createReadModels({ readStore });
  const runs = createExecutor({ ...common, decider: sourcingRunDecider, cacheSize: CACHED_RUNS });
  return {
    ...dependencies,
    codec,
    orders,
    locations,
    channels: createExecutor({ ...common, decider: channelDecider, cacheSize: CACHED_CONFIGURATION }),
    apiKeys: createExecutor({ ...common, decider: apiKeyDecider, cacheSize: CACHED_CONFIGURATION }),
    items: createExecutor({ ...common, decider: itemDecider, cacheSize: CACHED_CONFIGURATION }),
    rateCards: createExecutor({ ...common, decider: rateCardDecider, cacheSize: CACHED_CONFIGURATION }),
    policyBook: createExecutor({ ...common, decider: policyBookDecider, cacheSize: 1 }),
    policyDrafts: createExecutor({ ...common, decider: policyDraftDecider, cacheSize: CACHED_CONFIGURATION }),
    availability,
    directory,
    viewProgress: createViewProgress(),
    sourcing,
    dryRun: dependencies.dryRun ?? (async (job) => decideDryRun(job)),
    explain: async (job) =>
      dependencies.explain === undefined || isSmall(job) ? explainHere(job) : dependencies.explain(job),
    simulations: createSimulationDesk({
      ...dependencies,
      simulations: createExecutor({ ...common, decider: simulationDecider, cacheSize: CACHED_SIMULATIONS }),
      run: dependencies.simulate ?? simulateHere({ eventStore, codec }),
    }),
    process,
    sourcingRuns: createSourcingRunDesk({ ...dependencies, runs, orders, process, sourcing, readModels }),
    personalData: await createPersonalDataVault(vault, { keysGoAlong: appendOn !== undefined }),
    readModels,
    cursorSecret: await makeOnce(vault, SECRETS.name, 'cursors'),
  };
};
