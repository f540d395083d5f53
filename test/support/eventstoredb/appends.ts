import {
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type AppendFault, type Faults } from './faults.js';
import { type Expected, type Proposed, type WireLog } from './log.js';
import {
  callError,
  errorStatus,
  expectedOf,
  identifierOf,
  proposedOf,
  sizeOf,
  streamDeleted,
  streamNameOf,
  uuidOf,
  wrongExpectedVersion,
} from './messages.js';

export type BatchCall = ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>;
export type AppendCall = ServerReadableStream<streams.AppendReq, streams.AppendResp>;

export interface AppendPorts {
  readonly log: WireLog;
  readonly faults: Faults;
  readonly maxAppendSize: number;
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
export function answerBatches(call: BatchCall, ports: AppendPorts): void {
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
    if (write.size > ports.maxAppendSize) {
      pending.delete(id);
      const exceeded = new shared.MaximumAppendSizeExceeded().setMaxappendsize(ports.maxAppendSize);
      answer(write.stream, failed(errorStatus('MaximumAppendSizeExceeded', exceeded)));
      return;
    }
    if (!request.getIsFinal()) return;
    pending.delete(id);
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
      answer(failed(errorStatus('Timeout', new shared.Timeout())));
      return;
    case undefined:
      answer(judged(write, ports.log));
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

const failed = (error: ReturnType<typeof errorStatus>) => new streams.BatchAppendResp().setError(error);

function judged({ stream, expected, events }: Pending, log: WireLog): streams.BatchAppendResp {
  const outcome = log.append(stream, expected, events);
  switch (outcome.kind) {
    case 'deleted':
      return failed(errorStatus('StreamDeleted', new shared.StreamDeleted().setStreamIdentifier(identifierOf(stream))));
    case 'wrongExpectedVersion':
      return failed(errorStatus('WrongExpectedVersion', wrongExpectedVersion(expected, outcome.actual)));
    case 'written': {
      const position = new shared.AllStreamPosition();
      position.setCommitPosition(String(outcome.position)).setPreparePosition(String(outcome.position));
      const success = new streams.BatchAppendResp.Success().setCurrentRevision(String(outcome.revision));
      return new streams.BatchAppendResp().setSuccess(success.setPosition(position));
    }
  }
}

/** Answers one append on a call of its own. */
export function answerAppend(
  call: AppendCall,
  callback: sendUnaryData<streams.AppendResp>,
  { log, maxAppendSize }: AppendPorts,
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
    const [error, response] = appended(stream, expected, events, log, maxAppendSize);
    callback(error, response);
  });
  call.on('error', () => undefined);
}

function appended(
  stream: string,
  expected: Expected,
  events: readonly Proposed[],
  log: WireLog,
  maxAppendSize: number,
): [ServiceError | null, streams.AppendResp?] {
  if (stream === '') return [callError(status.INVALID_ARGUMENT, 'streamId must not be empty')];
  if (events.reduce((sum, event) => sum + sizeOf(event), 0) > maxAppendSize) {
    const trailers = { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(maxAppendSize) };
    return [callError(status.INVALID_ARGUMENT, `Maximum Append Size of ${maxAppendSize} Exceeded.`, trailers)];
  }
  const outcome = log.append(stream, expected, events);
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
      const success = new streams.AppendResp.Success().setCurrentRevision(String(outcome.revision));
      return [null, new streams.AppendResp().setSuccess(success.setPosition(position))];
    }
  }
}
