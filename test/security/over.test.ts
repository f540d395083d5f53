import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyStore } from '../../src/auth/key-store.js';
import { standardLimits } from '../../src/api/limits.js';
import { Api, newFolder } from '../support/api.js';
import { IdentityProvider } from '../support/identity-provider.js';
import { RawFrames } from '../support/raw-frames.js';

const at = '2026-03-02T09:00:00Z';
const note = (id: string) =>
  `mutation { addInternalNote(input: { id: "T-1", text: "${id}" }) { __typename ... on Rejection { code } } }`;

/** A client that takes no notice of being closed, and whose identity ends. */
describe('an identity that is over', () => {
  let provider: IdentityProvider;
  let api: Api;
  const open: RawFrames[] = [];
  beforeAll(async () => {
    provider = await IdentityProvider.start();
    api = await Api.start(at, newFolder(), { ...provider.settings, PLEDGE_ADDRESS_RATE: '300' });
    const admin = api.newKey('admin');
    const opening = 'input: { id: "T-1", customer: "acme", type: "productBug", channel: "email", subject: "It broke" }';
    await api.data(`mutation { openTicket(${opening}) { __typename } }`, {}, admin);
  });
  afterEach(() => {
    for (const { socket } of open.splice(0)) socket.destroy();
  });
  afterAll(async () => {
    await api.end();
    await provider.stop();
  });

  async function known(credential: string): Promise<RawFrames> {
    const raw = await RawFrames.known(api.url, credential);
    open.push(raw);
    return raw;
  }
  function revoke(): void {
    const keys = KeyStore.open(api.folder);
    for (const { id } of keys.list()) keys.revoke(id, api.time.now());
    keys.close();
  }

  it.each(['a key that was revoked', 'a token that expired'])(
    'writes nothing more over an open socket, not even before it is closed: %s',
    async (which) => {
      const isKey = which.startsWith('a key');
      const raw = await known(isKey ? api.newKey('admin') : await provider.token(api.time.now()));
      raw.ask('before', note('before'));
      await raw.until(() => raw.messages('complete').length === 1);
      const before = await api.lastPosition();
      if (isKey) revoke();
      else api.time.moveTo(api.time.now() + 71_000);
      for (let n = 0; n < 30; n++) raw.ask(`after ${n}`, note('after'));
      await raw.gone;
      expect(raw.closedWith).toBe(isKey ? 4401 : 4403);
      expect(raw.messages('next')).toHaveLength(1);
      expect(await api.lastPosition()).toBe(before);
      api.time.moveTo(Date.parse(at));
    },
  );

  it('reads nothing more over an open socket', async () => {
    const raw = await known(api.newKey('agent'));
    revoke();
    raw.ask('after', '{ plans { code } }');
    await raw.gone;
    expect([raw.closedWith, raw.messages('next')]).toEqual([4401, []]);
  });

  it('reads nothing more by a request whose end comes later', async () => {
    const key = api.newKey('dashboard');
    const body = '{ "query": "{ plans { code } }" }';
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => (said += text));
    const head = `Host: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nExpect: 100-continue`;
    socket.write(`POST /graphql HTTP/1.1\r\n${head}\r\n\r\n`);
    while (!said.includes('100 Continue')) await turn(); // its head was read
    for (let n = 0; n < 5; n++) await turn();
    revoke();
    socket.write(body);
    while (!said.includes('"errors"') && !said.includes('"plans"')) await turn();
    expect([said.includes('"KEY_REVOKED"'), said.includes('"plans":[')]).toEqual([true, false]);
    socket.destroy();
  });

  it('does nothing more of a request that was begun', async () => {
    const key = api.newKey('admin');
    const notes = Array.from({ length: 20 }, (_, n) => `n${n}: addInternalNote(input: $n) { __typename }`);
    const query = `mutation ($n: InternalNoteInput!) { ${notes.join(' ')} }`;
    const first = await api.lastPosition();
    const asked = api.send(query, { n: { id: 'T-1', text: 'x' } }, key);
    while ((await api.lastPosition()) === first) await turn(); // until the first is recorded
    revoke();
    const { errors } = await asked;
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toContain('KEY_REVOKED');
  });

  it('writes nothing more where its socket was closed for a flood, and is gone soon', async () => {
    const raw = await known(api.newKey('admin'));
    for (let n = 0; n < 300; n++) raw.send({ type: 'pong' });
    await raw.until(() => raw.closedWith !== undefined);
    const before = await api.lastPosition();
    for (let n = 0; n < 30; n++) raw.ask(`after ${n}`, note('after'));
    await raw.gone;
    expect([raw.closedWith, await api.lastPosition()]).toEqual([1013, before]);
  });
});

describe('nobody in particular', () => {
  let api: Api;
  beforeAll(async () => {
    const limits = { ...standardLimits, unknownSockets: 3, initMs: 200 };
    api = await Api.start(at, newFolder(), {}, { limits });
  });
  afterAll(() => api.end());

  it.each<readonly [name: string, send: (raw: RawFrames, bytes: Buffer) => void]>([
    [
      'a frame that never ends',
      (raw, bytes) => {
        raw.write(bytes, { says: 4_000_000 });
      },
    ],
    [
      'a message in parts, the last of which never comes',
      (raw, bytes) => {
        raw.write(bytes, { isLast: false });
      },
    ],
    [
      'many small parts',
      (raw, bytes) => {
        raw.write(bytes.subarray(0, 1), { isLast: false });
        for (let n = 1; n < bytes.length; n += 100) raw.write(bytes.subarray(n, n + 100), { isLast: false, opcode: 0 });
      },
    ],
    [
      'a message that is whole',
      (raw, bytes) => {
        raw.write(bytes);
      },
    ],
  ])('may not send more than a few kilobytes: %s', async (_, send) => {
    const raw = await RawFrames.open(api.url);
    send(raw, Buffer.alloc(standardLimits.unknownBytes + 1, 'x'));
    await raw.until(() => raw.closedWith !== undefined);
    expect(raw.closedWith).toBe(1009);
    await raw.gone;
  });

  it('has a short time to say who it is, and is gone soon after', async () => {
    const raw = await RawFrames.open(api.url);
    raw.write(Buffer.from('{"type":"connection_init"'), { isLast: false });
    await raw.gone;
    expect(raw.closedWith).toBe(4408);
  });

  it('has fewer sockets of one address than those who said who they are', async () => {
    const strangers = [await RawFrames.open(api.url), await RawFrames.open(api.url)];
    const known = [];
    for (let n = 0; n < 5; n++) known.push(await RawFrames.known(api.url, api.key));
    strangers.push(await RawFrames.open(api.url));
    await expect(RawFrames.open(api.url)).rejects.toThrow('429');
    for (const { socket } of [...strangers, ...known]) socket.destroy();
  });
});
