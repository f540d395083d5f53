import { statSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { base64url, type JWTPayload, SignJWT } from 'jose';
import WebSocket from 'ws';
import { KeyStore } from '../../src/auth/key-store.js';
import { openPledgeContext } from '../../src/app/pledge-context.js';
import { startServer } from '../../src/app/bootstrap.js';
import { type Answer, Api, newFolder } from '../support/api.js';
import { Issuer, signingKey } from '../support/issuer.js';
import { settingsOf } from '../support/application-contexts.js';

const began = '2026-03-02T09:00:00Z';
const asking = '{ tickets { edges { node { customer } } } }';
const codeOf = ({ errors }: Answer) => errors?.[0]?.extensions?.['code'];

const opening = (id: string, customer: string) => `openTicket(input: {
  id: "${id}", customer: "${customer}", type: "productBug", channel: "email", subject: "It broke"
}) { __typename ... on Rejection { code } }`;

/** A socket that says who it is, and what it is closed with. */
function connect(api: Api, payload: object) {
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closed = new Promise<readonly [number, string]>((resolve) => {
    socket.once('close', (code, reason) => {
      resolve([code, reason.toString()]);
    });
  });
  const acknowledged = new Promise<unknown>((resolve) => {
    socket.once('message', (data: Buffer) => {
      resolve(JSON.parse(data.toString()));
    });
  });
  socket.once('open', () => {
    socket.send(JSON.stringify({ type: 'connection_init', payload }));
  });
  return { acknowledged, closed };
}

/** Claims from which the expiry is left out. */
const never = { exp: undefined } as unknown as JWTPayload;

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

describe('a token', () => {
  let issuer: Issuer;
  let api: Api;
  const token = (claims: JWTPayload = {}) => issuer.token(api.time.now(), claims);
  const ask = async (credential: string, query = asking) => api.send(query, {}, credential);

  beforeEach(async () => {
    issuer = await Issuer.start();
    api = await Api.start(began, newFolder(), issuer.environment);
  });
  afterEach(async () => {
    await api.end();
    await issuer.stop();
  });

  it('of the issuer, for us, lets in whom it names, and is verified once', async () => {
    const good = await token();
    expect(await ask(good)).toEqual({ data: { tickets: { edges: [] } } });
    issuer.isDown = true;
    expect(await ask(good)).toEqual({ data: { tickets: { edges: [] } } });
    expect(issuer.asked).toBe(1);
  });

  it("is the actor of what is done with it, a person's unless it is a program's own", async () => {
    const history = '{ ticketHistory(id: "T-1") { edges { node { actor { id kind } onBehalfOf { id } } } } }';
    await ask(await token(), `mutation { ${opening('T-1', 'acme')} }`);
    await ask(
      await token({ sub: 'bot', client_id: 'bot' }),
      'mutation { closeTicket(input: {id: "T-1"}) { __typename } }',
    );
    expect(await ask(await token(), history)).toMatchObject({
      data: {
        ticketHistory: {
          edges: [
            { node: { actor: { id: 'mia', kind: 'PERSON' }, onBehalfOf: null } },
            { node: { actor: { id: 'bot', kind: 'AUTOMATIC' }, onBehalfOf: null } },
          ],
        },
      },
    });
  });

  it('limits whoever it says to some customers', async () => {
    await ask(
      await token({ roles: ['admin'] }),
      `mutation { a: ${opening('A-1', 'acme')} g: ${opening('G-1', 'globex')} }`,
    );
    const seen = async (claims: JWTPayload) => {
      const query =
        '{ a: ticketHistory(id: "A-1") { edges { cursor } } g: ticketHistory(id: "G-1") { edges { cursor } } }';
      const { data } = await ask(await token(claims), query);
      return Object.entries(data ?? {}).flatMap(([name, list]) =>
        (list as { edges: unknown[] }).edges.length > 0 ? [name] : [],
      );
    };
    expect(await seen({})).toEqual(['a', 'g']);
    expect(await seen({ customers: ['acme'] })).toEqual(['a']);
    expect(await seen({ customers: [' globex ', 'acme'] })).toEqual(['a', 'g']);
    expect(await seen({ customers: ' acme ' })).toEqual(['a']);
    expect(await seen({ customers: 'globex acme' })).toEqual([]); // the id of one
    expect(await seen({ customers: [] })).toEqual([]);
  });

  it.each<[string, JWTPayload, string | undefined]>([
    ['of another issuer', { iss: 'https://evil.example/' }, 'UNAUTHENTICATED'],
    ['for another audience', { aud: 'elsewhere' }, 'UNAUTHENTICATED'],
    ['that has expired', { exp: Date.parse(began) / 1000 - 11 }, 'TOKEN_EXPIRED'],
    ['that expired within the tolerance', { exp: Date.parse(began) / 1000 - 9 }, undefined],
    ['that never expires', never, 'UNAUTHENTICATED'],
    ['that is not good yet', { nbf: Date.parse(began) / 1000 + 60 }, 'UNAUTHENTICATED'],
    ['of nobody', { sub: '' }, 'UNAUTHENTICATED'],
    ['whose subject would break a line of a log', { sub: 'mia\nadmin' }, 'UNAUTHENTICATED'],
    ['whose customers make no sense', { customers: 7 }, 'UNAUTHENTICATED'],
    ['whose customers are no ids', { customers: ['acme', 'a\u0007b'] }, 'UNAUTHENTICATED'],
    ['whose customer has no name', { customers: ' ' }, 'UNAUTHENTICATED'],
    ['whose customers are none at all', { customers: null }, 'UNAUTHENTICATED'],
    ['whose roles make no sense', { roles: { admin: true } }, 'UNAUTHENTICATED'],
    ['without roles', { roles: [] }, 'FORBIDDEN'],
    ['with roles of others', { roles: ['king', '__proto__', 'constructor'] }, 'FORBIDDEN'],
  ])('%s', async (_, claims, code) => {
    expect(codeOf(await ask(await token(claims)))).toBe(code);
  });

  it("signed by none of the issuer's keys is refused: by a stranger's, a shared secret, its public key, or nobody", async () => {
    const now = api.time.now();
    const { kid, publicJwk } = issuer.key;
    const claims = { iss: 'https://id.example/', aud: 'pledge', sub: 'mia', roles: ['admin'], exp: now / 1000 + 600 };
    const strangers = await signingKey(kid);
    const hmac = (secret: Uint8Array) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(secret);
    const unsigned = [{ alg: 'none', kid }, claims].map((part) => base64url.encode(JSON.stringify(part))).join('.');
    const good = await token();
    const forged = [
      await issuer.token(now, claims, strangers),
      await hmac(Buffer.from('secret')),
      await hmac(Buffer.from(JSON.stringify(publicJwk))),
      `${unsigned}.`,
      `${good.slice(0, -4)}AAAA`,
      [good.split('.')[0], base64url.encode(JSON.stringify(claims)), good.split('.')[2]].join('.'),
      'a.b.c',
      await issuer.token(now - 3_600_000, { exp: now / 1000 - 3_000 }, strangers),
    ];
    for (const credential of forged) expect(codeOf(await ask(credential))).toBe('UNAUTHENTICATED');
  });

  it('that cannot be verified for want of keys is refused as no fault of its sender', async () => {
    issuer.isDown = true;
    const { status, text } = await api.post(JSON.stringify({ query: asking }), bearer(await token()));
    expect([status, codeOf(JSON.parse(text) as Answer)]).toEqual([503, 'IDENTITY_PROVIDER_UNAVAILABLE']);
    issuer.isDown = false;
    api.time.moveTo(api.time.now() + 10_000);
    expect(codeOf(await ask(await token()))).toBeUndefined();
  });

  it('that expires ends its connection with a code, and is refused from then on', async () => {
    const short = await token({ exp: api.time.now() / 1000 + 60 });
    const { acknowledged, closed } = connect(api, bearer(short));
    expect(await acknowledged).toEqual({ type: 'connection_ack' });
    expect(codeOf(await ask(short))).toBeUndefined();
    api.time.moveTo(api.time.now() + 70_000);
    expect(await closed).toEqual([4403, 'TOKEN_EXPIRED']);
    const { status, text } = await api.post(JSON.stringify({ query: asking }), bearer(short));
    expect([status, codeOf(JSON.parse(text) as Answer)]).toEqual([401, 'TOKEN_EXPIRED']);
    expect(await connect(api, bearer(short)).closed).toEqual([4403, 'TOKEN_EXPIRED']);
  });

  it('makes no development key, and refuses one of another folder', async () => {
    expect(api.key).toBe('');
    const other = await Api.start(began);
    expect(codeOf(await ask(other.key))).toBe('UNAUTHENTICATED');
    await other.end();
  });
});

describe('an API key', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start(began);
  });
  afterAll(() => api.end());

  const revoke = (key: string) => {
    const keys = KeyStore.open(api.folder);
    keys.revoke(key.split('_')[1] ?? '', api.time.now());
    keys.close();
  };

  it('is refused from the moment that it expires', async () => {
    const key = api.newKey('agent', null, api.time.now() + 1_000);
    expect(codeOf(await api.send(asking, {}, key))).toBeUndefined();
    api.time.moveTo(api.time.now() + 1_000);
    const { status, text } = await api.post(JSON.stringify({ query: asking }), bearer(key));
    expect([status, codeOf(JSON.parse(text) as Answer)]).toEqual([401, 'KEY_EXPIRED']);
    expect(await connect(api, bearer(key)).closed).toEqual([4401, 'KEY_EXPIRED']);
  });

  it('that is revoked is refused at once, and its connection is closed within seconds', async () => {
    const key = api.newKey('agent');
    const { acknowledged, closed } = connect(api, bearer(key));
    expect(await acknowledged).toEqual({ type: 'connection_ack' });
    revoke(key);
    expect(codeOf(await api.send(asking, {}, key))).toBe('KEY_REVOKED');
    expect(await connect(api, bearer(key)).closed).toEqual([4401, 'KEY_REVOKED']);
    api.time.moveTo(api.time.now() + 1_000);
    expect(await closed).toEqual([4401, 'KEY_REVOKED']);
  });

  it('that is over, with another secret, is refused as one that nobody knows', async () => {
    const key = api.newKey('agent');
    revoke(key);
    expect(codeOf(await api.send(asking, {}, `${key.slice(0, 18)}${'A'.repeat(43)}`))).toBe('UNAUTHENTICATED');
  });

  it("with another's secret is refused", async () => {
    const [one, other] = [api.newKey('agent'), api.newKey('agent')];
    const mixed = `${one.slice(0, 18)}${other.slice(18)}`;
    expect(codeOf(await api.send(asking, {}, mixed))).toBe('UNAUTHENTICATED');
  });

  it('is kept as a digest, in a file for its owner alone', () => {
    const key = api.newKey('ingest', ['acme']);
    const keys = KeyStore.open(api.folder);
    expect(JSON.stringify(keys.list())).not.toContain(key.slice(18));
    expect(keys.list().find(({ role }) => role === 'ingest')).toMatchObject({
      role: 'ingest',
      customers: ['acme'],
      revokedAt: null,
    });
    keys.close();
    for (const file of ['keys.db', 'development.key'])
      expect(statSync(`${api.folder}/${file}`).mode & 0o777).toBe(0o600);
  });

  it("reports what a person did, which counts as a person's reply; its own word is an automatic one", async () => {
    const ingest = api.newKey('ingest');
    const clocksOf = async (id: string, onBehalfOf: string) => {
      await api.data(`mutation { openTicket(input: { id: "${id}", customer: "acme", plan: "pro", type: "productBug",
        channel: "email", subject: "It broke" }) { __typename } }`);
      const { recordFirstResponse } = await api.data(
        `mutation { recordFirstResponse(input: { id: "${id}" ${onBehalfOf} }) {
           ... on TicketChanged { ticket { clocks { metric state } } } } }`,
        {},
        ingest,
      );
      return (recordFirstResponse as { ticket: { clocks: { state: string }[] } }).ticket.clocks[0]?.state;
    };
    expect(await clocksOf('R-1', '')).toBe('RUNNING');
    expect(await clocksOf('R-2', 'onBehalfOf: { id: "robot", kind: AUTOMATIC }')).toBe('RUNNING');
    expect(await clocksOf('R-3', 'onBehalfOf: { id: "mia" }')).toBe('MET');
    const { ticketHistory } = await api.data(
      '{ ticketHistory(id: "R-3") { edges { node { type actor { id kind } onBehalfOf { id kind } } } } }',
    );
    expect((ticketHistory as { edges: { node: object }[] }).edges.map(({ node }) => node)).toContainEqual({
      type: 'FirstResponseSent',
      actor: { id: 'ingest-key', kind: 'AUTOMATIC' },
      onBehalfOf: { id: 'mia', kind: 'PERSON' },
    });
  });

  it.each([
    ['on whose behalf it acts', 'recordFollowUp', 'MessageInput', { onBehalfOf: { id: 'mia' } }],
    ['the plan of a ticket', 'openTicket', 'OpenTicketInput', { plan: 'enterprise' }],
  ])('of an agent may not say %s', async (_, verb, type, more) => {
    const rest = verb === 'openTicket' ? { customer: 'acme', type: 'productBug', channel: 'email', subject: 'x' } : {};
    const answer = await api.data(
      `mutation ($input: ${type}!) { ${verb}(input: $input) { ... on Rejection { code } } }`,
      { input: { id: 'R-1', ...rest, ...more } },
      api.newKey('agent'),
    );
    expect(answer[verb]).toEqual({ code: 'FORBIDDEN' });
  });
});

describe('a stranger', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start(began);
  });
  afterAll(() => api.end());

  it('is told over HTTP to say who they are, and nothing else', async () => {
    for (const method of ['POST', 'GET', 'OPTIONS']) {
      const response = await fetch(`${api.url}/graphql?query={__typename}`, { method });
      const { errors } = (await response.json()) as Answer;
      expect([response.status, response.headers.get('www-authenticate'), errors?.[0]?.extensions?.['code']]).toEqual([
        ...[401, 'Bearer realm="pledge"', 'UNAUTHENTICATED'],
      ]);
    }
  });

  it.each([
    ['nothing', {}],
    ['a key that is none', bearer('pledge_nonsense')],
    ['no text', { authorization: ['Bearer x'] }],
  ])('who says %s in connection_init is not let in', async (_, payload) => {
    expect(await connect(api, payload).closed).toEqual([4403, 'Forbidden']);
  });

  it('learns of /health whether all is well; somebody known learns how', async () => {
    const health = async (headers: Record<string, string>) => (await fetch(`${api.url}/health`, { headers })).json();
    expect(await health({})).toEqual({ status: 'ok' });
    expect(await health(bearer('nonsense'))).toEqual({ status: 'ok' });
    expect(await health(api.identified)).toMatchObject({ status: 'ok', projections: expect.any(Array) });
  });
});

describe('a server that others can reach', () => {
  it.each(['0.0.0.0', '::', '10.0.0.1', 'pledge.example'])(
    'does not start on %s before it is told whom to believe',
    async (host) => {
      const context = await openPledgeContext(settingsOf(newFolder(), { PLEDGE_HOST: host }), 'serve');
      await expect(startServer(context)).rejects.toMatchObject({
        code: 'IDENTITY_NOT_SET',
        message: expect.stringContaining('PLEDGE_JWKS_URL'),
      });
      await context.close();
    },
  );

  it('starts with API keys alone where that is set, without a development key', async () => {
    const folder = newFolder();
    const api = await Api.start(began, folder, { PLEDGE_IDENTITY: 'keys', PLEDGE_HOST: '0.0.0.0' });
    expect(api.key).toBe('');
    expect(codeOf(await api.send(asking, {}, api.newKey('agent')))).toBeUndefined();
    await api.end();
  });

  it.each([
    [{ PLEDGE_JWT_ISSUER: 'x' }, /PLEDGE_JWT_AUDIENCE.*PLEDGE_JWKS_URL/],
    [{ PLEDGE_IDENTITY: 'tokens' }, /PLEDGE_JWT_ISSUER.*PLEDGE_JWT_AUDIENCE.*PLEDGE_JWKS_URL/],
    [
      { PLEDGE_JWT_ISSUER: 'x', PLEDGE_JWT_AUDIENCE: 'y', PLEDGE_JWKS_URL: 'http://id.example/jwks' },
      /PLEDGE_JWKS_URL.*https/,
    ],
  ])('takes no half of an identity provider: %j', (environment, says) => {
    expect(() => settingsOf('data', environment)).toThrow(says);
  });
});
