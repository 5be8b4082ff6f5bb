import { DomainError } from '../error.ts';
import type { Instant } from '../values.ts';
import type { Fulfilment, LineUnits, OrderEvent, PlacedOrder } from './order.ts';
import { sameUnits } from './units.ts';

type OfFulfilment<Data = unknown> = { readonly orderId: string; readonly fulfilmentId: string } & Data;

export type StageCommand =
  | { readonly type: 'PickFulfilment'; readonly data: OfFulfilment }
  /** The picker found less: `missing` names the units by line or by SKU; absent, none was found. */
  | {
      readonly type: 'ShortPickFulfilment';
      readonly data: OfFulfilment<{ readonly missing?: readonly MissingUnits[]; readonly at: Instant }>;
    }
  | { readonly type: 'PackFulfilment'; readonly data: OfFulfilment }
  | {
      readonly type: 'DispatchFulfilment';
      readonly data: OfFulfilment<{ readonly carrier: string; readonly trackingNumber: string }>;
    }
  | { readonly type: 'DeliverFulfilment'; readonly data: OfFulfilment }
  | {
      readonly type: 'RejectFulfilment';
      readonly data: OfFulfilment<{ readonly reason: string; readonly at: Instant }>;
    };

export type MissingUnits = { readonly lineId?: string; readonly sku?: string; readonly quantity: number };

const stageCommands: ReadonlySet<string> = new Set<StageCommand['type']>([
  'PickFulfilment',
  'ShortPickFulfilment',
  'PackFulfilment',
  'DispatchFulfilment',
  'DeliverFulfilment',
  'RejectFulfilment',
]);

export const isStageCommand = (command: { readonly type: string }): command is StageCommand =>
  stageCommands.has(command.type);

const sequence = ['reserved', 'picked', 'packed', 'dispatched', 'delivered'];

/** Moves one fulfilment along: reserved, picked, packed, dispatched, delivered; or gives it back to sourcing. */
export const decideStage = (command: StageCommand, order: PlacedOrder): readonly OrderEvent[] => {
  const fulfilment = order.fulfilments.find(({ fulfilmentId }) => fulfilmentId === command.data.fulfilmentId);
  if (fulfilment === undefined) {
    throw new DomainError('fulfilment-unknown', `This order has no fulfilment ${command.data.fulfilmentId}.`);
  }
  const { orderId } = order;
  const { fulfilmentId, locationId } = fulfilment;
  const named = { orderId, fulfilmentId, locationId };
  switch (command.type) {
    case 'PickFulfilment':
      return step(order, fulfilment, 'picked') ? [{ type: 'FulfilmentPicked', data: named }] : [];
    case 'PackFulfilment':
      return step(order, fulfilment, 'packed') ? [{ type: 'FulfilmentPacked', data: named }] : [];
    case 'DispatchFulfilment':
      return dispatch(command.data, order, fulfilment);
    case 'DeliverFulfilment':
      return step(order, fulfilment, 'delivered') ? [{ type: 'FulfilmentDelivered', data: named }] : [];
    case 'ShortPickFulfilment':
      return shortPick(command.data, order, fulfilment);
    case 'RejectFulfilment':
      return reject(command.data, order, fulfilment);
  }
};

/** True when the fulfilment may enter the stage now; false when it has already been there. */
const step = (order: PlacedOrder, fulfilment: Fulfilment, stage: string): boolean => {
  const now = sequence.indexOf(fulfilment.status);
  const next = sequence.indexOf(stage);
  if (now >= next) return false;
  if (now !== next - 1) throw outOfOrder(fulfilment, stage);
  if (order.held && stage !== 'delivered')
    throw new DomainError('order-held', 'This order is on hold. Release it first.');
  return true;
};

const outOfOrder = ({ fulfilmentId, status }: Fulfilment, stage: string): DomainError =>
  new DomainError('stage-out-of-order', `Fulfilment ${fulfilmentId} is ${status} and cannot become ${stage}.`, {
    fulfilmentId,
    stage: status,
    wanted: stage,
  });

const dispatch = (
  { carrier, trackingNumber }: { carrier: string; trackingNumber: string },
  order: PlacedOrder,
  fulfilment: Fulfilment,
): readonly OrderEvent[] => {
  const { fulfilmentId, locationId, lines, shipment } = fulfilment;
  if (!step(order, fulfilment, 'dispatched')) {
    if (shipment?.carrier === carrier && shipment.trackingNumber === trackingNumber) return [];
    throw new DomainError(
      'tracking-differs',
      `Fulfilment ${fulfilmentId} was dispatched with another tracking number.`,
      { shipment },
    );
  }
  const { orderId, channelId, destination } = order;
  const data = {
    orderId,
    fulfilmentId,
    locationId,
    channelId,
    country: destination.country,
    carrier,
    trackingNumber,
    lines,
  };
  return [{ type: 'FulfilmentDispatched', data }];
};

const shortPick = (
  { orderId, missing: asked, at }: Extract<StageCommand, { type: 'ShortPickFulfilment' }>['data'],
  order: PlacedOrder,
  fulfilment: Fulfilment,
): readonly OrderEvent[] => {
  if (isShortPickedSo(asked, fulfilment)) return [];
  if (!step(order, fulfilment, 'picked')) throw outOfOrder(fulfilment, 'short-picked');
  const missing = asked === undefined ? fulfilment.lines : shareOut(asked, fulfilment.lines);
  const named = { orderId, fulfilmentId: fulfilment.fulfilmentId, locationId: fulfilment.locationId };
  return missing.length === 0
    ? [{ type: 'FulfilmentPicked', data: named }]
    : [{ type: 'FulfilmentShortPicked', data: { ...named, missing, at } }];
};

/** The same short pick said again; `asked` undefined: that nothing was found. */
const isShortPickedSo = (
  asked: readonly MissingUnits[] | undefined,
  { status, lines, missing }: Fulfilment,
): boolean => {
  if (missing === undefined) return false;
  if (asked === undefined) return status === 'cancelled' && sameUnits(missing, lines);
  const { taken, lacking } = take(asked, missing);
  return lacking.length === 0 && sameUnits(taken, missing);
};

const reject = (
  { reason, at }: Extract<StageCommand, { type: 'RejectFulfilment' }>['data'],
  { orderId }: PlacedOrder,
  fulfilment: Fulfilment,
): readonly OrderEvent[] => {
  const { fulfilmentId, locationId, status } = fulfilment;
  if (status === 'rejected') return [];
  if (status !== 'reserved' && status !== 'picked' && status !== 'packed') throw outOfOrder(fulfilment, 'rejected');
  return [{ type: 'FulfilmentRejected', data: { orderId, fulfilmentId, locationId, reason, at } }];
};

const shareOut = (asked: readonly MissingUnits[], lines: readonly LineUnits[]): readonly LineUnits[] => {
  const { taken, lacking } = take(asked, lines);
  const [first] = lacking;
  if (first === undefined) return taken;
  const held = lines.filter((line) => isMeant(first, line)).reduce((sum, { quantity }) => sum + quantity, 0);
  if (held === 0) throw new DomainError('line-unknown', 'The fulfilment holds no such units.', { ...first });
  throw new DomainError('fulfilment-holds-less', 'The fulfilment does not hold so many of these units.', {
    ...first,
    held,
  });
};

const isMeant = (one: MissingUnits, { lineId, sku }: LineUnits): boolean =>
  (one.lineId ?? lineId) === lineId && (one.sku ?? sku) === sku;

/** The lines' units that are asked for, by line or by SKU, and which of the demands they are too few for. */
const take = (asked: readonly MissingUnits[], lines: readonly LineUnits[]) => {
  const left = new Map(lines.map(({ lineId, quantity }) => [lineId, quantity]));
  const taken: LineUnits[] = [];
  const lacking: MissingUnits[] = [];
  for (const one of asked) {
    let open = one.quantity;
    for (const line of lines) {
      if (!isMeant(one, line)) continue;
      const here = Math.min(open, left.get(line.lineId) ?? 0);
      if (here === 0) continue;
      open -= here;
      left.set(line.lineId, (left.get(line.lineId) ?? 0) - here);
      taken.push({ ...line, quantity: here });
    }
    if (open > 0) lacking.push(one);
  }
  return { taken, lacking };
};
