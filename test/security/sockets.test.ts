import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeAll, afterAll, describe, expect, it, jest } from '@jest/globals';
import WebSocket from 'ws';
import { type Limits, standardLimits } from '../../src/api/limits.js';
import { Api, newFolder } from '../support/api.js';
import { RawSocket } from '../support/raw-socket.js';

const feed = 'subscription { slaEvents { __typename } }';

describe('a socket', () => {
  let api: Api;
  const limits: Limits = {
    ...standardLimits,
    sockets: { total: 12, perAddress: 10, perIdentity: 6 },
    operations: { total: 150, perIdentity: 120, perSocket: 50 },
    bodyBytes: 1024 * 1024,
  };
  const open: RawSocket[] = [];
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z', newFolder(), {}, { limits });
  });
  afterEach(async () => {
    for (const { socket } of open) socket.terminate();
    await Promise.all(open.splice(0).map(({ closed }) => closed));
    while (typeof (await come()) === 'number'); // until the server has seen them go, too
    open.splice(0).forEach(({ socket }) => {
      socket.terminate();
    });
  });
  afterAll(() => api.end());

  async function come(path?: string, headers?: Record<string, string>): Promise<RawSocket | number> {
    const socket = await RawSocket.open(api.url, path, headers);
    if (typeof socket !== 'number') open.push(socket);
    return socket;
  }
  async function arrive(): Promise<RawSocket> {
    const socket = await come();
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    return socket;
  }
  async function known(key = api.key): Promise<RawSocket> {
    const socket = await arrive();
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } });
    await socket.next('connection_ack');
    return socket;
  }

  /** Subscribes so often, and waits until each has begun. */
  async function listen(socket: RawSocket, times: number): Promise<void> {
    for (let n = 0; n < times; n++) socket.subscribe(`${n}`, feed);
    for (let n = 0; n < times; n++) await socket.next('next');
  }

  it('is not to be had at another path', async () => {
    expect(await come('/graphqlx')).toBe(404);
    expect(await come('/health')).toBe(404);
  });

  it('is not to be had by a page of another site', async () => {
    expect(await come('/graphql', { origin: 'https://evil.example' })).toBe(403);
    expect(await come('/graphql', { origin: 'null' })).toBe(403);
    expect(await come('/graphql', { origin: api.url })).toBeInstanceOf(RawSocket);
  });

  it.each<readonly [name: string, code: number, misbehave: (socket: RawSocket) => void]>([
    [
      'that asks before it says who it is',
      4401,
      (socket) => {
        socket.subscribe('1', feed);
      },
    ],
    [
      'that says twice who it is',
      4429,
      (socket) => {
        socket.send({ type: 'connection_init', payload: api.connectionParams });
        socket.send({ type: 'connection_init', payload: api.connectionParams });
      },
    ],
    [
      'that sends no JSON',
      4400,
      (socket) => {
        socket.send('{ "type": ');
      },
    ],
    [
      'that sends bytes',
      4400,
      (socket) => {
        socket.send(Buffer.from([0xff, 0xfe, 0]));
      },
    ],
    [
      'that sends a message of no type there is',
      4400,
      (socket) => {
        socket.send({ type: 'hello' });
      },
    ],
    [
      'that sends a message without what belongs in it',
      4400,
      (socket) => {
        socket.send({ id: '1', type: 'subscribe', payload: {} });
      },
    ],
    [
      'that sends a message beyond the limit',
      1009,
      (socket) => {
        socket.send(`"${'x'.repeat(limits.bodyBytes)}"`);
      },
    ],
  ])('is closed: one %s', async (_, code, misbehave) => {
    const socket = await arrive();
    misbehave(socket);
    expect(await socket.closed).toBe(code);
  });

  it('is closed: one that uses a name for two subscriptions', async () => {
    const socket = await known();
    socket.subscribe('1', feed);
    socket.subscribe('1', feed);
    expect(await socket.closed).toBe(4409);
  });

  it('is closed: one that wants a thousand subscriptions', async () => {
    const socket = await known();
    for (let n = 0; n < 1_000; n++) socket.subscribe(`${n}`, feed);
    expect(await socket.closed).toBe(4429);
  });

  it('is told so when all together have as many subscriptions as the server takes, until some leave', async () => {
    const first = await known();
    const others = [await known(), await known(api.newKey('agent'))];
    for (const socket of [first, ...others]) await listen(socket, 50);
    const late = await known();
    late.subscribe('late', feed);
    expect(await late.next('error')).toMatchObject({ payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS' } }] });
    for (let n = 0; n < 50; n++) first.send({ id: `${n}`, type: 'complete' });
    first.send({ type: 'ping' });
    await first.next('pong'); // so much is done by then
    late.subscribe('again', '{ plans { code } }');
    expect(await late.next('next')).toMatchObject({ id: 'again' });
    late.subscribe('feed', feed);
    expect(await late.next('next')).toMatchObject({ id: 'feed' });
    expect(others.every(({ socket }) => socket.readyState === socket.OPEN)).toBe(true);
  });

  it('is told so when one identity has as many subscriptions as it may, whatever its sockets', async () => {
    for (const socket of [await known(), await known(), await known()]) await listen(socket, 40);
    const another = await known();
    another.subscribe('1', feed);
    expect(await another.next('error')).toMatchObject({
      payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS' } }],
    });
  });

  it('is closed where one identity has as many as it may', async () => {
    for (let n = 0; n < 6; n++) await known();
    const socket = await arrive();
    socket.send({ type: 'connection_init', payload: api.connectionParams });
    expect(await socket.closed).toBe(4429);
    await known(api.newKey('agent'));
  });

  it('is answered, and not closed, when its query is none', async () => {
    const socket = await known();
    socket.subscribe('1', '{ plans {');
    expect(await socket.next('error')).toMatchObject({ payload: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] });
    socket.send({ id: '2', type: 'subscribe', payload: { query: 'query A { plans { code } }', operationName: 'B' } });
    expect(await socket.next('error')).toMatchObject({
      payload: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }],
    });
    socket.send({
      id: '3',
      type: 'subscribe',
      payload: { query: 'query ($n: Int) { tickets(first: $n) { edges { cursor } } }', variables: { n: 'x' } },
    });
    expect(await socket.next('next')).toMatchObject({
      payload: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
    });
  });

  it('is refused when there are as many as the server takes from one address', async () => {
    const answers = await Promise.all(Array.from({ length: 11 }, () => come()));
    expect(answers.filter((answer) => answer === 429)).toHaveLength(1);
  });
});

describe('a socket of a client that never reads', () => {
  const unreadBytes = 64 * 1024;
  let api: Api;
  beforeAll(async () => {
    // Who reads nothing answers no ping either, and is let go for that in the end: here nobody is asked.
    const limits = { ...standardLimits, unreadBytes, pingMs: 3_600_000 };
    api = await Api.start('2026-03-02T09:00:00Z', newFolder(), { PLEDGE_ADDRESS_RATE: '1000000' }, { limits });
  });
  afterAll(() => api.end());

  /** What waited for the client when its socket was cut off, in bytes; it sends more, so often, until that. */
  async function waitingWhenCutOff(more: (socket: WebSocket, n: number) => void, times: number): Promise<number> {
    const raw = await RawSocket.open(api.url);
    if (typeof raw === 'number') throw new Error(`refused with ${raw}`);
    raw.send({ type: 'connection_init', payload: api.connectionParams });
    await raw.next('connection_ack');
    raw.socket.pause();
    let waiting: number | undefined;
    const terminate: (this: WebSocket) => void = Reflect.get(WebSocket.prototype, 'terminate');
    const cutOff = jest.spyOn(WebSocket.prototype, 'terminate').mockImplementation(function (this: WebSocket) {
      waiting ??= this.bufferedAmount;
      terminate.call(this);
    });
    for (let n = 0; n < times && waiting === undefined; n++) {
      more(raw.socket, n);
      await turn();
    }
    cutOff.mockRestore();
    raw.socket.terminate();
    await raw.closed;
    if (waiting === undefined) throw new Error('it is open still');
    return waiting;
  }

  const message = (type: string, more: object) => JSON.stringify({ type, ...more });

  it('and sends is cut off before its answers fill the memory', async () => {
    const ping = message('ping', { payload: { text: 'x'.repeat(100_000) } });
    const waiting = await waitingWhenCutOff((socket) => {
      socket.send(ping);
    }, 400); // the network holds a few megabytes of its own
    expect(waiting).toBeGreaterThan(unreadBytes);
    expect(waiting).toBeLessThan(unreadBytes + 2 * ping.length);
  });

  it('is cut off when it is sent more, though it sends nothing more itself', async () => {
    const query = `{ ${Array.from({ length: 20 }, (_, n) => `a${n}: __schema { types { name description fields { name description } } }`).join(' ')} }`;
    const waiting = await waitingWhenCutOff((socket, n) => {
      if (n < 50) socket.send(message('subscribe', { id: `${n}`, payload: { query } }));
    }, 20_000);
    expect(waiting).toBeGreaterThan(unreadBytes);
    expect(waiting).toBeLessThan(unreadBytes + 4_000_000); // and one answer
  });

  it('and sends pings of the protocol, which are answered below it, is cut off, too', async () => {
    const waiting = await waitingWhenCutOff((socket) => {
      for (let n = 0; n < 1_000; n++) socket.ping(Buffer.alloc(125));
    }, 400);
    expect(waiting).toBeLessThan(unreadBytes);
  });
});

describe('a socket whose time is over', () => {
  let api: Api;
  beforeAll(async () => {
    const sockets = { total: 1, perAddress: 1, perIdentity: 1 };
    const limits = { ...standardLimits, sockets, initMs: 30, pingMs: 30 };
    api = await Api.start('2026-03-02T09:00:00Z', newFolder(), {}, { limits });
  });
  afterAll(() => api.end());

  async function arrive(): Promise<RawSocket> {
    const socket = await RawSocket.open(api.url);
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    return socket;
  }

  it('is closed where it has not said who it is', async () => {
    expect(await (await arrive()).closed).toBe(4408);
  });

  it('is cut off where its client reads nothing', async () => {
    const socket = await arrive();
    socket.send({ type: 'connection_init', payload: api.connectionParams });
    await socket.next('connection_ack');
    socket.socket.pause();
    let next = await RawSocket.open(api.url);
    while (next === 503) next = await RawSocket.open(api.url);
    expect(next).toBeInstanceOf(RawSocket);
  });
});
