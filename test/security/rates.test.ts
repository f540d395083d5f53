import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addressOf, networkOf } from '../../src/config/address.js';
import { standardLimits } from '../../src/api/limits.js';
import { Rates } from '../../src/api/http/rate-limiter.js';
import { Api, newFolder } from '../support/api.js';
import { ManualClock } from '../support/manual-clock.js';
import { RawSocket } from '../support/raw-socket.js';

describe('requests that come too quickly', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z', newFolder(), { PLEDGE_ADDRESS_RATE: '20' });
  });
  afterAll(() => api.end());

  it('from one address are refused with when to come back, and logged once a minute', async () => {
    const replies = [];
    for (let n = 0; n < 25; n++) replies.push(await api.post('{ "query": "{ plans { code } }" }'));
    expect(replies.map(({ status }) => status)).toEqual([
      ...Array<number>(20).fill(200),
      ...Array<number>(5).fill(429),
    ]);
    expect(replies.at(-1)?.headers.get('retry-after')).toBe('60');
    expect(replies.at(-1)?.text).toContain('"TOO_MANY_REQUESTS"');
    expect(api.logged.filter(({ code }) => code === 'TOO_MANY_REQUESTS')).toHaveLength(1);
    expect(await RawSocket.open(api.url)).toBe(429);
    api.time.moveTo(api.time.now() + 60_000);
    expect((await api.post('{ "query": "{ plans { code } }" }')).status).toBe(200);
  });

  it('are counted by time that passes, however the clock is put', async () => {
    const ask = () => api.post('{ "query": "{ plans { code } }" }');
    const now = api.time.now();
    api.time.putTo(now + 864_000_000);
    let reply = await ask();
    while (reply.status !== 429) reply = await ask();
    api.time.putTo(now);
    reply = await ask();
    expect([reply.status, Number(reply.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect(Number(reply.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    api.time.moveTo(now + 60_000);
    expect((await ask()).status).toBe(200);
  });

  it('over a socket close it with a code to come back by', async () => {
    api.time.moveTo(api.time.now() + 60_000);
    const socket = await RawSocket.open(api.url);
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    socket.send({ type: 'connection_init', payload: api.connectionParams });
    for (let n = 0; n < 30; n++) socket.send({ type: 'ping' });
    expect(await socket.closed).toBe(1013);
  });
});

describe('who listens from an address that asks too much', () => {
  let api: Api;
  beforeAll(async () => {
    const limits = { ...standardLimits, pingMs: 300 };
    api = await Api.start('2026-03-02T09:00:00Z', newFolder(), { PLEDGE_ADDRESS_RATE: '20' }, { limits });
  });
  afterAll(() => api.end());

  it('goes on listening, and is refused operations alone', async () => {
    const sockets = [];
    for (let n = 0; n < 3; n++) {
      const socket = await RawSocket.open(api.url);
      if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
      socket.send({ type: 'connection_init', payload: api.connectionParams });
      await socket.next('connection_ack');
      sockets.push(socket);
    }
    const [first] = sockets;
    let status = 200;
    while (status !== 429) ({ status } = await api.post('{ "query": "{ plans { code } }" }'));
    for (let pings = 0; pings < 5; pings++) await new Promise((resolve) => first?.socket.once('ping', resolve));
    for (const { socket } of sockets) expect(socket.readyState).toBe(socket.OPEN);
    first?.subscribe('1', '{ plans { code } }');
    expect(await first?.next('error')).toMatchObject({ payload: [{ extensions: { code: 'TOO_MANY_REQUESTS' } }] });
    api.time.moveTo(api.time.now() + 60_000);
    first?.subscribe('2', '{ plans { code } }');
    expect(await first?.next('next')).toMatchObject({ id: '2' });
    for (const { socket } of sockets) socket.terminate();
  });

  it('is closed where it answers pings that nobody sent', async () => {
    api.time.moveTo(api.time.now() + 60_000);
    const socket = await RawSocket.open(api.url);
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    for (let n = 0; n < 25; n++) socket.socket.pong();
    expect(await socket.closed).toBe(1013);
  });
});

describe('operations of one identity that come too quickly', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z', newFolder(), { PLEDGE_RATE: '10' });
  });
  afterAll(() => api.end());

  it('are refused on every door, and those of others are not', async () => {
    const key = api.newKey('agent');
    for (let n = 0; n < 5; n++) await api.data('{ plans { code } }', {}, key);
    for (let n = 0; n < 5; n++) expect(await api.sendBySocket('{ plans { code } }', {}, key)).toHaveProperty('data');
    const refused = { errors: [{ extensions: { code: 'TOO_MANY_REQUESTS' } }] };
    expect(await api.send('{ plans { code } }', {}, key)).toMatchObject(refused);
    expect(await api.sendBySocket('{ plans { code } }', {}, key)).toMatchObject(refused);
    await api.data('{ plans { code } }', {}, api.newKey('dashboard'));
    api.time.moveTo(api.time.now() + 60_000);
    await api.data('{ plans { code } }', {}, key);
  });
});

describe('the count of requests', () => {
  it('remembers no more callers than it has room for, and forgets those first whose minute began first', () => {
    const time = new ManualClock(0);
    const rates = new Rates(time, 1_000);
    for (let n = 0; n < 5_000; n++) rates.take(`caller ${n}`, 1);
    expect(rates.size).toBe(1_000);
    expect(rates.take('caller 4999', 1)).toEqual({ retryAfterSeconds: 60, isFirst: true });
    expect(rates.take('caller 4999', 1)).toEqual({ retryAfterSeconds: 60, isFirst: false });
    expect(rates.take('caller 0', 1)).toBeUndefined();
    time.moveTo(60_000);
    expect(rates.take('caller 4999', 1)).toBeUndefined();
    for (let n = 0; n < 1_000; n++) rates.take(`new caller ${n}`, 1);
    expect(rates.size).toBe(1_000);
  });
});

describe('an address', () => {
  const request = (remoteAddress: string, forwarded?: string) =>
    ({ headers: { 'x-forwarded-for': forwarded }, socket: { remoteAddress } }) as unknown as Parameters<
      ReturnType<typeof addressOf>
    >[0];

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2::'],
    ['nonsense', 'unknown'],
  ])('%s is counted as %s: whoever has a network of IPv6 has one', (address, counted) => {
    expect(networkOf(address)).toBe(counted);
  });

  it('is believed of proxies that are set, as far as they go, and of nobody else', () => {
    const of = addressOf(['10.0.0.0/8', '::1']);
    expect(of(request('10.0.0.1', '198.51.100.9, 192.0.2.7, 10.0.0.2'))).toBe('192.0.2.7');
    expect(of(request('::ffff:10.0.0.1', '192.0.2.7'))).toBe('192.0.2.7');
    expect(of(request('192.0.2.1', '198.51.100.9'))).toBe('192.0.2.1');
    expect(of(request('10.0.0.1'))).toBe('10.0.0.1');
    expect(of(request('10.0.0.1', 'nonsense'))).toBe('unknown');
    expect(addressOf([])(request('10.0.0.1', '192.0.2.7'))).toBe('10.0.0.1');
  });

  it.each([
    ['192.0.2.7:1000', '192.0.2.7'],
    [' 192.0.2.7:65535 ', '192.0.2.7'],
    ['[2001:db8:1:2::7]:443', '2001:db8:1:2::'],
    ['[2001:db8:1:2::7]', '2001:db8:1:2::'],
    ['2001:db8:1:2::7', '2001:db8:1:2::'],
    ['[::ffff:192.0.2.7]:80', '192.0.2.7'],
    ['192.0.2.1, 192.0.2.7:1, 10.0.0.2:2', '192.0.2.7'],
    ['192.0.2.7:', 'unknown'],
    ['[192.0.2.7', 'unknown'],
  ])('is understood as balancers write it: %s', (forwarded, counted) => {
    expect(addressOf(['10.0.0.0/8'])(request('10.0.0.1', forwarded))).toBe(counted);
  });

  it('behind a proxy that is set is counted by itself, and one that names another is not believed elsewhere', async () => {
    const rate = { PLEDGE_ADDRESS_RATE: '5' };
    const statuses = async (proxies: NodeJS.ProcessEnv) => {
      const api = await Api.start('2026-03-02T09:00:00Z', newFolder(), { ...rate, ...proxies });
      const ask = async (from: string) =>
        (await api.post('{ "query": "{ plans { code } }" }', { 'x-forwarded-for': from })).status;
      const first = [];
      for (let n = 0; n < 6; n++) first.push(await ask('192.0.2.7'));
      const other = await ask('192.0.2.8');
      await api.end();
      return [first.at(-2), first.at(-1), other];
    };
    expect(await statuses({ PLEDGE_PROXIES: '127.0.0.1' })).toEqual([200, 429, 200]);
    expect(await statuses({})).toEqual([200, 429, 429]);
  });

  it('that forwards for others, and is no proxy that is set, is told to the operator once', async () => {
    const told: string[] = [];
    const of = addressOf(['10.0.0.1'], (sender) => told.push(sender));
    of(request('10.0.0.1', '192.0.2.7'));
    of(request('10.0.0.2'));
    expect(told).toEqual([]);
    for (let n = 0; n < 3; n++) of(request('10.0.0.2', '192.0.2.7'));
    expect(told).toEqual(['10.0.0.2']);

    const api = await Api.start('2026-03-02T09:00:00Z');
    for (let n = 0; n < 3; n++) await fetch(`${api.url}/health`, { headers: { 'x-forwarded-for': '192.0.2.7' } });
    expect(api.logged).toEqual([
      {
        level: 'warn',
        code: 'FORWARDED_FOR_IGNORED',
        who: 'address 127.0.0.1',
        message: expect.stringContaining('PLEDGE_PROXIES') as unknown,
      },
    ]);
    await api.end();
  });
});
