import { convertToCommandError } from '@eventstore/db-client';
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type Appended, type ExpectedRevision } from '../../event-sourcing/event-store.js';
import { newId } from '../../event-sourcing/new-id.js';
import { type BatchAppendCall } from './connection.js';
import { type EventText, toMessage, toPosition } from './events.js';
import { Silence } from './failures.js';
import { type Patience } from './patience.js';
import { streamIdentifier } from './requests.js';

export interface Order {
  /** By its name on the server. */
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EventText[];
}

interface Waiting {
  /** When it has waited for too long. */
  readonly until: number;
  readonly stream: string;
  readonly appended: (appended: Appended) => void;
  readonly failed: (error: Error) => void;
}

/** The most that one message of a call holds, in characters; larger appends come in several. */
const mostInMessage = 512 * 1024;

/**
 * Appends over one call, any number at a time; each is answered by the id it was sent with. When the call fails, all that
 * wait fail, and none knows whether it was stored; when one waits for too long, the call is given up.
 */
export class AppendCall {
  private readonly waiting = new Map<string, Waiting>();
  private readonly stop = new AbortController();
  private isWatched = false;

  constructor(
    private readonly call: BatchAppendCall,
    private readonly patience: Patience,
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

  send(order: Order): Promise<Appended> {
    const id = newId();
    return new Promise((appended, failed) => {
      const { clock, answerMs } = this.patience;
      this.waiting.set(id, { until: clock.now() + answerMs, stream: order.stream, appended, failed });
      for (const message of messagesOf(order, id)) this.call.write(message);
      if (!this.isWatched) void this.watch();
    });
  }

  /** Ends the call; what waits fails. */
  fail(error: Error): void {
    if (this.stop.signal.aborted) return;
    this.stop.abort();
    this.call.cancel();
    this.call.destroy();
    this.over(error);
    for (const { failed } of this.waiting.values()) failed(error);
    this.waiting.clear();
  }

  private readonly answered = (response: streams.BatchAppendResp) => {
    const id = textOf(response.getCorrelationId());
    const order = this.waiting.get(id);
    if (order === undefined) return; // answered twice
    this.waiting.delete(id);
    const error = response.getError();
    if (error === undefined) order.appended(appendedOf(response.getSuccess()));
    else order.failed(unpackToCommandError(error, order.stream));
  };

  /** The oldest is the first that has waited for too long, since all wait for as long. */
  private async watch(): Promise<void> {
    this.isWatched = true;
    const { clock, answerMs } = this.patience;
    for (;;) {
      const [oldest] = this.waiting.values();
      if (oldest === undefined || this.stop.signal.aborted) break;
      if (oldest.until <= clock.now()) this.fail(new Silence(`an append was not answered in ${answerMs} ms`));
      else await clock.sleepUntil(oldest.until, this.stop.signal);
    }
    this.isWatched = false;
  }
}

function* messagesOf({ stream, expected, events }: Order, id: string): Generator<streams.BatchAppendReq> {
  const options = new streams.BatchAppendReq.Options();
  options.setStreamIdentifier(streamIdentifier(stream));
  if (expected === 'noStream') options.setNoStream(new shared.Empty());
  else options.setStreamPosition(String(expected));
  // There is no deadline: it would be an instant of this machine's clock, and the server has a limit of its own.
  let message = new streams.BatchAppendReq().setCorrelationId(new shared.UUID().setString(id)).setOptions(options);
  let size = 0;
  for (const event of events) {
    if (size > 0 && size + event.data.length > mostInMessage) {
      yield message;
      message = new streams.BatchAppendReq().setCorrelationId(new shared.UUID().setString(id));
      size = 0;
    }
    message.addProposedMessages(toMessage(event));
    size += event.data.length + event.metadata.length;
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
