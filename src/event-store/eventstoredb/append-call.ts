import { convertToCommandError } from '@eventstore/db-client';
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type Appended, type ExpectedRevision } from '../../event-sourcing/event-store.js';
import { newId } from '../../event-sourcing/new-id.js';
import { type BatchAppendCall } from './link.js';
import { type EventText, toMessage, toPosition } from './events.js';
import { BadRequest, isTooLarge, Silence, tooLarge } from './failures.js';
import { looked, type RetryPolicy } from './retry-policy.js';
import { streamIdentifier } from './requests.js';

export interface AppendRequest {
  /** By its name on the server. */
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EventText[];
}

type Status = NonNullable<ReturnType<streams.BatchAppendResp['getError']>>;

interface Waiting {
  readonly since: number;
  /** Of its largest message, in bytes. */
  readonly largest: number;
  readonly stream: string;
  readonly appended: (appended: Appended) => void;
  readonly failed: (error: Error) => void;
}

/** The most that one message of a call holds, in bytes; larger appends come in several, of an event each at least. */
const mostInMessage = 512 * 1024;

/**
 * Appends over one call, any number at a time; each is answered by the id it was sent with. When the call fails, all that
 * wait fail, and none knows whether it was stored; when one waits for too long, the call is given up.
 */
export class AppendCall {
  private readonly waiting = new Map<string, Waiting>();
  private readonly stop = new AbortController();
  private isWatched = false;
  private isLeft = false;

  constructor(
    private readonly call: BatchAppendCall,
    private readonly retryPolicy: RetryPolicy,
    /** The call is over; the next append needs another. */
    private readonly over: (error: Error) => void,
  ) {
    call.on('data', this.answered);
    call.on('error', (error) => {
      this.fail(convertToCommandError(error));
    });
    call.on('end', () => {
      this.fail(new Error('the server has ended the call'));
    });
  }

  send(request: AppendRequest): Promise<Appended> {
    const id = newId();
    const largest = Math.max(0, ...request.events.map(sizeOf));
    return new Promise((appended, failed) => {
      this.waiting.set(id, { since: this.retryPolicy.time.now(), largest, stream: request.stream, appended, failed });
      for (const message of messagesOf(request, id)) this.call.write(message);
      if (!this.isWatched) void this.watch();
    });
  }

  /** Since when the append waits that has waited longest; undefined where none does. */
  get waitingSince(): number | undefined {
    const [oldest] = this.waiting.values();
    return oldest?.since;
  }

  /** Nothing more is sent; the call ends when what waits has its answers. */
  leave(): void {
    this.isLeft = true;
    this.endIfLeft();
  }

  /** Ends the call; what waits fails. */
  fail(error: Error): void {
    if (this.stop.signal.aborted) return;
    this.stop.abort();
    this.call.cancel();
    this.call.destroy();
    this.over(error);
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    if (!isTooLarge(error)) for (const { failed } of waiting) failed(error);
    else {
      // One message was too large for the server, and it does not say which: the largest is refused, the others come again.
      const largest = Math.max(...waiting.map((request) => request.largest));
      const again = new Error('the server ended the call, since another append was too large');
      for (const request of waiting)
        request.failed(request.largest === largest ? tooLarge('The server takes no message of that size') : again);
    }
  }

  private readonly answered = (response: streams.BatchAppendResp) => {
    const id = textOf(response.getCorrelationId());
    const request = this.waiting.get(id);
    if (request === undefined) return; // answered twice
    this.waiting.delete(id);
    const error = response.getError();
    if (error === undefined) request.appended(appendedOf(response.getSuccess()));
    else request.failed(errorOf(error, request.stream));
    this.endIfLeft();
  };

  private endIfLeft(): void {
    if (this.isLeft && this.waiting.size === 0) this.fail(new Error('the call was left'));
  }

  /** The oldest is the first that has waited for too long, since all wait for as long. */
  private async watch(): Promise<void> {
    this.isWatched = true;
    const { time, answerMs } = this.retryPolicy;
    const isTooLong = () => (this.waitingSince ?? Infinity) + answerMs <= time.now();
    while (this.waitingSince !== undefined && !this.stop.signal.aborted) {
      if (!isTooLong()) await time.sleepUntil(this.waitingSince + answerMs, this.stop.signal);
      else {
        await looked();
        if (isTooLong()) this.fail(new Silence(`an append was not answered in ${answerMs} ms`));
      }
    }
    this.isWatched = false;
  }
}

/** An error that an append is answered with. Of two of them the client knows nothing, and of one it says nothing. */
function errorOf(error: Status, stream: string): Error {
  switch (error.getDetails()?.getTypeName()) {
    case 'event_store.client.BadRequest':
      return new BadRequest(error.getMessage());
    case 'event_store.client.MaximumAppendEventSizeExceeded':
      return tooLarge('EventStoreDB accepts no event of this size; see its setting MaxAppendEventSize');
    case 'event_store.client.Timeout':
      return new Error('the server did not store an append in time, as without a majority of its nodes');
    default:
      return unpackToCommandError(error, stream);
  }
}

/** What an event takes of a message, in bytes. */
export const sizeOf = ({ data, metadata }: EventText): number => Buffer.byteLength(data) + Buffer.byteLength(metadata);

function* messagesOf({ stream, expected, events }: AppendRequest, id: string): Generator<streams.BatchAppendReq> {
  const options = new streams.BatchAppendReq.Options();
  options.setStreamIdentifier(streamIdentifier(stream));
  if (expected === 'noStream') options.setNoStream(new shared.Empty());
  else options.setStreamPosition(String(expected));
  // There is no deadline: it would be an instant of this machine's clock, and the server has a limit of its own.
  let message = new streams.BatchAppendReq().setCorrelationId(new shared.UUID().setString(id)).setOptions(options);
  let size = 0;
  for (const event of events) {
    const more = sizeOf(event);
    if (size > 0 && size + more > mostInMessage) {
      yield message;
      message = new streams.BatchAppendReq().setCorrelationId(new shared.UUID().setString(id));
      size = 0;
    }
    message.addProposedMessages(toMessage(event));
    size += more;
  }
  yield message.setIsFinal(true);
}

function appendedOf(success: streams.BatchAppendResp.Success | undefined): Appended {
  const position = toPosition(success?.getPosition()?.getCommitPosition() ?? '0');
  return { revision: Number(success?.getCurrentRevision() ?? 0), position };
}

/** An id that the server gives back as text, or as two numbers. */
function textOf(uuid: shared.UUID | undefined): string {
  const structured = uuid?.getStructured();
  if (structured === undefined) return uuid?.getString() ?? '';
  const bits = (text: string) => BigInt.asUintN(64, BigInt(text)).toString(16).padStart(16, '0');
  const hex = bits(structured.getMostSignificantBits()) + bits(structured.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
