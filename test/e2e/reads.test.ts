import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Asker } from '../../src/database/reads.js';
import { ReadsHere } from '../../src/reads/reads-here.js';
import { Api } from '../support/api.js';

describe('a query whose sender leaves', () => {
  let api: Api;
  let asked: Promise<Asker>;
  beforeEach(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    asked = new Promise((resolve) => {
      jest.spyOn(ReadsHere.prototype, 'select').mockImplementation(async (_, __, asker) => {
        resolve(asker);
        await once(asker.signal, 'abort');
        throw new Error('stopped');
      });
    });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await api.end();
  });

  const query = '{ workQueue { edges { cursor } } }';

  it('is stopped over HTTP', async () => {
    const leave = new AbortController();
    const headers = { 'content-type': 'application/json', ...api.identified };
    const answer = fetch(`${api.url}/graphql`, {
      ...{ method: 'POST', headers, body: JSON.stringify({ query }), signal: leave.signal },
    });
    const { who, signal } = await asked;
    expect({ who, isOver: signal.aborted }).toEqual({ who: 'developer', isOver: false });
    leave.abort();
    await expect(answer).rejects.toThrow();
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.aborted).toBe(true);
  });

  it('is stopped over WebSocket', async () => {
    const client = createClient({
      url: `${api.url.replace('http', 'ws')}/graphql`,
      connectionParams: api.connectionParams,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    const answers = client.iterate({ query });
    void answers.next().catch(() => undefined);
    const { signal } = await asked;
    client.terminate();
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.aborted).toBe(true);
  });
});
