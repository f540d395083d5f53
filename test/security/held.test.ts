import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exceeds } from '../../src/api/answer-size.js';
import { HeldBytes } from '../../src/api/held-bytes.js';
import { standardLimits } from '../../src/api/limits.js';
import fc from '../support/fc.js';
import { Api, newFolder } from '../support/api.js';
import { RawFrames } from '../support/raw-frames.js';
import { meant } from '../support/meant.js';

const at = '2026-03-02T09:00:00Z';
/** Asks for some hundred kilobytes. */
const much = `{ ${Array.from({ length: 20 }, (_, n) => `a${n}: __schema { types { name description fields { name description } } }`).join(' ')} }`;
const start = (differing: Partial<typeof standardLimits>) =>
  Api.start(at, newFolder(), {}, { limits: { ...standardLimits, ...differing } });

describe('an answer', () => {
  let api: Api;
  beforeAll(async () => {
    api = await start({ answerChars: 1_000 });
  });
  afterAll(() => api.end());

  it.each(['HTTP', 'WebSocket'])('that is too large is refused over %s, and a small one is not', async (door) => {
    const ask = (query: string) => (door === 'HTTP' ? api.send(query) : api.sendBySocket(query));
    expect(await ask('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect(await ask('{ __type(name: "Query") { fields { name description } } }')).toEqual({
      data: null,
      errors: [
        expect.objectContaining({ extensions: { code: 'ANSWER_TOO_LARGE', id: expect.any(String) as unknown } }),
      ],
    });
    expect(api.logged.at(-1)).toMatchObject({ code: 'ANSWER_TOO_LARGE' });
  });

  it('is measured as JSON has it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ maxLength: 300 }), (value, text) => {
        const answer = { value, text };
        const size = JSON.stringify(answer).length;
        expect([exceeds(answer, size / 8 - 1), exceeds(answer, size * 4 + 10)]).toEqual([true, false]);
      }),
    );
    const texts = [{ text: 'x'.repeat(1_000), more: ['"'.repeat(1_000), '\0'.repeat(1_000)] }];
    const size = JSON.stringify(texts).length;
    expect([exceeds(texts, size - 10), exceeds(texts, size + 10)]).toEqual([true, false]);
  });

  it('is looked at no further than its limit', () => {
    let looks = 0;
    const endless = new Proxy(['x'], { get: (_, name) => (name === 'length' ? 1e9 : ((looks += 1), 'xxxxxxxx')) });
    expect(exceeds(endless, 1_000)).toBe(true);
    expect(looks).toBeLessThan(200);
  });
});

describe('what callers hold of our memory', () => {
  it('is counted by caller and in all, and let go of', () => {
    const held = new HeldBytes({ perIdentity: 10, total: 15 });
    const ofA = held.begin('a');
    expect([ofA.add(4), ofA.add(6), ofA.add(1), held.begin('a').add(1)]).toEqual([true, true, false, false]);
    expect([held.begin('b').add(6), held.begin('b').add(5)]).toEqual([false, true]);
    ofA.release();
    ofA.release();
    expect([held.begin('a').add(11), held.begin('a').add(10)]).toEqual([false, true]);
  });
});

describe('a client that holds too much', () => {
  let api: Api;
  beforeAll(async () => {
    api = await start({
      heldBytes: { perIdentity: 2_000_000, total: 3_000_000 },
      sockets: { total: 1, perAddress: 1, perIdentity: 1 },
      pingMs: 600_000,
    });
  });
  /** Nothing is held any more of what the test before sent: a body of nearly all that one client may hold is taken. */
  beforeEach(async () => {
    const body = JSON.stringify({ query: '{ __typename }' }).padEnd(1_990_000);
    const headers = { authorization: `Bearer ${api.key}`, 'content-type': 'application/json' };
    while ((await fetch(`${api.url}/graphql`, { method: 'POST', headers, body })).status === 429)
      await new Promise(setImmediate);
  });
  afterAll(() => api.end());

  function request(body: string, length = Buffer.byteLength(body)): string {
    return (
      `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.key}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${length}\r\n\r\n${body}`
    );
  }
  function open() {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('error', () => undefined).on('data', (chunk: Buffer) => chunks.push(chunk));
    return { socket, said: () => Buffer.concat(chunks).toString() };
  }

  it('by answers that it does not read is refused more of them, until it has read', async () => {
    const { socket, said } = open();
    socket.pause();
    const asked = 20;
    const asking = request(JSON.stringify({ query: much }));
    socket.write(asking.repeat(asked));
    while (!api.logged.some(({ code }) => code === 'TOO_MANY_BYTES')) await new Promise(setImmediate);
    expect((await api.send('{ plans { code } }')).data).toBeDefined(); // what is small is answered
    socket.resume();
    const answers = () => said().split('HTTP/1.1 ').slice(1);
    while (answers().length < asked) await new Promise(setImmediate);
    const refused = answers().filter((answer) => answer.startsWith('429'));
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) expect(answer).toContain('"code":"TOO_MANY_BYTES"');
    expect((await api.send(much)).data).toBeDefined();
    socket.destroy();
  });

  it('by answers that it leaves behind holds them no longer', async () => {
    const asking = request(JSON.stringify({ query: much }));
    for (let n = 0; n < 3; n++) {
      const { socket } = open();
      socket.pause();
      socket.write(asking.repeat(8));
      const before = api.logged.length;
      while (api.logged.length === before) await new Promise(setImmediate); // some wait, and some are refused
      socket.destroy();
    }
    let answer = await api.send(much);
    while (answer.data === undefined) answer = await api.send(much);
  });

  it('by requests that do not end is refused more of them, and is answered still where it sends little', async () => {
    const begun = Array.from({ length: 4 }, () => open());
    for (const { socket } of begun) socket.write(request('{'.repeat(490_000), 500_000));
    const one = open();
    one.socket.write(request('{'.repeat(100_000), 500_000));
    const more = setInterval(() => one.socket.write('{'.repeat(10_000)), 1);
    // Which of them is refused depends on whose bytes the server reads last.
    const isRefused = ({ said }: typeof one) => /^HTTP\/1\.1 429 [^]*"code":"TOO_MANY_BYTES"/.test(said());
    while (![...begun, one].some(isRefused)) await new Promise(setImmediate);
    clearInterval(more);
    expect((await api.send('{ plans { code } }')).data).toBeDefined();
    for (const { socket } of [...begun, one]) socket.destroy();
  });

  it.each(['a length', 'chunks'])('holds nothing by announcing %s and sending next to nothing', async (what) => {
    const begun = Array.from({ length: 40 }, () => open());
    const head = request('{', 4_000_000);
    const chunked = head.replace('Content-Length: 4000000', 'Transfer-Encoding: chunked').replace(/\{$/, '1\r\n{\r\n');
    for (const { socket } of begun) socket.write(what === 'chunks' ? chunked : head);
    while (begun.some(({ socket }) => socket.connecting || socket.writableLength > 0)) await new Promise(setImmediate);
    await api.send('{ plans { code } }'); // all that was sent before has been read
    const large = { query: `{ plans { code } } # ${'x'.repeat(90_000)}` };
    expect((await api.send(large.query)).data).toBeDefined();
    expect(begun.map(({ said }) => said())).toEqual(begun.map(() => ''));
    for (const { socket } of begun) socket.destroy();
  });

  it('over a socket is cut off when it is sent something, and not when it sends', async () => {
    const raw = await RawFrames.known(api.url, api.key);
    raw.socket.pause();
    for (let n = 0; n < 20; n++) raw.ask(`${n}`, much);
    let next = await RawFrames.open(api.url).catch(meant('XX'));
    while (next === undefined) next = await RawFrames.open(api.url).catch(meant('XX'));
    raw.socket.destroy();
    next.socket.destroy();
  });
});
