import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { standardLimits } from '../../src/api/limits.js';
import { Api, newFolder } from '../support/api.js';

const plans = JSON.stringify({ query: '{ plans { code } }' });

/** What a server answers to bytes that no client would send, until it hangs up. */
function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    const said: string[] = [];
    socket.setEncoding('utf8').on('data', (chunk: string) => said.push(chunk));
    socket
      .on('error', () => undefined)
      .on('close', () => {
        resolve(said.join(''));
      });
  });
}

const manyKeys = (count: number) =>
  `{ "query": "{ plans { code } }", "variables": { ${Array.from({ length: count }, (_, i) => `"u${i}": 1`).join()} } }`;

const head = (length: number) =>
  `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

describe('a request that is none', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterAll(() => api.end());

  const latin = Buffer.from('{ "query": "{ ticket(id: \\"caf\xe9\\") { id } }" }', 'latin1');

  it.each<readonly [name: string, body: string | Uint8Array, status: number, code: string]>([
    ['malformed JSON', '{ "query": "{ plans', 400, 'BAD_REQUEST'],
    ['no JSON at all', '<?xml version="1.0"?>', 400, 'BAD_REQUEST'],
    ['nothing', '', 400, 'BAD_REQUEST'],
    ['JSON that is no object', '42', 400, 'BAD_REQUEST'],
    ['a query that is no text', '{ "query": { "kind": "Document" } }', 400, 'BAD_REQUEST'],
    ['variables that are no object', '{ "query": "{ plans { code } }", "variables": [] }', 400, 'BAD_REQUEST'],
    ['the key __proto__', '{ "query": "{ plans { code } }", "__proto__": { "polluted": true } }', 400, 'BAD_REQUEST'],
    [
      'the key __proto__ deep within',
      '{ "query": "{ plans { code } }", "variables": { "a": { "__proto__": { "polluted": true } } } }',
      400,
      'BAD_REQUEST',
    ],
    [
      "a constructor's prototype",
      '{ "query": "{ plans { code } }", "variables": { "constructor": { "prototype": { "polluted": true } } } }',
      400,
      'BAD_REQUEST',
    ],
    ['a body beyond the limit', `{ "query": "${' '.repeat(standardLimits.bodyBytes)}" }`, 413, 'TOO_LARGE'],
    ['JSON a hundred thousand deep', '['.repeat(100_000) + ']'.repeat(100_000), 400, 'BAD_REQUEST'],
    [
      'an operation that the document has not',
      JSON.stringify({ query: 'query A { plans { code } }', operationName: '__proto__' }),
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'JSON of more values than it may have',
      `[${'0,'.repeat(standardLimits.jsonValues)}0]`,
      400,
      'more than 100000 values',
    ],
    ['JSON of more keys', manyKeys(standardLimits.jsonValues), 400, 'more than 100000 values'],
    ['JSON deeper than it may be', '['.repeat(101), 400, 'more than 100 levels'],
  ])("is refused as its sender's fault: %s", async (_, body, status, code) => {
    const reply = await api.post(body);
    expect([reply.status, reply.text]).toEqual([status, expect.stringContaining(code)]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('with bytes that are no UTF-8 is read with signs in their place, and answered', async () => {
    const { status, text } = await api.post(latin);
    expect([status, JSON.parse(text)]).toEqual([200, { data: { ticket: null } }]);
  });

  it.each([
    ['text/plain', 400],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['application/graphql', 415],
  ])('of a form that pages of other sites may send is refused: %s', async (type, refused) => {
    const { status } = await api.post(plans, { 'content-type': type });
    expect(status).toBe(refused);
  });

  it('by a link on a page of another site is refused', async () => {
    const response = await fetch(`${api.url}/graphql?query=${encodeURIComponent('{ plans { code } }')}`, {
      headers: api.identified,
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/Cross-Site Request Forgery/);
  });

  it('that would change something by GET is refused', async () => {
    const query = encodeURIComponent('mutation { retirePlan(input: { code: "pro" }) { __typename } }');
    const response = await fetch(`${api.url}/graphql?query=${query}`, {
      headers: { ...api.identified, 'apollo-require-preflight': 'yes' },
    });
    expect(response.status).toBe(405);
  });

  it.each([
    ['two lengths', 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n{}{}'],
    [
      'a length and chunks',
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['headers without end', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['no HTTP', '\0\0\0\0\r\n\r\n'],
  ])('is hung up on: %s', async (_, text) => {
    expect(await raw(api.url, text)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });
});

describe('a request that comes slowly', () => {
  let api: Api;
  beforeAll(async () => {
    const limits = { ...standardLimits, headersMs: 50, requestMs: 100, idleMs: 150, checkMs: 10 };
    api = await Api.start('2026-03-02T09:00:00Z', newFolder(), {}, { limits });
  });
  afterAll(() => api.end());

  it.each([
    ['in the middle of its head', 'POST /graphql HTTP/1.1\r\nHost: x\r\n'],
    ['in the middle of its body', `${head(1000)}{ "query": "`],
  ])('is hung up on when its time is over: %s', async (_, text) => {
    expect(await raw(api.url, text)).toMatch(/^(HTTP\/1\.1 4\d\d [^]*)?$/);
  });

  it('or not at all does not keep its connection', async () => {
    expect(await raw(api.url, '')).toMatch(/^(HTTP\/1\.1 408 [^]*)?$/);
  });
});

describe('a browser', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z', newFolder(), { PLEDGE_ORIGINS: 'https://desk.example' });
  });
  afterAll(() => api.end());

  const preflight = async (origin: string) => {
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    const response = await fetch(`${api.url}/graphql`, { method: 'OPTIONS', headers });
    return response.headers.get('access-control-allow-origin');
  };

  /** A page takes scripts, styles and answers from here alone, and stands in no page of another site. */
  const policy = [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:"],
    ...["font-src 'self' data:", "connect-src 'self'", "base-uri 'none'", "form-action 'none'"],
    "frame-ancestors 'none'",
  ].join(';');

  it.each<readonly [what: string, ask: () => Promise<{ readonly headers: Headers }>]>([
    ['an answer', () => api.post(plans)],
    ['the page', () => fetch(`${api.url}/graphql`, { headers: { accept: 'text/html' } })],
    ['a script', () => fetch(`${api.url}/graphiql/start.js`)],
    ['the health', () => fetch(`${api.url}/health`)],
    ['a refusal', () => fetch(`${api.url}/nothing`)],
  ])('is told what to keep to by %s', async (_, ask) => {
    const { headers } = await ask();
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': policy,
      'strict-transport-security': expect.stringContaining('max-age=') as unknown,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
    });
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('is told to keep no answer', async () => {
    expect((await api.post(plans)).headers.get('cache-control')).toBe('no-store');
  });

  it('lets in pages of the sites that are set, and of no other', async () => {
    expect(await preflight('https://desk.example')).toBe('https://desk.example');
    expect(await preflight('https://evil.example')).toBeNull();
    expect(await preflight('null')).toBeNull();
  });

  it('lets in no page of another site where none is set', async () => {
    const closed = await Api.start('2026-03-02T09:00:00Z');
    const headers = { origin: 'https://desk.example', 'access-control-request-method': 'POST' };
    const response = await fetch(`${closed.url}/graphql`, { method: 'OPTIONS', headers });
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    await closed.end();
  });
});

describe('a server that is not on loopback alone', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z', newFolder(), { PLEDGE_EXPLORE: 'no' });
  });
  afterAll(() => api.end());

  it('serves no page to try it in', async () => {
    const page = await fetch(`${api.url}/graphql`, { headers: { accept: 'text/html', ...api.identified } });
    expect([page.status, await page.text()]).toEqual([expect.any(Number), expect.not.stringContaining('<html')]);
    expect((await fetch(`${api.url}/graphiql/start.js`, { headers: api.identified })).status).toBe(404);
  });

  it.each(['HTTP', 'WebSocket'])('tells nobody its schema over %s, by introspection or by suggestion', async (door) => {
    const ask = (query: string) => (door === 'HTTP' ? api.send(query) : api.sendBySocket(query));
    const asked = await ask('{ __schema { types { name } } }');
    expect(asked.errors?.[0]?.message).toMatch(/introspection/);
    const misspelt = await ask('{ plan { codes } ticke(id: "x") { id } }');
    expect(misspelt.errors?.map(({ message }) => message).join()).toMatch(/Cannot query field "ticke"/);
    expect(JSON.stringify(misspelt)).not.toMatch(/Did you mean|tickets/);
  });
});
