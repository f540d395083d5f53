import { StorageFault } from '../../event-sourcing/storage-fault.js';
import { type AppendRequest } from './append-call.js';
import { type AppendSender, type SenderPorts } from './append-sender.js';
import { toStoredEvent, toTextAgain } from './events.js';
import { isDefinite, rejectionOf, Silence, unavailable } from './failures.js';
import { inTime, isAborted } from './retry-policy.js';

/** Finds out whether appends are taken, by sending the last one again: nothing is added by it. */
export class AppendProbe {
  /** The last event that was appended. */
  private last: AppendRequest | undefined;

  constructor(
    private readonly ports: SenderPorts,
    private readonly sender: AppendSender,
  ) {}

  /** An append went in, up to a revision. */
  appended({ stream, events }: AppendRequest, revision: number): void {
    const last = events.at(-1);
    if (last !== undefined)
      this.last = { stream, expected: revision === 0 ? 'noStream' : revision - 1, events: [last] };
  }

  /**
   * Whether appends are taken. It is looked only where none was answered for a while, or one was refused.
   * @throws StorageFault `EVENT_STORE_REFUSES`, `EVENT_STORE_UNAVAILABLE`
   */
  async look(wasFailing: boolean): Promise<void> {
    const { retryPolicy, closing, connection } = this.ports;
    const { time, quietMs } = retryPolicy;
    if (!wasFailing && time.now() - this.sender.answeredAt < quietMs) return;
    let error: unknown = new Silence(`an append was not answered in ${quietMs} ms`);
    const asked = this.sendAgain().then(
      () => (error = undefined),
      (failed: unknown) => (error = failed),
    );
    await inTime(asked, quietMs, time);
    if (error === undefined || isAborted(closing)) return;
    const failed = rejectionOf(error, { right: 'write', stream: this.last?.stream ?? '' });
    if (failed instanceof StorageFault) throw failed;
    // Whatever else is definite comes of who takes appends.
    if (!isDefinite(error)) throw unavailable(new Error(await connection.explained(error)));
  }

  private async sendAgain(): Promise<void> {
    this.last ??= await this.lastOfLog();
    const { last } = this;
    if (last !== undefined)
      await this.sender.send({ ...last, stream: this.ports.connection.names.toServer(last.stream) });
  }

  private async lastOfLog(): Promise<AppendRequest | undefined> {
    const { reads, closing, connection } = this.ports;
    const last = await reads.lastRecorded(closing);
    const event = last === undefined ? undefined : toStoredEvent(last, connection.names);
    if (last === undefined || event === undefined) return undefined;
    const expected = event.revision === 0 ? 'noStream' : event.revision - 1;
    return { stream: event.stream, expected, events: [toTextAgain(last)] };
  }
}
