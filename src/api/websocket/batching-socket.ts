import { type Duplex } from 'node:stream';
import { WebSocket } from 'ws';

/** Bytes that may wait to leave before who sends more has to wait for them. */
const aheadBytes = 64 * 1024;

type Data = Parameters<WebSocket['send']>[0];
type SendOptions = Parameters<WebSocket['send']>[1];
type Sent = (error?: Error) => void;

/**
 * A socket from which all that is sent in one turn of the event loop leaves in one write: a write costs as much as all else
 * about a message of a feed. Who sends goes on at once, unless the client is behind with its reading.
 */
export class BatchingSocket extends WebSocket {
  /** What it writes to. */
  connection: Duplex | undefined;
  private isGathering = false;

  override send(data: Data, options: SendOptions | Sent = {}, done?: Sent): void {
    const [how, sent] = typeof options === 'function' ? [{}, options] : [options, done];
    this.gather();
    const isBehind = this.bufferedAmount > aheadBytes;
    super.send(data, how, isBehind ? sent : undefined);
    if (!isBehind) sent?.();
  }

  private gather(): void {
    const { connection } = this;
    if (this.isGathering || connection === undefined) return;
    this.isGathering = true;
    connection.cork();
    setImmediate(() => {
      this.isGathering = false;
      connection.uncork();
    });
  }
}
