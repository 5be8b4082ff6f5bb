/** Why a command was refused. The codes are part of the public API: never rename one. */
export const domainErrorCodes = [
  'api-key-unknown',
  'capacity-used-up',
  'channel-unknown',
  'decision-not-replayable',
  'fulfilment-holds-less',
  'fulfilment-unknown',
  'instant-passed',
  'line-unknown',
  'location-suspended',
  'location-unknown',
  'nothing-to-cancel',
  'nothing-to-roll-back',
  'order-already-dispatched',
  'order-closed',
  'order-held',
  'order-differs',
  'order-unknown',
  'policy-draft-unknown',
  'policy-in-full-force',
  'policy-invalid',
  'policy-unknown',
  'rate-card-unknown',
  'reference-reused',
  'reservation-closed',
  'simulation-unknown',
  'sourcing-run-unknown',
  'stage-out-of-order',
  'stock-below-reserved',
  'stock-below-zero',
  'stock-insufficient',
  'too-many-units',
  'tracking-differs',
] as const;

export type DomainErrorCode = (typeof domainErrorCodes)[number];

export type ErrorDetails = Readonly<Record<string, unknown>>;

/** A rule said no. `details` say which one and with what figures, so that the caller knows what to do next. */
export class DomainError extends Error {
  readonly code: DomainErrorCode;
  readonly details: ErrorDetails;

  constructor(code: DomainErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'DomainError';
    this.code = code;
    this.details = details;
  }
}
