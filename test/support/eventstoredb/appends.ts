import {
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { type AppendFault, type Faults } from './faults.js';
import { type Expected, type Proposed, type WireLog, type WriteOutcome } from './log.js';
import {
  callError,
  errorStatus,
  expectedOf,
  handlerFailed,
  identifierOf,
  proposedOf,
  sizeOf,
  streamDeleted,
  streamNameOf,
  uuidOf,
  wrongExpectedVersion,
} from './messages.js';
import { accessDenied, type Caller, type Rights } from './rights.js';

export type BatchCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;
export type AppendCall = ServerReadableStream<streams.AppendReq, streams.AppendResp>;

export interface AppendPorts {
  readonly log: WireLog;
  readonly faults: Faults;
  readonly rights: Rights;
  readonly maxAppendSize: number;
  readonly maxAppendEventSize: number;
  /** How long the server waits until it gives up what it could not write. */
  readonly commitTimeoutMs: number;
  readonly now: () => number;
  readonly cut: () => void;
}

interface Pending {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: Proposed[];
  readonly fault: AppendFault | undefined;
  size: number;
}

/** Answers batch appends: each may come in several parts, and is answered by its correlation id. */
export function answerBatches(call: BatchCall, caller: Caller, ports: AppendPorts): void {
  const pending = new Map<string, Pending>();
  call.on('data', (request: streams.BatchAppendReq) => {
    const id = uuidOf(request.getCorrelationId());
    const options = request.getOptions();
    const answer = (stream: string, response: streams.BatchAppendResp) => {
      if (call.cancelled || call.destroyed) return;
      call.write(response.setCorrelationId(request.getCorrelationId()).setStreamIdentifier(identifierOf(stream)));
    };
    if (options !== undefined) {
      const stream = streamNameOf(options.getStreamIdentifier());
      const deadline = options.getDeadline();
      if (stream === '') {
        answer(stream, failed(errorStatus('BadRequest', new shared.BadRequest(), 'streamId must not be empty')));
        return;
      }
      if (deadline !== undefined && deadline.toDate().getTime() <= ports.now()) {
        answer(stream, failed(errorStatus('Timeout', new shared.Timeout())));
        return;
      }
      if (!ports.rights.allows(caller, stream, 'w')) {
        answer(stream, failed(errorStatus('AccessDenied', new shared.AccessDenied(), 'Access Denied.')));
        return;
      }
      const expected = expectedOf(options, options.getStreamPosition());
      const fault = stream.startsWith('$') || stream.startsWith('~log') ? undefined : ports.faults.appends.shift();
      pending.set(id, { stream, expected, events: [], fault, size: 0 });
    }
    const write = pending.get(id);
    if (write === undefined) return;
    if (write.fault === 'cutDuring') {
      ports.cut();
      return;
    }
    for (const message of request.getProposedMessagesList()) {
      const event = proposedOf(message);
      write.size += sizeOf(event);
      write.events.push(event);
    }
    if (write.events.some((event) => sizeOf(event) > ports.maxAppendEventSize)) {
      pending.delete(id);
      answer(write.stream, failed(errorStatus('MaximumAppendEventSizeExceeded', new shared.Empty())));
      return;
    }
    if (write.size > ports.maxAppendSize) {
      pending.delete(id);
      const exceeded = new shared.MaximumAppendSizeExceeded().setMaxappendsize(ports.maxAppendSize);
      answer(write.stream, failed(errorStatus('MaximumAppendSizeExceeded', exceeded)));
      return;
    }
    if (!request.getIsFinal()) return;
    pending.delete(id);
    if (!ports.faults.hasQuorum) return;
    if (write.events.some(({ type }) => type === '')) {
      answer(write.stream, failed(errorStatus('BadRequest', new shared.BadRequest(), 'type must not be empty')));
      return;
    }
    finish(write, ports, (response) => {
      answer(write.stream, response);
    });
  });
  call.on('end', () => {
    call.end();
  });
  call.on('error', () => undefined);
}

function finish(write: Pending, ports: AppendPorts, answer: (response: streams.BatchAppendResp) => void): void {
  switch (write.fault) {
    case 'cutBefore':
    case 'cutDuring':
      ports.cut();
      return;
    case 'notReady':
      answer(failed(errorStatus('NotHandled', new shared.Empty(), 'Server Is Not Ready')));
      return;
    case 'timeout':
      answer(timedOut());
      return;
    case 'badRequest':
      answer(failed(errorStatus('BadRequest', new shared.BadRequest(), 'no such append')));
      return;
    case undefined:
      commit(write, ports, (outcome) => {
        answer(outcome === 'timeout' ? timedOut() : answerOf(write, outcome));
      });
      return;
    case 'cutAfter':
      judged(write, ports.log);
      ports.cut();
      return;
    case 'holdAnswer': {
      const response = judged(write, ports.log);
      ports.faults.hold(() => {
        answer(response);
      });
      return;
    }
    case 'answerTwice': {
      const response = judged(write, ports.log);
      answer(response);
      answer(response);
    }
  }
}

const timedOut = () => failed(errorStatus('Timeout', new shared.Timeout()));

/**
 * Judges a write, and answers when it is indexed. The same again until then is dropped, and answered when the server gives
 * it up; rarely it is told of a revision that nobody can read yet.
 */
function commit(
  { stream, expected, events }: Pick<Pending, 'stream' | 'expected' | 'events'>,
  { log, faults, commitTimeoutMs }: AppendPorts,
  answer: (outcome: WriteOutcome | 'timeout') => void,
): void {
  const later = (ms: number, then: () => void) => {
    if (ms > 0) setTimeout(then, ms).unref();
    else setImmediate(then);
  };
  if (log.isInFlight(stream, events)) {
    faults.repeatedInFlight += 1;
    if (faults.aheadEvery === 0 || faults.repeatedInFlight % faults.aheadEvery !== 0) {
      later(commitTimeoutMs, () => {
        answer('timeout');
      });
      return;
    }
    const actual = log.lastOf(stream)?.revision ?? -1;
    log.hideFrom(stream, Math.max(0, actual + 1 - events.length), 3);
    answer({ kind: 'wrongExpectedVersion', actual });
    return;
  }
  const outcome = log.append(stream, expected, events);
  const end = log.begin(stream, events);
  later(faults.commitMs, () => {
    end();
    answer(outcome);
  });
}

const failed = (error: ReturnType<typeof errorStatus>) => new streams.BatchAppendResp().setError(error);

const judged = (write: Pending, log: WireLog): streams.BatchAppendResp =>
  answerOf(write, log.append(write.stream, write.expected, write.events));

function answerOf({ stream, expected }: Pending, outcome: WriteOutcome): streams.BatchAppendResp {
  switch (outcome.kind) {
    case 'deleted':
      return failed(errorStatus('StreamDeleted', new shared.StreamDeleted().setStreamIdentifier(identifierOf(stream))));
    case 'wrongExpectedVersion':
      return failed(errorStatus('WrongExpectedVersion', wrongExpectedVersion(expected, outcome.actual)));
    case 'written': {
      const position = new shared.AllStreamPosition();
      position.setCommitPosition(String(outcome.position)).setPreparePosition(String(outcome.position));
      const success = new streams.BatchAppendResp.Success();
      if (outcome.revision < 0) success.setNoStream(new empty.Empty());
      else success.setCurrentRevision(String(outcome.revision));
      return new streams.BatchAppendResp().setSuccess(success.setPosition(position));
    }
  }
}

/** Answers one append on a call of its own. */
export function answerAppend(
  call: AppendCall,
  caller: Caller,
  callback: sendUnaryData<streams.AppendResp>,
  ports: AppendPorts,
): void {
  let stream = '';
  let expected: Expected = 'any';
  const events: Proposed[] = [];
  call.on('data', (request: streams.AppendReq) => {
    const options = request.getOptions();
    const message = request.getProposedMessage();
    if (options !== undefined) {
      stream = streamNameOf(options.getStreamIdentifier());
      expected = expectedOf(options, options.getRevision());
    }
    if (message !== undefined) events.push(proposedOf(message));
  });
  call.on('end', () => {
    const { maxAppendSize, rights, faults } = ports;
    if (stream === '' || events.some(({ type }) => type === '')) callback(handlerFailed());
    else if (!rights.allows(caller, stream, 'w')) callback(accessDenied());
    else if (events.reduce((sum, event) => sum + sizeOf(event), 0) > maxAppendSize) {
      const trailers = { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(maxAppendSize) };
      callback(callError(status.INVALID_ARGUMENT, `Maximum Append Size of ${maxAppendSize} Exceeded.`, trailers));
    } else if (faults.hasQuorum)
      commit({ stream, expected, events }, ports, (outcome) => {
        if (outcome === 'timeout') callback(callError(status.ABORTED, 'Operation timed out: Commit phase timeout.'));
        else callback(...appended(stream, expected, outcome));
      });
  });
  call.on('error', () => undefined);
}

function appended(
  stream: string,
  expected: Expected,
  outcome: WriteOutcome,
): [ServiceError | null, streams.AppendResp?] {
  switch (outcome.kind) {
    case 'deleted':
      return [streamDeleted(stream)];
    case 'wrongExpectedVersion': {
      const wrong = new streams.AppendResp.WrongExpectedVersion();
      if (outcome.actual >= 0) wrong.setCurrentRevision(String(outcome.actual));
      else wrong.setCurrentNoStream(new shared.Empty());
      if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
      else if (expected === 'noStream') wrong.setExpectedNoStream(new shared.Empty());
      else if (expected === 'streamExists') wrong.setExpectedStreamExists(new shared.Empty());
      else wrong.setExpectedRevision(String(expected));
      return [null, new streams.AppendResp().setWrongExpectedVersion(wrong)];
    }
    case 'written': {
      const position = new streams.AppendResp.Position();
      position.setCommitPosition(String(outcome.position)).setPreparePosition(String(outcome.position));
      const success = new streams.AppendResp.Success();
      if (outcome.revision < 0) success.setNoStream(new shared.Empty());
      else success.setCurrentRevision(String(outcome.revision));
      return [null, new streams.AppendResp().setSuccess(success.setPosition(position))];
    }
  }
}
