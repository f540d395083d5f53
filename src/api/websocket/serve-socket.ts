import { randomUUID } from 'node:crypto';
import { CloseCode, type Server } from 'graphql-ws';
import { type RequestLimits } from '../request-limits.js';
import { tooMuchJson } from '../json-size.js';
import { TimeSlice } from '../../event-sourcing/yield-to-event-loop.js';
import { inFull } from '../../observability/log.js';
import { type OpenSocket, type OpenSockets } from './open-socket.js';

/** Codes of RFC 6455's registry: a message that is too large, an error of ours, a server with too much to do. */
const tooLarge = 1009;
const internalError = 1011;
const tryAgainLater = 1013;

/** What the reason in a close frame may have, in bytes. */
const longestReason = 123;

/** What is so small that nobody is asked how much else they hold. */
const smallBytes = 64 * 1024;

let opened = 0;

/**
 * Has a socket speak `graphql-transport-ws`. What `graphql-ws` brings for it hands on messages of a socket that is being
 * closed, lets a client pile up what it does not read, and cannot tell whose flood it is.
 */
export function serveSocket(
  protocol: Server<OpenSocket>,
  one: OpenSocket,
  sockets: OpenSockets,
  { limits, rates, requests, log }: RequestLimits,
): void {
  const { socket, address } = one;
  const name = `socket ${(opened += 1)}`;
  const isOpen = () => socket.readyState === socket.OPEN;
  const mayHold = (added: number, held: (one: OpenSocket) => number) =>
    added + held(one) <= smallBytes ||
    (added + sockets.heldBy(one.identity, held) <= limits.heldBytes.perIdentity &&
      added + sockets.held(held) <= limits.heldBytes.total);

  /** Counts what came; a socket is closed for what it sends itself, and for nothing that others of its address do. */
  function count(): void {
    requests.take(`address ${address}`, rates.perAddress);
    if (requests.take(name, rates.perAddress) !== undefined) socket.close(tryAgainLater, 'Too many messages');
  }

  /** Says who is closed for a message that is too large, and reads nothing more. */
  function refuseBytes(): void {
    socket.close(tooLarge, 'Too many bytes');
    socket.pause();
  }

  let unfinished = 0;
  // Before ws reads it, so that what ends a message is counted with it.
  socket.connection?.prependListener('data', ({ length }: Buffer) => {
    if (!isOpen()) return;
    unfinished += length;
    one.incoming += length;
    const isTooMuch = one.identity === undefined ? unfinished > limits.unknownBytes : !mayHold(0, incomingOf);
    if (isTooMuch) refuseBytes();
  });

  /** The message that waits for its turn last; those that come after it wait as well, for messages keep their order. */
  let waiting: Promise<void> | undefined;

  /** Reads a message at once, or in turns with all else that is read: one of megabytes takes a while. */
  function receive(data: Buffer, hand: (text: string) => Promise<void>): void {
    one.incoming += data.length - unfinished;
    unfinished = 0;
    count();
    // A line of its own: a thousand subscriptions do not stand before the requests of the same key.
    const turns = new TimeSlice(`sockets of ${one.identity?.actor.id ?? address}`);
    if (waiting === undefined && !turns.isOver) {
      void read(data, hand);
      return;
    }
    const turn = (waiting ?? Promise.resolve()).then(async () => {
      while (turns.isOver) await turns.yield();
    });
    waiting = turn;
    void turn.then(() => {
      if (waiting === turn) waiting = undefined;
      return read(data, hand);
    });
  }

  async function read(data: Buffer, hand: (text: string) => Promise<void>): Promise<void> {
    try {
      if (!isOpen()) return;
      if (tooMuchJson(data, limits) !== undefined) close(CloseCode.BadRequest, 'Invalid message received');
      if (!isOpen()) return;
      const text = data.toString();
      for (let ended = one.underWay.before(text); ended !== undefined; ended = one.underWay.before(text)) await ended;
      if (!isOpen()) return;
      one.underWay.heed(text);
      await hand(text);
    } catch (error) {
      log({ level: 'error', id: randomUUID(), code: 'INTERNAL_SERVER_ERROR', error: inFull(error) });
      socket.close(internalError, 'Internal server error');
    } finally {
      one.incoming -= data.length;
    }
  }

  const close = (code?: number, reason = '') => {
    socket.close(code, Buffer.byteLength(reason) > longestReason ? '' : reason);
  };
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (text) =>
        new Promise((resolve, reject) => {
          if (!isOpen()) {
            resolve();
          } else if (socket.bufferedAmount > limits.unreadBytes || !mayHold(text.length, unreadOf)) {
            socket.terminate();
            resolve();
          } else {
            socket.send(text, (error) => {
              if (error) reject(error);
              else resolve();
            });
          }
        }),
      close,
      onMessage: (hand) =>
        socket.on('message', (data: Buffer) => {
          receive(data, hand);
        }),
    },
    one,
  );

  const late = setTimeout(() => {
    if (one.identity === undefined)
      close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }, limits.initMs);
  let isAsked = false;
  const asking = setInterval(() => {
    if (isAsked) socket.terminate();
    else if (isOpen()) {
      isAsked = true;
      socket.ping();
    }
  }, limits.pingMs);
  socket
    .on('ping', count)
    .on('pong', () => {
      if (!isAsked) count();
      isAsked = false;
    })
    .on('error', () => undefined) // what is none of WebSocket's is no error of ours; ws closes it
    .once('close', (code, reason) => {
      clearTimeout(late);
      clearInterval(asking);
      one.underWay.leave();
      void closed(code, reason.toString());
    });
}

const incomingOf = ({ incoming }: OpenSocket): number => incoming;
const unreadOf = ({ socket }: OpenSocket): number => socket.bufferedAmount;
