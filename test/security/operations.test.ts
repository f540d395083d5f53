import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOperations } from '../../src/api/graphql/persisted-operations.js';
import { Api, newFolder } from '../support/api.js';
import { RawSocket } from '../support/raw-socket.js';

const allowed = '{ plans { code } }';
const sha256Hash = createHash('sha256').update(allowed).digest('hex');
const persisted = (hash: string) => ({ persistedQuery: { version: 1, sha256Hash: hash } });

describe('a server with a list of operations', () => {
  let api: Api;
  const file = join(newFolder(), 'operations.json');
  beforeAll(async () => {
    writeFileSync(file, JSON.stringify({ plans: allowed, feed: 'subscription { slaEvents { __typename } }' }));
    api = await Api.start('2026-03-02T09:00:00Z', newFolder(), { PLEDGE_OPERATIONS: file });
  });
  afterAll(() => api.end());

  const post = async (body: object) => JSON.parse((await api.post(JSON.stringify(body))).text) as unknown;
  const answered = { data: { plans: expect.anything() as unknown } };
  const refused = { errors: [{ extensions: { code: 'OPERATION_NOT_ALLOWED' } }] };

  it('answers those in it, in full or by their id', async () => {
    expect(await post({ query: allowed })).toEqual(answered);
    expect(await post({ extensions: persisted(sha256Hash) })).toEqual(answered);
    expect(await post({ extensions: persisted('plans') })).toEqual(answered);
    expect(await api.sendBySocket(allowed)).toEqual(answered);
  });

  it.each<readonly [name: string, body: object]>([
    ['another', { query: '{ plans { code name } }' }],
    ['one that differs by a space', { query: '{ plans { code }  }' }],
    ['another under the id of one', { query: '{ plans { name } }', extensions: persisted(sha256Hash) }],
    ['an id of none', { extensions: persisted('0'.repeat(64)) }],
    ['a name that every object has', { extensions: persisted('__proto__') }],
    ['nothing', { extensions: {} }],
  ])('refuses %s', async (_, body) => {
    expect(await post(body)).toMatchObject(refused);
  });

  it('refuses others by GET and over WebSocket, too', async () => {
    const asked = await fetch(`${api.url}/graphql?query=${encodeURIComponent(allowed)}`, {
      headers: { ...api.identified, 'apollo-require-preflight': 'yes' },
    });
    expect(await asked.json()).toMatchObject(refused);
    const socket = await RawSocket.open(api.url);
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    socket.send({ type: 'connection_init', payload: api.connectionParams });
    await socket.next('connection_ack');
    socket.subscribe('1', '{ plans { name } }');
    expect(await socket.next('error')).toMatchObject({ payload: refused.errors });
    socket.socket.terminate();
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '["{ plans { code } }"]'],
    ['a document that is no text', '{ "plans": 1 }'],
  ])('does not start with a file that is %s', (_, text) => {
    const wrong = join(newFolder(), 'operations.json');
    writeFileSync(wrong, text);
    expect(() => readOperations(wrong)).toThrow(/is not a list of operations/);
  });
});
