import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { base64url, type JWTPayload } from 'jose';
import { Api, newFolder } from '../support/api.js';
import { IdentityProvider, newKey } from '../support/identity-provider.js';
import { RawSocket } from '../support/raw-socket.js';

const at = '2026-03-02T09:00:00Z';
const now = Date.parse(at);
const plans = '{ plans { code } }';

const encoded = (value: object) => base64url.encode(JSON.stringify(value));

/** A token with another middle, and the signature of what was there. */
function altered(token: string, change: JWTPayload): string {
  const [head = '', body = '', signature = ''] = token.split('.');
  const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as JWTPayload;
  return [head, encoded({ ...payload, ...change }), signature].join('.');
}

describe('a token', () => {
  let provider: IdentityProvider;
  let api: Api;
  beforeAll(async () => {
    provider = await IdentityProvider.start();
    api = await Api.start(at, newFolder(), provider.settings);
  });
  afterEach(() => {
    provider.status = 200;
    api.time.moveTo(now);
  });
  afterAll(async () => {
    await api.end();
    await provider.stop();
  });

  async function refusal(token: string) {
    const { status, text } = await api.post(JSON.stringify({ query: plans }), { authorization: `Bearer ${token}` });
    const { errors } = JSON.parse(text) as { errors?: readonly { extensions: { code: string } }[] };
    return [status, errors?.[0]?.extensions.code];
  }

  it('of its issuer is taken, over HTTP and WebSocket', async () => {
    const token = await provider.token(now);
    expect(await api.send(plans, {}, token)).toEqual({ data: { plans: expect.anything() } });
    expect(await api.sendBySocket(plans, {}, token)).toEqual({ data: { plans: expect.anything() } });
  });

  const hostile: readonly (readonly [name: string, token: () => string | Promise<string>])[] = [
    [
      "forged: signed by a key of somebody's under the name of ours",
      async () => provider.token(now, {}, {}, (await newKey('x')).privateKey),
    ],
    [
      'altered after it was signed',
      async () => altered(await provider.token(now, { roles: ['dashboard'] }), { roles: ['admin'] }),
    ],
    ['not valid yet', () => provider.token(now, { nbf: now / 1000 + 11 })],
    ['without an end', () => provider.token(now, { exp: undefined })],
    [
      'of the algorithm none',
      () =>
        `${encoded({ alg: 'none', kid: provider.key.kid })}.${encoded({ iss: provider.issuer, aud: provider.audience, sub: 'mia', roles: ['admin'], exp: now / 1000 + 60 })}.`,
    ],
    [
      'of the algorithm None, with the signature of another',
      async () => `${encoded({ alg: 'None' })}.${(await provider.token(now)).split('.').slice(1).join('.')}`,
    ],
    [
      'signed with our public key as if it were a secret',
      () => provider.token(now, {}, { alg: 'HS256' }, new TextEncoder().encode(provider.key.spki)),
    ],
    [
      'signed with an empty secret',
      () => provider.token(now, {}, { alg: 'HS256' }, new TextEncoder().encode('\0'.repeat(32))),
    ],
    ['of another issuer', () => provider.token(now, { iss: 'https://evil.example' })],
    ['for another audience', () => provider.token(now, { aud: 'another' })],
    ['for an audience among which we are not', () => provider.token(now, { aud: ['pledge-test', 'pledge/'] })],
    ['of nobody', () => provider.token(now, { sub: '' })],
    ['with customers that are none', () => provider.token(now, { customers: { all: true } })],
    [
      'with a key of its own',
      async () => {
        const { publicJwk, privateKey } = await newKey('own');
        return provider.token(now, {}, { kid: 'own', jwk: publicJwk }, privateKey);
      },
    ],
    [
      'that says where its key is',
      async () =>
        provider.token(
          now,
          {},
          { kid: 'own', jku: 'http://169.254.169.254/jwks.json' },
          (await newKey('own')).privateKey,
        ),
    ],
    ['whose key has a path for a name', () => provider.token(now, {}, { kid: '../../../../dev/null' })],
    ['with an extension that nobody here knows', () => provider.token(now, {}, { crit: ['b65'], b65: true })],
    ['that is no token', () => 'a.b.c'],
    ['of nine thousand letters', () => 'a'.repeat(9_000)],
    ["that is an object's own key", () => '__proto__'],
  ];

  it.each(hostile)('is refused over HTTP: one %s', async (_, token) => {
    expect(await refusal(await token())).toEqual([401, 'UNAUTHENTICATED']);
  });

  it.each(hostile)('is refused over WebSocket: one %s', async (_, token) => {
    const socket = await RawSocket.open(api.url);
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${await token()}` } });
    expect(await socket.closed).toBe(4403);
  });

  it.each([
    ['no scheme', (token: string) => token],
    ['another scheme', (token: string) => `Basic ${token}`],
    ['two of them', (token: string) => `Bearer ${token}, Bearer ${token}`],
    ['a space within', (token: string) => `Bearer ${token.slice(0, 20)} ${token.slice(20)}`],
  ])('is refused where it comes with %s', async (_, header) => {
    const reply = await api.post(JSON.stringify({ query: plans }), {
      authorization: header(await provider.token(now)),
    });
    expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="pledge"']);
  });

  it('is nothing in the address, where logs would keep it', async () => {
    const token = await provider.token(now);
    const response = await fetch(`${api.url}/graphql?access_token=${token}&authorization=Bearer%20${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: plans }),
    });
    expect(response.status).toBe(401);
  });

  it('seen before is good until it expires, and no longer', async () => {
    const token = await provider.token(now);
    expect(await refusal(token)).toEqual([200, undefined]);
    api.time.moveTo(now + 71_000);
    expect(await refusal(token)).toEqual([401, 'TOKEN_EXPIRED']);
  });

  it('is verified by the new key when keys rotate, and by the old one no more', async () => {
    const old = await provider.token(now, { jti: 'old' });
    const { privateKey } = provider.key;
    await provider.rotate('second');
    api.time.moveTo(now + 11_000); // the keys are asked for again, but not at any time
    expect(await refusal(await provider.token(now))).toEqual([200, undefined]);
    expect(await refusal(old)).toEqual([401, 'UNAUTHENTICATED']);
    expect(await refusal(await provider.token(now, {}, { kid: 'second' }, privateKey))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
  });

  it("that is new waits for its issuer's keys where they are not to be had; one seen before does not", async () => {
    const elsewhere = await IdentityProvider.start();
    const other = await Api.start(at, newFolder(), elsewhere.settings);
    const seen = await elsewhere.token(now);
    expect(await other.send(plans, {}, seen)).toEqual({ data: { plans: expect.anything() } });
    await elsewhere.rotate('unseen');
    const unseen = await elsewhere.token(now);
    elsewhere.status = 500;
    other.time.moveTo(now + 11_000);
    const { errors } = await other.send(plans, {}, unseen);
    expect(errors?.[0]?.extensions?.['code']).toBe('IDENTITY_PROVIDER_UNAVAILABLE');
    expect(await other.send(plans, {}, seen)).toEqual({ data: { plans: expect.anything() } });
    elsewhere.status = 200;
    other.time.moveTo(now + 22_000);
    expect(await other.send(plans, {}, unseen)).toEqual({ data: { plans: expect.anything() } });
    await other.end();
    await elsewhere.stop();
  });
});
