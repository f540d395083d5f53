import { type IncomingMessage } from 'node:http';
import { type Extra } from 'graphql-ws/use/ws';
import { type Identity } from '../../auth/identity.js';
import { type BatchingSocket } from './batching-socket.js';
import { type OperationsUnderWay } from '../under-way.js';

/** A socket that is open: whose it is, and what it holds of our memory. */
export interface OpenSocket extends Extra {
  readonly socket: BatchingSocket;
  readonly request: IncomingMessage;
  /** As limits count it. */
  readonly address: string;
  /** Whose it is; undefined until `connection_init` was acknowledged. */
  identity?: Identity;
  /** Aborts when it is closed; undefined until then as well. */
  left?: AbortSignal;
  /** Bytes that came of a message whose end did not, and of messages that are worked on. */
  incoming: number;
  readonly underWay: OperationsUnderWay;
}

/** The sockets that are open. */
export class OpenSockets implements Iterable<OpenSocket> {
  private readonly sockets = new Set<OpenSocket>();

  [Symbol.iterator](): Iterator<OpenSocket> {
    return this.sockets.values();
  }

  get size(): number {
    return this.sockets.size;
  }

  /** Holds a socket until it is closed. */
  add(one: OpenSocket): void {
    this.sockets.add(one);
    one.socket.once('close', () => this.sockets.delete(one));
  }

  count(which: (one: OpenSocket) => boolean): number {
    let found = 0;
    for (const one of this.sockets) if (which(one)) found += 1;
    return found;
  }

  /** The bytes that all sockets hold, of what came or of what waits to leave. */
  held(held: (one: OpenSocket) => number, which: (one: OpenSocket) => boolean = () => true): number {
    let bytes = 0;
    for (const one of this.sockets) if (which(one)) bytes += held(one);
    return bytes;
  }

  /** The bytes that the sockets of one identity hold. */
  heldBy(identity: Identity | undefined, held: (one: OpenSocket) => number): number {
    return this.held(held, (one) => one.identity?.actor.id === identity?.actor.id);
  }
}
