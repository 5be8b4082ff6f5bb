import { DomainError, type DomainErrorCode, domainErrorCodes } from '../domain/error.ts';
import { type EdgeCode, edgeProblems, problemOf } from './problem.ts';

type Advice = { readonly meaning: string; readonly next: string };

const SAME_AGAIN =
  'Send the same request again after a moment, with growing pauses, and with the same Idempotency-Key.';
const READ_ORDER = 'Read the order to see how it stands now.';

const edgeAdvice: Readonly<Record<EdgeCode, Advice>> = {
  'request-invalid': {
    meaning: 'The request does not have the documented shape. Nothing was done.',
    next: '`errors` names each wrong field and what is wrong with it. Correct them and send the request again.',
  },
  'request-malformed': {
    meaning:
      'What came is not HTTP as RFC 9112 has it, or has no Host. Nothing was done, and the connection is closed.',
    next: 'Send it by an HTTP client that does this for you, or correct the one that you wrote.',
  },
  'cursor-invalid': {
    meaning: 'The cursor was not given out by this service, or for another query or another API key.',
    next: 'Pass `nextCursor` unchanged, with the same query as the page before, or begin again without a cursor.',
  },
  'precondition-invalid': {
    meaning: 'If-Match or If-None-Match does not hold entity tags as RFC 9110 writes them.',
    next: 'Send the ETag as you got it, quotes included, such as "7".',
  },
  'idempotency-key-invalid': {
    meaning: 'The Idempotency-Key is empty, too long, or holds other than printable ASCII characters.',
    next: 'Use a UUID, or any other 1 to 255 printable characters.',
  },
  'authentication-required': {
    meaning: 'The request carries no API key, or one that is unknown or was revoked.',
    next: 'Send `Authorization: Bearer <API key>`. An admin can issue a new key.',
  },
  'not-allowed': {
    meaning: 'The API key is valid, but its role or its channel may not do this.',
    next: 'Use a key with one of the roles that the operation names.',
  },
  'route-unknown': { meaning: 'No resource has this path.', next: 'Compare the path with the API documentation.' },
  'not-found': {
    meaning: 'There is no such thing, or this API key may not see it.',
    next: 'Check the id, and that the key belongs to the channel or the location.',
  },
  'method-not-allowed': {
    meaning: 'The path exists, but not with this method.',
    next: 'The `Allow` header lists the methods.',
  },
  'request-too-slow': {
    meaning: 'The headers or the body took too long to come. Nothing was done, and the connection is closed.',
    next: SAME_AGAIN,
  },
  'idempotency-key-in-use': {
    meaning: 'The first request with this Idempotency-Key has not ended yet.',
    next: 'Wait a moment and send it again: it then gets the answer of the first one.',
  },
  'version-mismatch': {
    meaning: 'It is at another version than `If-Match` asks for. Nothing was changed.',
    next: 'Read it again, look at what changed, and repeat your change with the new ETag if it still makes sense.',
  },
  'request-too-large': {
    meaning: 'The body is larger than 1 MiB (32 MiB for a dry run), or the policies that it names are, together.',
    next: 'Divide it into several requests, such as receipts of at most 2,000 lines.',
  },
  'media-type-unsupported': {
    meaning: 'The body is not declared as JSON in UTF-8, or it is compressed.',
    next: 'Send `Content-Type: application/json` and no `Content-Encoding`.',
  },
  'expectation-unknown': {
    meaning: 'The request has an `Expect` that this service does not know. Nothing was done.',
    next: 'Leave `Expect` out, or send `100-continue`.',
  },
  'idempotency-key-reused': {
    meaning: 'This Idempotency-Key was used with another method, path or body. Nothing was done.',
    next: 'Use a new key for each new request.',
  },
  'headers-too-large': {
    meaning: 'All headers together are larger than 16 KiB. Nothing was done, and the connection is closed.',
    next: 'Leave out cookies and other headers that the service has no use for.',
  },
  'internal-error': {
    meaning: 'Something went wrong on our side. It was logged.',
    next: SAME_AGAIN,
  },
  'stream-unreadable': {
    meaning: 'Part of the history was written by a newer release, or is damaged. Nothing was changed.',
    next: 'Run the newest release; the `verify` command tells whether the log is intact.',
  },
  'store-unavailable': { meaning: 'The event log does not answer now.', next: SAME_AGAIN },
  'read-store-unavailable': { meaning: 'The read models do not answer now. Commands go on working.', next: SAME_AGAIN },
  'timed-out': {
    meaning: 'A store took too long to answer. What was asked may or may not be done, now or in a moment.',
    next: SAME_AGAIN,
  },
  'read-model-behind': {
    meaning: 'The read model has not reached `minPosition` in time. `position` says how far it is.',
    next: 'Ask again after a moment, or leave `minPosition` out if an older answer will do.',
  },
};

const domainAdvice: Readonly<Record<DomainErrorCode, Advice>> = {
  'api-key-unknown': { meaning: 'There is no API key with this id.', next: 'List the API keys to see their ids.' },
  'capacity-used-up': {
    meaning: 'The location has promised as many fulfilments for that day as it can do.',
    next: 'Raise its capacity, or let the order be sourced elsewhere or for another day.',
  },
  'channel-unknown': {
    meaning: 'There is no such sales channel.',
    next: 'Register the channel first, or correct the channel id.',
  },
  'fulfilment-holds-less': {
    meaning: 'The fulfilment has such units, but not so many. `held` says how many.',
    next: READ_ORDER,
  },
  'fulfilment-unknown': {
    meaning: 'The order has no such fulfilment, or it was sourced anew since.',
    next: READ_ORDER,
  },
  'instant-passed': {
    meaning: 'What is to start later was given an instant that has passed. `now` is the time of the service.',
    next: 'Give a later instant, or none to start at once.',
  },
  'line-unknown': {
    meaning: 'The order or the fulfilment has no such line.',
    next: `${READ_ORDER} Name lines by their \`lineId\`.`,
  },
  'location-suspended': {
    meaning: 'The location is suspended and reserves nothing new.',
    next: 'Resume the location, or let the order be sourced elsewhere.',
  },
  'location-unknown': { meaning: 'There is no such stock location.', next: 'Register it first, or correct its id.' },
  'nothing-to-cancel': { meaning: 'Of what was named, not so much is left to cancel.', next: READ_ORDER },
  'nothing-to-roll-back': {
    meaning: 'The built-in policy is in force, no canary runs, and nothing was in force before.',
    next: 'Read the policies to see what is in force; activate the version that you want.',
  },
  'order-already-dispatched': {
    meaning: 'Units that have left cannot be cancelled. `dispatched` says which.',
    next: 'Cancel the other lines by name, if there are any; what has left can come back as a return.',
  },
  'order-closed': {
    meaning: 'The order is completed or cancelled.',
    next: 'Nothing is left to do; place a new order if one is needed.',
  },
  'order-held': {
    meaning: 'The order is on hold: nothing is picked, packed or dispatched.',
    next: 'Release the order first.',
  },
  'order-differs': {
    meaning: 'This channel order number was used before, with other content.',
    next: 'Use a new channel order number, or send the same content. `orderId` names the order that there is.',
  },
  'order-unknown': { meaning: 'There is no such order.', next: 'Check the order id.' },
  'policy-draft-unknown': {
    meaning: 'There is no draft of a sourcing policy with this name, and there never was.',
    next: 'List the drafts to see their names.',
  },
  'policy-in-full-force': {
    meaning: 'A canary takes a share of the orders from the policy in full force; this version is that one itself.',
    next: 'Roll back first, or activate another version in full force; then give this one its share.',
  },
  'policy-invalid': {
    meaning:
      'The policy has faults. `faults` names each by JSON path, with what to do about it. Nothing was published.',
    next: 'Correct them all; `POST /v1/sourcing/policies/validate` tells without publishing whether any are left.',
  },
  'decision-not-replayable': {
    meaning: 'The decision cannot be made again: some of its inputs or its rules are not known to this release.',
    next: 'The decision itself, as it was recorded, can still be read.',
  },
  'policy-unknown': {
    meaning: 'There is no published sourcing policy of this version.',
    next: 'List the policies to see their versions, or publish it first.',
  },
  'rate-card-unknown': {
    meaning: 'There is no rate card with this id, and there never was.',
    next: 'List the rate cards to see their ids.',
  },
  'reference-reused': {
    meaning: 'This reference was recorded before, with other lines. Nothing was recorded now.',
    next: 'Use a new reference for a new movement, or an adjustment to correct the old one.',
  },
  'reservation-closed': {
    meaning: 'The reservation was issued or released before and cannot be made again.',
    next: READ_ORDER,
  },
  'simulation-unknown': {
    meaning: 'There is no simulation with this id.',
    next: 'List the simulations to see their ids.',
  },
  'sourcing-run-unknown': {
    meaning: 'There is no sourcing run with this id.',
    next: 'List the runs to see their ids.',
  },
  'stage-out-of-order': {
    meaning: 'The fulfilment is at another stage: pick, pack, dispatch and deliver follow each other.',
    next: 'Read the order for the stage it is at, and take the next one.',
  },
  'stock-below-reserved': {
    meaning: 'Fewer units would be on hand than are promised to orders.',
    next: 'Short-pick, reject or cancel fulfilments that hold them first; then record it again.',
  },
  'stock-below-zero': {
    meaning: 'More units would be taken away than there are.',
    next: 'Count the stock and record the count.',
  },
  'stock-insufficient': {
    meaning: 'The location lacks the stock. `shortages` says of what.',
    next: 'Receive stock, or source elsewhere.',
  },
  'too-many-units': { meaning: 'A balance would go beyond 2^53 - 1 units.', next: 'Check the quantity.' },
  'tracking-differs': {
    meaning: 'The fulfilment was dispatched before, with another carrier or tracking number.',
    next: READ_ORDER,
  },
};

export type DocumentedProblem = Advice & { readonly code: string; readonly status: number };

/** Every problem that a client can meet: its status, what it means and what to do next. */
export const documentedProblems: readonly DocumentedProblem[] = [
  ...Object.entries(edgeAdvice).map(([code, advice]) => ({
    code,
    status: edgeProblems[code as EdgeCode].status,
    ...advice,
  })),
  ...domainErrorCodes.map((code) => ({
    code,
    status: problemOf(new DomainError(code, '')).status,
    ...domainAdvice[code],
  })),
].sort((one, other) => one.status - other.status || (one.code < other.code ? -1 : 1));

export const problemCodes: readonly string[] = documentedProblems.map(({ code }) => code);
