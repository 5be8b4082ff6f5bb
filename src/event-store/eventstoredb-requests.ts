import shared from '@eventstore/db-client/generated/shared_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import type { Position } from '../domain/values.ts';
import { positionParts, revisionOf, streamIdentifier } from './eventstoredb-records.ts';

const { ReadReq } = messages;
type Request = InstanceType<typeof ReadReq>;
type Options = InstanceType<typeof ReadReq.Options>;

const FORWARDS = 0;
const BACKWARDS = 1;
/** Events that the server considers in one go, whether they match or not. */
const SEARCH_WINDOW = 1_000;

const nothing = (): InstanceType<typeof shared.Empty> => new shared.Empty();

const newOptions = (backwards: boolean): Options => {
  const uuidOption = new ReadReq.Options.UUIDOption();
  uuidOption.setString(nothing());
  const options = new ReadReq.Options();
  options.setReadDirection(backwards ? BACKWARDS : FORWARDS);
  options.setResolveLinks(false);
  options.setUuidOption(uuidOption);
  return options;
};

const requestOf = (options: Options): Request => {
  const request = new ReadReq();
  request.setOptions(options);
  return request;
};

/** A read of one stream, from the event at a version on; `null`: from the end that the direction begins with. */
export const streamRequest = (
  stream: string,
  from: number | null,
  { backwards, count }: { readonly backwards: boolean; readonly count: number },
): Request => {
  const where = new ReadReq.Options.StreamOptions();
  where.setStreamIdentifier(streamIdentifier(stream));
  if (from !== null) where.setRevision(revisionOf(from));
  else if (backwards) where.setEnd(nothing());
  else where.setStart(nothing());
  const options = newOptions(backwards);
  options.setStream(where);
  options.setNoFilter(nothing());
  options.setCount(String(count));
  return requestOf(options);
};

const allFrom = (from: Position | null, atEnd: boolean): InstanceType<typeof ReadReq.Options.AllOptions> => {
  const where = new ReadReq.Options.AllOptions();
  if (from !== null) {
    const { commit, prepare } = positionParts(from);
    const position = new ReadReq.Options.Position();
    position.setCommitPosition(commit);
    position.setPreparePosition(prepare);
    where.setPosition(position);
  } else if (atEnd) where.setEnd(nothing());
  else where.setStart(nothing());
  return where;
};

const filterOf = (regex: string, window: number): InstanceType<typeof ReadReq.Options.FilterOptions> => {
  const expression = new ReadReq.Options.FilterOptions.Expression();
  expression.setRegex(regex);
  const filter = new ReadReq.Options.FilterOptions();
  filter.setStreamIdentifier(expression);
  filter.setMax(window);
  filter.setCheckpointintervalmultiplier(1);
  return filter;
};

/**
 * A pattern rather than the protocol's list of prefixes: the server compares those by the rules of its culture, not
 * letter by letter. Streams whose names begin with `$` are the server's own.
 */
const streamPattern = (prefixes: readonly string[] | undefined): string =>
  prefixes === undefined ? '^[^$]' : `^(?:${prefixes.map((prefix) => RegExp.escape(prefix)).join('|')})`;

export type AllRequest = {
  /** Inclusive forwards, exclusive backwards; `null`: from the end that the direction begins with. */
  readonly from: Position | null;
  readonly backwards: boolean;
  readonly count: number;
  readonly streamPrefixes: readonly string[] | undefined;
};

/** A read of the whole log, or of the streams with these prefixes. */
export const allRequest = ({ from, backwards, count, streamPrefixes }: AllRequest): Request => {
  const options = newOptions(backwards);
  options.setAll(allFrom(from, backwards));
  options.setFilter(filterOf(streamPattern(streamPrefixes), SEARCH_WINDOW));
  options.setCount(String(count));
  return requestOf(options);
};

const everythingFrom = (from: Position | null, backwards: boolean, count: number): Request => {
  const options = newOptions(backwards);
  options.setAll(allFrom(from, backwards));
  options.setNoFilter(nothing());
  options.setCount(String(count));
  return requestOf(options);
};

/** A read of the log's last event, whoever wrote it. */
export const endRequest = (): Request => everythingFrom(null, true, 1);

/** A read of every event from a position on, inclusive, the server's own as well. */
export const newsRequest = (from: Position | null, count: number): Request => everythingFrom(from, false, count);

/** A subscription that delivers no event, but a checkpoint for each that is written from now on. */
export const signalRequest = (): Request => {
  const options = newOptions(false);
  options.setAll(allFrom(null, true));
  options.setSubscription(new ReadReq.Options.SubscriptionOptions());
  options.setFilter(filterOf('^(?!)', 1));
  return requestOf(options);
};
