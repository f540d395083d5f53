import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type Position } from '../../event-sourcing/event-store.js';
import { start, toCommit } from './events.js';
import { literally, type StreamNames } from './stream-names.js';

const { ReadReq } = streams;
type Options = streams.ReadReq.Options;

const { BACKWARDS } = ReadReq.Options.ReadDirection;

/** As many as there are: the server wants a number. */
export const everyEvent = Number.MAX_SAFE_INTEGER;

export const streamIdentifier = (name: string): shared.StreamIdentifier =>
  new shared.StreamIdentifier().setStreamName(Buffer.from(name, 'utf8'));

/** So many events of a stream, by its name on the server, from a revision on, that one among them. */
export function readStreamFrom(stream: string, revision: number, count: number): streams.ReadReq {
  const from = new ReadReq.Options.StreamOptions();
  from.setStreamIdentifier(streamIdentifier(stream)).setRevision(String(revision));
  return requestOf(new ReadReq.Options().setStream(from).setNoFilter(new shared.Empty()).setCount(String(count)));
}

/** The last event of a stream, by its name on the server. */
export function readStreamEnd(stream: string): streams.ReadReq {
  const from = new ReadReq.Options.StreamOptions();
  from.setStreamIdentifier(streamIdentifier(stream)).setEnd(new shared.Empty());
  const options = new ReadReq.Options().setStream(from).setNoFilter(new shared.Empty());
  return requestOf(options.setReadDirection(BACKWARDS).setCount('1'));
}

/** So many events of the log from a position on, that one among them, as far as the log goes now; of some types, whose ever they are. */
export const readAllFrom = (
  position: Position,
  names: StreamNames,
  types: readonly string[] | undefined,
  count: number,
): streams.ReadReq => requestOf(filtered(fromPosition(position), names, types).setCount(String(count)));

/** The last record of the log, whoever wrote it. */
export const readEnd = (): streams.ReadReq =>
  requestOf(fromEnd().setNoFilter(new shared.Empty()).setReadDirection(BACKWARDS).setCount('1'));

/** The last event of the log in a stream of ours; the server looks past all others. */
export const readLast = (names: StreamNames): streams.ReadReq =>
  requestOf(filtered(fromEnd(), names).setReadDirection(BACKWARDS).setCount('1'));

/** The first event in a stream of ours from a position on. */
export const readNext = (position: Position, names: StreamNames): streams.ReadReq =>
  requestOf(filtered(fromPosition(position), names).setCount('1'));

/** The first record at a position, whoever wrote it. */
export const readFrom = (position: Position): streams.ReadReq =>
  requestOf(fromPosition(position).setNoFilter(new shared.Empty()).setCount('1'));

const fromEnd = () => new ReadReq.Options().setAll(new ReadReq.Options.AllOptions().setEnd(new shared.Empty()));

/** The events of the log after a position, for ever. */
export const subscribeAfter = (position: Position, names: StreamNames): streams.ReadReq =>
  requestOf(filtered(fromPosition(position), names).setSubscription(new ReadReq.Options.SubscriptionOptions()));

function fromPosition(position: Position): Options {
  const from = new ReadReq.Options.AllOptions();
  if (position === start) return new ReadReq.Options().setAll(from.setStart(new shared.Empty()));
  const at = new ReadReq.Options.Position();
  at.setCommitPosition(toCommit(position)).setPreparePosition(toCommit(position));
  return new ReadReq.Options().setAll(from.setPosition(at));
}

function filtered(options: Options, names: StreamNames, types?: readonly string[]): Options {
  const filter = new ReadReq.Options.FilterOptions();
  const expression = new ReadReq.Options.FilterOptions.Expression();
  if (types === undefined) filter.setStreamIdentifier(expression.setRegex(names.pattern));
  else filter.setEventType(expression.setRegex(`^(${types.map(literally).join('|')})$`));
  return options.setFilter(filter.setCount(new shared.Empty()).setCheckpointintervalmultiplier(1));
}

function requestOf(options: Options): streams.ReadReq {
  const asText = new ReadReq.Options.UUIDOption().setString(new shared.Empty());
  return new ReadReq().setOptions(options.setUuidOption(asText));
}
