import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inFull, logLine } from '../../src/observability/log.js';
import { Api } from '../support/api.js';

describe('an error of ours', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    await api.loseTable('tickets');
  });
  afterAll(() => api.end());

  it.each(['HTTP', 'WebSocket'])(
    'shows nothing of our insides over %s, and carries an id that is in the log',
    async (door) => {
      const query = '{ tickets { edges { cursor } } }';
      const answer = door === 'HTTP' ? await api.send(query) : await api.sendBySocket(query);
      const { extensions, ...error } = answer.errors?.[0] ?? {};
      expect(error).toMatchObject({
        message: 'Pledge failed unexpectedly.',
        path: expect.arrayContaining(['tickets']) as unknown,
      });
      expect(extensions).toEqual({
        code: 'INTERNAL_SERVER_ERROR',
        id: expect.stringMatching(/^[\da-f-]{36}$/) as unknown,
      });
      expect(JSON.stringify(answer)).not.toMatch(/select|sqlite|no such table|\.ts|\.js|node_modules|\/src\//i);
      const entry = api.logged.find(({ id }) => id === extensions?.['id']);
      expect(entry).toMatchObject({
        level: 'error',
        // Jest has realms of its own, and to some the error of an addon is no error.
        error: expect.stringMatching(/no such table: tickets|SQLITE_ERROR/) as unknown,
      });
    },
  );
});

/** What is answered to a path that is sent as it stands: `fetch` would resolve its dots first. */
const textAt = (url: string, path: string, headers: Record<string, string>) =>
  new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    get({ hostname, port, path, headers }, (response) => void text(response).then(resolve, reject)).on('error', reject);
  });

describe('a refusal', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterAll(() => api.end());

  it.each<readonly [name: string, ask: (api: Api) => Promise<string>, where: object]>([
    ['of a body', async () => (await api.post('{')).text, { operation: 'POST', path: '/graphql' }],
    [
      'of a page that is not there',
      () => textAt(api.url, '/../../etc/passwd', api.identified),
      { operation: 'GET', path: '/../../etc/passwd' },
    ],
    [
      'of a query',
      async () => JSON.stringify(await api.send('{ nonsense }')),
      { operation: 'query', path: 'nonsense' },
    ],
    ['of a query by WebSocket', async () => JSON.stringify(await api.sendBySocket('{ nonsense }')), {}],
    [
      'of a cursor',
      async () => JSON.stringify(await api.send('{ tickets(after: "x") { edges { cursor } } }')),
      { operation: 'query', path: 'tickets' },
    ],
  ])('%s carries an id that is in the log, with where it was and no more', async (_, ask, where) => {
    const said = JSON.parse(await ask(api)) as { errors: readonly { extensions: { id: string; code: string } }[] };
    const [{ extensions } = { extensions: undefined }] = said.errors;
    const { id, code } = extensions ?? {};
    expect(api.logged.at(-1)).toEqual({ level: 'warn', id, code, actor: 'person', ...where });
  });

  it('tells what is asked of a time that is not counted any more', async () => {
    await api.data(`mutation {
      enrolCustomer(input: { id: "acme", plan: "pro" }) { __typename }
      openTicket(input: { id: "T-1", customer: "acme", type: "productBug", channel: "email", subject: "It broke" }) { __typename }
    }`);
    const answer = await api.send(
      '{ replayTicket(id: "T-1", occurredBy: "9999-12-31T23:59:59Z") { clocks { state } } }',
    );
    expect(answer.errors).toEqual([
      expect.objectContaining({
        message: 'Time is counted from 1600 up to 2600.',
        extensions: expect.objectContaining({ code: 'OUT_OF_RANGE' }) as unknown,
      }),
    ]);
  });
});

describe('the log', () => {
  it("gives no text of a caller's a line of its own, nor the terminal a command", () => {
    const error = new Error('no plan "\n{"level":"error","code":"FORGED"}\r\n\u001b[2J\u2028"', {
      cause: new Error('\nand\n'),
    });
    const line = logLine({ level: 'error', id: 'x', code: 'INTERNAL_SERVER_ERROR', error: inFull(error) });
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    expect(JSON.parse(line)).toMatchObject({ error: expect.stringContaining('because of Error: \nand') as unknown });
  });
});
