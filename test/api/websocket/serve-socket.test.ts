import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { standardLimits } from '../../../src/api/limits.js';
import { type RequestLimits } from '../../../src/api/request-limits.js';
import { OperationsUnderWay } from '../../../src/api/under-way.js';
import { type OpenSocket, OpenSockets } from '../../../src/api/websocket/open-socket.js';
import { serveSocket } from '../../../src/api/websocket/serve-socket.js';
import { yieldToEventLoop } from '../../../src/event-sourcing/yield-to-event-loop.js';

/** Sockets that are served, whose messages are not read by `graphql-ws` but by a test. */
function served(read: (who: string, text: string) => void) {
  const sockets = new OpenSockets();
  const limits = { limits: standardLimits, rates: { perAddress: 1e9 }, requests: { take: () => undefined } };
  return (who: string) => {
    const socket = Object.assign(new EventEmitter(), {
      ...{ protocol: 'graphql-transport-ws', OPEN: 1, readyState: 1, bufferedAmount: 0 },
      ...{ close: () => undefined, terminate: () => undefined, ping: () => undefined },
    });
    const identity = { actor: { id: who, kind: 'person' } };
    const one = { socket, identity, address: '192.0.2.1', incoming: 0, underWay: new OperationsUnderWay() };
    const protocol = {
      opened: ({ onMessage }: { onMessage: (hand: (text: string) => Promise<void>) => void }) => {
        onMessage((text) => {
          read(who, text);
          return Promise.resolve();
        });
        return () => Promise.resolve();
      },
    };
    const open = one as unknown as OpenSocket;
    sockets.add(open);
    serveSocket(protocol, open, sockets, limits as unknown as RequestLimits);
    return { one: open, say: (text: string) => socket.emit('message', Buffer.from(JSON.stringify(text))), socket };
  };
}

describe('messages of sockets that take long to read', () => {
  it('are read one in a turn of the event loop, of one caller after the other, and those of a socket in their order', async () => {
    const readBy: { readonly who: string; readonly text: string; readonly turn: number }[] = [];
    let turn = 0;
    const serve = served((who, text) => {
      for (const until = performance.now() + 6; performance.now() < until;); // longer than work may go on
      readBy.push({ who, text, turn });
    });
    const [first, second, other] = [serve('ann'), serve('ann'), serve('bob')];
    for (let n = 0; n < 4; n++) for (const { say } of [first, second]) say(`${n}`);
    for (let n = 0; n < 2; n++) other.say(`${n}`);
    while (readBy.length < 10) {
      await yieldToEventLoop();
      turn += 1;
    }
    const perTurn = readBy.map((one) => readBy.filter((another) => another.turn === one.turn).length);
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(2);
    expect(readBy.slice(0, 5).map(({ who }) => who)).toContain('bob');
    const ofBob = readBy.filter(({ who }) => who === 'bob').map(({ text }) => text);
    expect(ofBob).toEqual(['"0"', '"1"']);
    for (const { one, socket } of [first, second, other]) {
      expect(one.incoming).toBe(0);
      socket.emit('close', 1000, Buffer.alloc(0));
    }
  });

  it('are not read any more where their socket was closed meanwhile', async () => {
    const texts: string[] = [];
    const serve = served((_, text) => {
      for (const until = performance.now() + 6; performance.now() < until;);
      texts.push(text);
    });
    const { say, socket, one } = serve('ann');
    for (let n = 0; n < 3; n++) say(`${n}`);
    socket.readyState = 2;
    while (one.incoming > 0) await yieldToEventLoop();
    expect(['', '"0"']).toContain(texts.join());
    socket.emit('close', 1000, Buffer.alloc(0));
  });
});
