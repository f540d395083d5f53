import { type ServerWritableStream, type ServiceError, status } from '@grpc/grpc-js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type Faults } from './faults.js';
import { type LogRecord, type WireLog } from './log.js';
import {
  callError,
  checkpointResponse,
  eventResponse,
  handlerFailed,
  identifierOf,
  streamDeleted,
  streamNameOf,
} from './messages.js';
import { accessDenied, type Caller, type Rights } from './rights.js';

export type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>;
type Options = streams.ReadReq.Options;
type Filter = (record: LogRecord) => boolean;

/** How many events the server considers at a time where nothing else is said. */
const searchWindow = 32;

/** How many events a live subscription may be behind until the server drops it. */
const liveBuffer = 32;

/** A subscription as a test may interfere with it. */
export interface Subscription {
  readonly call: ReadCall;
  isStalled: boolean;
}

export interface ReadPorts {
  readonly log: WireLog;
  readonly faults: Faults;
  readonly rights: Rights;
  readonly subscriptions: Set<Subscription>;
}

/** Answers one read or subscription; resolves when it has ended. */
export async function answerRead(call: ReadCall, caller: Caller, ports: ReadPorts): Promise<void> {
  const options = call.request.getOptions();
  if (options === undefined) throw callError(status.INVALID_ARGUMENT, 'options are missing');
  const stream = options.getStream();
  const name = stream === undefined ? '$all' : streamNameOf(stream.getStreamIdentifier());
  if (!ports.rights.allows(caller, name, 'r')) throw accessDenied();
  if (options.hasSubscription()) {
    if (stream !== undefined) throw callError(status.UNIMPLEMENTED, 'only $all can be subscribed to here');
    await subscribe(call, options, ports);
  } else if (stream === undefined) await readAll(call, options, ports);
  else await readStream(call, options, name, ports);
}

async function readStream(call: ReadCall, options: Options, name: string, { log, faults }: ReadPorts): Promise<void> {
  if (name === '' || Number(options.getCount()) === 0) throw handlerFailed();
  if (log.isTombstoned(name)) throw streamDeleted(name);
  const records = log.readStream(name);
  if (records === undefined) {
    const notFound = new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(name));
    await send(call, new streams.ReadResp().setStreamNotFound(notFound));
    return;
  }
  const from = options.getStream()?.hasRevision() === true ? Number(options.getStream()?.getRevision()) : undefined;
  const isBackwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const wanted = records.filter(
    ({ revision }) => from === undefined || (isBackwards ? revision <= from : revision >= from),
  );
  for (const record of (isBackwards ? wanted.reverse() : wanted).slice(0, Number(options.getCount()))) {
    faults.sentEvents += 1;
    if (!(await send(call, eventResponse(record)))) return;
  }
}

async function readAll(call: ReadCall, options: Options, { log, faults }: ReadPorts): Promise<void> {
  const matches = filterOf(options);
  const count = Number(options.getCount());
  const isBackwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const end = log.records.length;
  const results = options.hasFilter() ? 'FilteredReadAllResult' : 'ReadAllResult';
  const failed = callError(status.UNKNOWN, `Unexpected ${results}: Error`);
  if (faults.failingReads > 0) {
    faults.failingReads -= 1;
    throw failed;
  }
  const from = positionOf(options, log, noRecord(faults, failed));
  const step = isBackwards ? -1 : 1;
  if (options.hasFilter()) {
    faults.filteredReads += 1;
    await faults.looksPast;
  }
  // Backwards a position is exclusive, forwards it is not.
  let index =
    from === undefined ? (isBackwards && !isFromStart(options) ? end - 1 : 0) : log.indexOf(from) - Number(isBackwards);
  for (let sent = 0; sent < count && index >= 0 && index < end; index += step) {
    const record = log.records[index];
    faults.consideredRecords += 1;
    if (record === undefined || !matches(record)) continue;
    faults.sentEvents += 1;
    if (!(await send(call, eventResponse(record)))) return;
    sent += 1;
  }
}

const isFromStart = (options: Options) => options.getAll()?.hasStart() === true;

async function subscribe(call: ReadCall, options: Options, { log, faults, subscriptions }: ReadPorts): Promise<void> {
  const matches = filterOf(options);
  const filter = options.getFilter();
  const window = filter?.hasMax() === true ? filter.getMax() : searchWindow;
  const interval = window * (filter?.getCheckpointintervalmultiplier() ?? 1);
  const after = positionOf(options, log, noRecord(faults, handlerFailed()));
  const isFromEnd = options.getAll()?.hasEnd() === true;
  let index = isFromEnd ? log.records.length : after === undefined ? 0 : log.indexOf(after) + 1;
  index = Math.min(index, log.records.length); // of a position beyond the end
  const subscription: Subscription = { call, isStalled: false };
  subscriptions.add(subscription);
  const confirmation = new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(crypto.randomUUID());
  await send(call, new streams.ReadResp().setConfirmation(confirmation));
  let phase: 'catchingUp' | 'transitioning to live' | 'live' = 'catchingUp';
  let considered = 0;
  let before: LogRecord | undefined;
  // What is written when it has all there was waits in a buffer; when that is full it ends with what is in there.
  let buffered = 0;
  let end = Infinity;
  let reason = '';
  const unbuffer = log.onWrite((written) => {
    for (const record of phase !== 'catchingUp' && end === Infinity ? written : []) {
      if (!matches(record)) continue;
      if (buffered === liveBuffer && !subscription.isStalled) [end, reason] = [record.position, tooSlow(phase)];
      if (buffered === liveBuffer) break;
      buffered += 1;
    }
  });
  try {
    for (;;) {
      const more = nextWrite(log, call);
      for (; index < log.records.length && !subscription.isStalled; index++) {
        const record = log.records[index];
        if (record === undefined) break;
        if (record.position >= end) throw callError(status.ABORTED, reason);
        if (matches(record)) {
          buffered = Math.max(0, buffered - 1);
          for (const delivered of faults.deliver(record, before)) {
            faults.sentEvents += 1;
            if (!(await send(call, eventResponse(delivered)))) return;
          }
          before = record;
        }
        if (filter !== undefined && ++considered % interval === 0)
          await send(call, checkpointResponse(record.position));
      }
      if (phase === 'catchingUp') {
        phase = 'transitioning to live';
        await faults.goesLive;
        if (faults.saysCaughtUp && end === Infinity)
          await send(call, new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
        phase = 'live';
      }
      if (!(await more)) return;
    }
  } finally {
    unbuffer();
    subscriptions.delete(subscription);
  }
}

const tooSlow = (phase: string) =>
  `Operation timed out: Consumer too slow to handle event while ${phase}. Client resubscription required.`;

/** Resolves at the next write with true, or with false when the call is over. */
const nextWrite = (log: WireLog, call: ReadCall) =>
  new Promise<boolean>((resolve) => {
    const over = () => {
      stop();
      resolve(false);
    };
    const stop = log.onWrite(() => {
      stop();
      call.removeListener('cancelled', over);
      resolve(true);
    });
    call.once('cancelled', over);
    if (call.cancelled || call.destroyed || call.writableEnded) over();
  });

/** Writes when there is room for it; says whether the call is still on. */
async function send(call: ReadCall, response: streams.ReadResp): Promise<boolean> {
  if (call.cancelled || call.destroyed || call.writableEnded) return false;
  if (call.write(response)) return true;
  await new Promise<void>((resolve) => {
    const go = () => {
      call.removeListener('drain', go).removeListener('cancelled', go);
      resolve();
    };
    call.once('drain', go).once('cancelled', go);
  });
  return !call.cancelled;
}

/** What a position within a record is answered with. */
const noRecord = ({ saysInvalidPosition }: Faults, before: ServiceError): ServiceError =>
  saysInvalidPosition ? callError(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.') : before;

/** @throws ServiceError the one given, for a position that no record begins at */
function positionOf(options: Options, log: WireLog, error: ServiceError): number | undefined {
  const position = options.getAll()?.getPosition();
  if (position === undefined) return undefined;
  const commit = Number(position.getCommitPosition());
  if (!log.isAt(commit) || Number(position.getPreparePosition()) > commit) throw error;
  return commit;
}

function filterOf(options: Options): Filter {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  if (filter.getCheckpointintervalmultiplier() === 0 && options.hasSubscription())
    throw callError(status.INVALID_ARGUMENT, 'the checkpoint interval must not be 0');
  const byType = filter.getEventType();
  const expression = byType ?? filter.getStreamIdentifier();
  const textOf = ({ type, stream }: LogRecord) => (byType === undefined ? stream : type);
  const pattern = expression?.getRegex() ?? '';
  if (pattern !== '') {
    const regex = regexOf(pattern);
    return (record) => regex.test(textOf(record));
  }
  const prefixes = expression?.getPrefixList() ?? [];
  return (record) => prefixes.some((prefix) => textOf(record).startsWith(prefix));
}

function regexOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch {
    throw handlerFailed();
  }
}
