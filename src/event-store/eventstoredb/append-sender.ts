import { WrongExpectedVersionError } from '@eventstore/db-client';
import { type Appended } from '../../event-sourcing/event-store.js';
import { AppendCall, type AppendRequest } from './append-call.js';
import { type Connection } from './connection.js';
import { type BatchAppendCall } from './link.js';
import { type Credentials } from './credentials.js';
import { areWrongCredentials, closed, isRefusal, rejectionOf, Silence } from './failures.js';
import { type Reads } from './reads.js';
import { type RetryPolicy } from './retry-policy.js';

export interface SenderPorts {
  readonly connection: Connection;
  readonly credentials: Credentials;
  readonly reads: Reads;
  readonly retryPolicy: RetryPolicy;
  readonly closing: AbortSignal;
}

/** Sends each append once, over a call that is made when it is first needed and again when it is over. */
export class AppendSender {
  private call: Promise<AppendCall> | undefined;
  /** What carries it; undefined while it begins. */
  private carried: BatchAppendCall | undefined;
  /** Who the call was made as. */
  private shownTo: string | undefined;
  /** When the server last said what became of an append. */
  answeredAt: number;

  constructor(private readonly ports: SenderPorts) {
    this.answeredAt = ports.retryPolicy.time.now();
  }

  async send(request: AppendRequest): Promise<Appended> {
    const call = await this.open();
    const { shownTo } = this;
    try {
      const appended = await call.send(request);
      this.answered();
      return appended;
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) this.answered();
      throw isRefusal(error) ? await this.refused(error, request, call, shownTo) : error;
    }
  }

  /** Gives up the call; what waits fails. */
  async close(): Promise<void> {
    const call = await this.call?.catch(() => undefined);
    call?.fail(closed());
  }

  private answered(): void {
    this.answeredAt = this.ports.retryPolicy.time.now();
  }

  /** What a refusal is: of a password that has changed meanwhile, of the user, or of a right on the stream. */
  private async refused(error: unknown, { stream }: AppendRequest, call: AppendCall, shownTo: string | undefined) {
    const { credentials, closing, reads } = this.ports;
    credentials.readAgain();
    if (credentials.authorization !== shownTo) {
      const changed = new Error('the password has changed meanwhile');
      call.fail(changed);
      return changed;
    }
    // A call that was admitted before does not say whether its user would be admitted now.
    const asked = await reads.last(closing).catch((failed: unknown) => failed);
    return areWrongCredentials(asked) ? asked : rejectionOf(error, { right: 'write', stream });
  }

  /** The call to append by. One on a connection that was given up, as by a read, is left to those who wait for it. */
  private open(): Promise<AppendCall> {
    const { connection, credentials, retryPolicy } = this.ports;
    const { call, carried } = this;
    if (call !== undefined && (carried === undefined || connection.carries(carried))) return call;
    call?.then(
      (left) => {
        left.leave();
      },
      () => undefined,
    );
    this.carried = undefined;
    this.shownTo = credentials.authorization;
    const isOver = () => {
      if (this.call === opening) this.call = undefined;
    };
    const opening = connection.batchAppend().then(
      (begun) => {
        if (this.call === opening) this.carried = begun;
        return new AppendCall(begun, retryPolicy, (error) => {
          isOver();
          if (error instanceof Silence) connection.abandon(begun);
        });
      },
      (error: unknown) => {
        isOver();
        throw error;
      },
    );
    this.call = opening;
    return opening;
  }
}
