import { DomainError } from '../domain/error.ts';
import type { OrderCommand, ReservationOutcome } from '../domain/order/decide.ts';
import { nextStep, type reservationInDoubt, reservationToKeep, type Step } from '../domain/order/next-step.ts';
import { type LineUnits, type Order, type OrderEvent, orderStream, type PlacedOrder } from '../domain/order/order.ts';
import type { StockLocationCommand } from '../domain/stock-location/decide.ts';
import type { ReleaseCause, StockLocation, StockLocationEvent } from '../domain/stock-location/stock-location.ts';
import { stockLocationStream } from '../domain/stock-location/stock-location.ts';
import { mergeBySku, type SkuQuantity } from '../domain/values.ts';
import { BriefMap } from '../event-store/brief-map.ts';
import { GroundsMissing } from '../event-store/event-store.ts';
import type { Ahead, CommandContext, Executed, ExecuteOptions, Executor, FollowUp } from './execute.ts';
import { assertExpected } from './execute-errors.ts';
import { recordCommand } from './record-sourcing.ts';
import type { OrderOptions, SourcingDesk } from './sourcing.ts';

export type FulfilmentProcess = {
  /** Does whatever the order needs next until nothing is left to do, and answers how it stands then. `known` saves a read. */
  readonly advance: (orderId: string, cause: StepContext, known?: Settled) => Promise<Settled>;
  /**
   * As `advance`, for an order whose sourcing is only on its way to the log: the locations are asked at once, and what they
   * do rests on it. Null: there is nothing to ask of them.
   */
  readonly goAhead: (orderId: string, cause: StepContext, ahead: Ahead<Order>) => Promise<Settled> | null;
  /** The sourcing of an order that is just being placed, to be recorded in the same append. */
  readonly firstSourcing: (order: Order, cause: StepContext) => FollowUp<OrderCommand> | null;
  /** True when this process has seen the order at this version or later and it needs nothing. Looks at memory only. */
  readonly isAtRest: (orderId: string, version: number) => boolean;
  /** Tries again to find stock for units on backorder. Does nothing when there is none. */
  readonly retryBackorder: (orderId: string, cause: StepContext, options?: RetryOptions) => Promise<void>;
  /** Gives back what a reservation holds beyond the order's need. `reserved`: what it was seen to hold, where known. */
  readonly reconcile: (
    reservation: ReservationInDoubt,
    reserved: readonly SkuQuantity[] | null,
    cause: StepContext,
  ) => Promise<void>;
};

export type ReservationInDoubt = NonNullable<ReturnType<typeof reservationInDoubt>>;

export type StepContext = Omit<CommandContext, 'commandId'>;

/** `mostAttempts`: an order that was sourced so often is left alone. */
export type RetryOptions = OrderOptions & { readonly mostAttempts?: number; readonly asked?: Asked };

/** By a request: under its own ids, and only on what its caller has seen. */
export type Asked = Pick<ExecuteOptions<Order, OrderCommand>, 'expectedVersions' | 'repetition'> & {
  readonly context: CommandContext;
};

export type Settled = Pick<Executed<Order, OrderEvent>, 'state' | 'version' | 'position'>;

export type ProcessDependencies = {
  readonly orders: Executor<Order, OrderCommand, OrderEvent>;
  readonly locations: Executor<StockLocation, StockLocationCommand, StockLocationEvent>;
  readonly source: SourcingDesk['sourceOrder'];
  readonly newId: () => string;
};

/** More steps than any order can need: past it, something is wrong, and the error says so. */
const MOST_STEPS = 200;

export const createFulfilmentProcess = ({
  orders,
  locations,
  source,
  newId,
}: ProcessDependencies): FulfilmentProcess => {
  const underWay = new BriefMap<string, Promise<Settled>>();

  const tell = (orderId: string, command: OrderCommand, cause: StepContext, after: readonly string[] = []) =>
    orders.execute(
      orderStream(orderId),
      command,
      { ...cause, commandId: newId() },
      { grounds: { after, documents: [] } },
    );

  const ask = (
    command: StockLocationCommand,
    cause: StepContext,
    options?: ExecuteOptions<StockLocation, StockLocationCommand>,
  ) =>
    locations.execute(stockLocationStream(command.data.locationId), command, { ...cause, commandId: newId() }, options);

  /**
   * Answers as soon as what the location does is on its way to the log, with the event that tells it: should the log refuse
   * that, it refuses what rests on it, too. Answers null once all is durable.
   */
  const askAhead = (
    command: StockLocationCommand,
    cause: StepContext,
    after: readonly string[],
  ): Promise<string | null> =>
    new Promise((resolve, reject) => {
      const options = {
        grounds: { after, documents: [] },
        onHandedOver: ({ eventId }: Ahead<StockLocation>) => resolve(eventId),
      };
      ask(command, cause, options).then(() => resolve(null), reject);
    });

  /** The command that records what sourcing decides for the demand; null: a retry that found nothing. */
  const sourcingCommand = (
    order: PlacedOrder,
    demand: readonly LineUnits[],
    fromBackorder: readonly LineUnits[] = [],
    options: OrderOptions = {},
  ): OrderCommand | null =>
    recordCommand(order, source(order, demand, options), { fromBackorder, isRetry: fromBackorder.length > 0 });

  const record = async (order: PlacedOrder, command: OrderCommand | null, cause: StepContext) =>
    command === null ? null : tell(order.orderId, command, cause);

  /** Null: nothing waits, nothing may be sourced now, or there is still nothing for it. */
  const retryCommand = (order: Order, options: RetryOptions): OrderCommand | null => {
    const { mostAttempts = Number.POSITIVE_INFINITY, everywhere = false } = options;
    if (order.status !== 'open' || order.held || order.parked !== null) return null;
    if (order.backordered.length === 0 || order.attempts >= mostAttempts) return null;
    return sourcingCommand(order, order.backordered, order.backordered, { everywhere });
  };

  const firstSourcing: FulfilmentProcess['firstSourcing'] = (order, cause) => {
    const step = nextStep(order);
    if (order.status === 'unplaced' || step?.type !== 'source') return null;
    const command = sourcingCommand(order, step.demand);
    return command === null ? null : { command, context: { ...cause, commandId: newId() } };
  };

  const reserve = async (
    order: PlacedOrder,
    step: Extract<Step, { type: 'reserve' }>,
    cause: StepContext,
    after: readonly string[] = [],
  ): Promise<Settled> => {
    const { orderId } = order;
    const reservations: string[] = [];
    const outcomes = await Promise.all(
      step.fulfilments.map(async (fulfilment): Promise<ReservationOutcome> => {
        const { fulfilmentId, locationId, lines, dispatchDay: day, withinCapacity } = fulfilment;
        const slot = day === undefined ? {} : { day, withinCapacity: withinCapacity === true };
        try {
          const data = { locationId, fulfilmentId, orderId, lines: mergeBySku(lines), ...slot };
          const eventId = await askAhead({ type: 'ReserveStock', data }, cause, after);
          if (eventId !== null) reservations.push(eventId);
          return { fulfilmentId, lines, reserved: true };
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          return { fulfilmentId, lines, reserved: false, code: error.code, shortSkus: shortSkus(error) };
        }
      }),
    );
    return tell(orderId, { type: 'RecordReservations', data: { orderId, outcomes } }, cause, reservations);
  };

  const settleStock = async (
    order: PlacedOrder,
    { pending }: Extract<Step, { type: 'settleStock' }>,
    cause: StepContext,
  ): Promise<Settled> => {
    const { orderId } = order;
    const { fulfilmentId, locationId, effect, keep } = pending;
    const named = { locationId, fulfilmentId, orderId };
    const lines = mergeBySku(keep);
    if (effect === 'issue') await ask({ type: 'IssueStock', data: named }, cause);
    else if (effect === 'writeOff') await ask({ type: 'RecordShortPick', data: { ...named, lines } }, cause);
    else await ask({ type: 'ReleaseReservation', data: { ...named, lines, ...why(order, fulfilmentId) } }, cause);
    return tell(orderId, { type: 'SettleStock', data: { orderId, fulfilmentId, effect, keep } }, cause);
  };

  const giveUp = (order: PlacedOrder, { lines }: Extract<Step, { type: 'giveUp' }>, cause: StepContext) => {
    const { orderId } = order;
    const decision = source(order, lines);
    const otherwise = decision.outcome === 'planned' ? { otherwise: decision.otherwise } : {};
    const data = { orderId, reason: 'attempts-used-up', ...otherwise };
    return tell(orderId, { type: 'GiveUpSourcing', data }, cause);
  };

  const take = async (order: PlacedOrder, step: Step, cause: StepContext): Promise<Settled | null> => {
    switch (step.type) {
      case 'settleStock':
        return settleStock(order, step, cause);
      case 'reserve':
        return reserve(order, step, cause);
      case 'source':
        return record(order, sourcingCommand(order, step.demand), cause);
      case 'giveUp':
        return giveUp(order, step, cause);
    }
  };

  const run = async (orderId: string, cause: StepContext, known?: Settled): Promise<Settled> => {
    let settled: Settled = known ?? (await orders.load(orderStream(orderId)));
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const step = nextStep(settled.state);
      if (step === null || settled.state.status === 'unplaced') return settled;
      try {
        settled = (await take(settled.state, step, cause)) ?? settled;
      } catch (error) {
        if (!(error instanceof GroundsMissing)) throw error;
        settled = await orders.load(orderStream(orderId));
      }
    }
    throw new Error(`order ${orderId} did not come to rest within ${MOST_STEPS} steps`);
  };

  const track = (orderId: string, work: Promise<Settled>): Promise<Settled> => {
    const started = work.finally(() => {
      if (underWay.get(orderId) === started) underWay.delete(orderId);
    });
    underWay.set(orderId, started);
    return started;
  };

  const advance: FulfilmentProcess['advance'] = async (orderId, cause, known) => {
    const earlier = underWay.get(orderId);
    // A run under way may have looked at the order before the caller's change: wait for it, then look again.
    if (earlier !== undefined) {
      await earlier.catch(() => undefined);
      return advance(orderId, cause);
    }
    return track(orderId, run(orderId, cause, known));
  };

  const goAhead: FulfilmentProcess['goAhead'] = (orderId, cause, { state, eventId }) => {
    const step = nextStep(state);
    if (state.status === 'unplaced' || step?.type !== 'reserve') return null;
    const reserved = reserve(state, step, cause, [eventId]);
    return track(
      orderId,
      reserved.then((settled) => run(orderId, cause, settled)),
    );
  };

  const isAtRest: FulfilmentProcess['isAtRest'] = (orderId, version) => {
    const known = orders.peek(orderStream(orderId));
    return known !== undefined && known.version >= version && nextStep(known.state) === null;
  };

  return {
    advance,
    goAhead,
    firstSourcing,
    isAtRest,
    retryBackorder: async (orderId, cause, options = {}) => {
      const { asked } = options;
      const { state, version } = await advance(orderId, cause);
      const command = retryCommand(state, options);
      if (state.status === 'unplaced' || command === null) {
        // An earlier attempt at this request may have left nothing to do.
        if (asked?.repetition?.() !== 'likely') assertExpected(version, asked?.expectedVersions);
        return;
      }
      // What came free may have been another channel's.
      const own = { ...cause, channel: state.channelId };
      const { context = { ...own, commandId: newId() }, ...expected } = asked ?? {};
      const recorded = await orders.execute(
        orderStream(orderId),
        command,
        { ...context, channel: state.channelId },
        expected,
      );
      await advance(orderId, own, recorded);
    },
    reconcile: async ({ fulfilmentId, locationId, orderId }, reserved, cause) => {
      const known = orders.peek(orderStream(orderId));
      const { state } = known !== undefined && nextStep(known.state) === null ? known : await advance(orderId, cause);
      const keep = reservationToKeep(state, fulfilmentId);
      if (keep === null) return;
      const kept = mergeBySku(keep);
      const most = new Map(kept.map(({ sku, quantity }) => [sku, quantity]));
      if (reserved?.every(({ sku, quantity }) => quantity <= (most.get(sku) ?? 0)) === true) return;
      const data = { locationId, fulfilmentId, orderId, lines: kept, ...why(state, fulfilmentId) };
      await ask({ type: 'ReleaseReservation', data }, cause);
    },
  };
};

/** A location is told when it gives units back because it rejected them. */
const why = (order: Order, fulfilmentId: string): { readonly cause?: ReleaseCause } => {
  const fulfilments = order.status === 'unplaced' ? [] : order.fulfilments;
  const isRejected = fulfilments.some((one) => one.fulfilmentId === fulfilmentId && one.status === 'rejected');
  return isRejected ? { cause: 'rejected' } : {};
};

const shortSkus = (error: DomainError): readonly string[] => {
  const { shortages } = error.details as { shortages?: readonly { sku: string }[] };
  return error.code === 'stock-insufficient' && shortages !== undefined ? shortages.map(({ sku }) => sku) : [];
};
