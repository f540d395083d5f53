import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { RawSocket } from '../support/raw-socket.js';

describe('a line of the log about a refusal', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterAll(() => api.end());
  let before: number;
  beforeEach(() => {
    before = api.logged.length;
  });
  const lines = () =>
    api.logged.slice(before).map(({ code, operation, actor, path }) => ({ code, operation, actor, path }));
  const secret = 'a secret of the sender';

  it('names the operation, the kind of actor and the fields', async () => {
    await api.send('mutation Leave { closeTicket(input: { id: "T-1" }) { __typename } }', {}, api.newKey('dashboard'));
    expect(lines()).toEqual([
      { code: 'FORBIDDEN', operation: 'mutation Leave', actor: 'automatic', path: 'closeTicket' },
    ]);
  });

  it('names the field at fault by its path in the answer', async () => {
    await api.send(`query { a: plans { code } late: replayTicket(id: "T-1", asOf: "${secret}") { id } }`);
    await api.send('query Page($after: String) { list: tickets(after: $after) { edges { node { id } } } }', {
      after: secret,
    });
    expect(lines()).toMatchObject([
      { operation: 'query', actor: 'person', path: 'plans,replayTicket' },
      { code: 'INVALID_CURSOR', operation: 'query Page', actor: 'person', path: 'list' },
    ]);
    expect(JSON.stringify(api.logged)).not.toContain(secret);
  });

  it('names method and path of what is no GraphQL, without what follows the path', async () => {
    await fetch(`${api.url}/nowhere?key=${encodeURIComponent(secret)}`, { headers: api.identified });
    await fetch(`${api.url}/metrics`);
    expect(lines()).toEqual([
      { code: 'NOT_FOUND', operation: 'GET', actor: 'person', path: '/nowhere' },
      { code: 'UNAUTHENTICATED', operation: 'GET', actor: 'unknown', path: '/metrics' },
    ]);
    expect(JSON.stringify(api.logged)).not.toContain('secret');
  });

  it('names them over WebSocket, too', async () => {
    const socket = await RawSocket.open(api.url);
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${api.key}` } });
    await socket.next('connection_ack');
    const query = `query Page { list: tickets(after: "${secret}") { edges { node { id } } } }`;
    socket.send({ type: 'subscribe', id: '1', payload: { query, operationName: 'Page' } });
    await socket.next('next');
    expect(lines()).toEqual([{ code: 'INVALID_CURSOR', operation: 'query Page', actor: 'person', path: 'list' }]);
  });
});
