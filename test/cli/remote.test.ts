import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../../src/cli/remote.js';
import { newFolder } from '../support/api.js';
import { runHere } from '../support/command-line.js';
import { linesThatLie } from '../support/hostile-text.js';

const event = {
  ...{ revision: 0, type: 'T', occurredAt: '', actor: { id: 'a', kind: 'PERSON' }, onBehalfOf: null },
  notices: [],
  summary: '',
};
const page = (nodes: readonly unknown[], pageInfo: unknown = { hasNextPage: false, endCursor: null }) => ({
  data: { ticketHistory: { edges: nodes.map((node) => ({ node })), pageInfo } },
});
const without = (name: string) => page([{ ...event, [name]: undefined }]);
const instead = (name: string, value: unknown) => page([{ ...event, [name]: value }]);
const more = { hasNextPage: true, endCursor: 'x' };

describe('pledge history --server', () => {
  let server: Server;
  let url: string;
  let answer: (response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((_, response) => {
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const history = (to = url, key = 'key', ...rest: readonly string[]) =>
    runHere(['history', 'T-1', '--server', to, ...rest], { PLEDGE_KEY: key });
  const expectRefused = async (said: ReturnType<typeof history>, code: string) => {
    const { code: status, stderr } = await said;
    expect([status, stderr]).toEqual([1, expect.stringMatching(`^pledge: ${code}: [^\\n]+\\n$`)]);
    expect(linesThatLie(stderr)).toEqual([]);
    return stderr;
  };

  it.each<readonly [what: string, said: unknown]>([
    ['null', null],
    ['a number', 5],
    ['text', 'x'],
    ['a list', []],
    ['nothing', {}],
    ['no data', { data: null }],
    ['data that are none', { data: 5 }],
    ['errors that are none', { errors: 5 }],
    ['errors of another kind', { errors: [null] }],
    ['extensions of another kind', { errors: [{ message: 'x', extensions: 5 }] }],
    ['no page', { data: { ticketHistory: null } }],
    ['no edges', { data: { ticketHistory: { edges: {}, pageInfo: more } } }],
    ['an edge that is none', { data: { ticketHistory: { edges: [null], pageInfo: more } } }],
    ['more events than asked for', page(Array.from({ length: 201 }, (_, revision) => ({ ...event, revision })))],
    ...['revision', 'type', 'occurredAt', 'actor', 'notices', 'summary'].map((n) => [`no ${n}`, without(n)] as const),
    ['an actor that is none', instead('actor', 'a')],
    ['an actor without id', instead('actor', { id: 5, kind: 'PERSON' })],
    ['an actor without kind', instead('actor', { id: 'a' })],
    ['notices that are none', instead('notices', [5])],
    ['a summary that is none', instead('summary', { toString: 'x' })],
    ['somebody else that is none', instead('onBehalfOf', [])],
    ['an event out of order', instead('revision', 7)],
    ['the same page for ever', page([event], more)],
    ['pages without events', page([], more)],
    ['a next page without its cursor', page([event], { hasNextPage: true, endCursor: null })],
    ['no page info', page([event], null)],
  ])('refuses an answer that is not understood: %s', async (_, said) => {
    answer = (response) => response.end(JSON.stringify(said));
    await expectRefused(history(), 'SERVER_NOT_UNDERSTOOD');
  });

  it.each([
    ['no JSON', '<html>'],
    ['nothing', ''],
    ['nested without end', `{"data":${'['.repeat(200_000)}`],
    [
      'nested too deeply',
      JSON.stringify(page([{ ...event, data: 0 }])).replace(
        '"data":0',
        `"data":${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      ),
    ],
  ])('refuses text that is %s', async (_, text) => {
    answer = (response) => response.end(text);
    await expectRefused(history(url, 'key', '--json'), 'SERVER_NOT_UNDERSTOOD');
  });

  it('tells a refusal by its code, and one without a code as that', async () => {
    answer = (response) =>
      response.end(JSON.stringify({ errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] }));
    expect(await expectRefused(history(), 'FORBIDDEN')).toContain('FORBIDDEN: no');
    answer = (response) => response.end(JSON.stringify({ errors: [{}] }));
    await expectRefused(history(), 'REFUSED');
  });

  it('follows no redirect, for the key is for one server', async () => {
    let asked = 0;
    answer = (response) => {
      asked += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    };
    await expectRefused(history(), 'SERVER_UNAVAILABLE');
    expect(asked).toBe(1);
  });

  it.each([
    ['hangs up', (response: ServerResponse) => response.destroy()],
    [
      'hangs up in the middle',
      (response: ServerResponse) =>
        response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy()),
    ],
    ['says what is no HTTP', (response: ServerResponse) => response.socket?.end('nonsense\r\n\r\n')],
  ])('says so where a server %s', async (_, how) => {
    answer = how;
    await expectRefused(history(), 'SERVER_UNAVAILABLE');
  });

  it.each([
    ['is too long', (response: ServerResponse) => response.end('x'.repeat(2_000)), 60_000, 'more than 1000 bytes'],
    ['never ends', (response: ServerResponse) => response.write('{'), 200, 'no answer within 0.2 s'],
    ['never begins', () => undefined, 200, 'no answer within 0.2 s'],
  ])('waits for no answer that %s', async (_, how, ms, why) => {
    answer = how;
    await expect(ask({ url, key: 'key' }, '{ x }', {}, (data) => data, { bytes: 1_000, ms })).rejects.toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      message: expect.stringContaining(why) as unknown,
    });
  });

  it.each([
    ['is refused by nobody there', 'http://127.0.0.1:1'],
    ['has no such name', 'http://nowhere.invalid'],
  ])('says so where a connection %s', async (_, to) => {
    await expectRefused(history(to), 'SERVER_UNAVAILABLE');
  });

  it.each([
    '',
    'x',
    'ftp://x',
    'file:///etc/passwd',
    'http://',
    'http://me:secret@x',
    'https://x/?a',
    'https://x/#a',
    'javascript:1',
  ])('refuses an address that is none: "%s"', async (to) => {
    expect(await expectRefused(history(to), 'INVALID_SERVER')).not.toContain('secret');
  });

  it.each(['a b', 'a\nb', 'ключ', 'x\u007f'])('never shows a key that is none', async (key) => {
    const stderr = await expectRefused(history(url, key), 'KEY_NOT_GIVEN');
    expect(stderr).not.toContain(key);
  });

  it('refuses a key file that is a folder, is not there, or is no key at all', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'long'), 'x'.repeat(20_000));
    writeFileSync(join(folder, 'empty'), '\n');
    for (const name of ['folder', 'none', 'long', 'empty'])
      await expectRefused(history(url, '', '--key-file', join(folder, name)), 'KEY_NOT_GIVEN');
    await expectRefused(history(url, '', '--key-file', '/dev/zero'), 'KEY_NOT_GIVEN');
  });
});
