import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Asker } from '../../src/auth/asker.js';
import { ReadsHere } from '../../src/app/read-threads/reads-here.js';
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
    await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.aborted).toBe(true);
  });

  const connect = () =>
    createClient({
      url: `${api.url.replace('http', 'ws')}/graphql`,
      connectionParams: api.connectionParams,
      webSocketImpl: WebSocket,
      ...{ retryAttempts: 0, lazy: false }, // the socket stays while nothing is under way
    });

  it('is stopped when its socket is closed', async () => {
    const client = connect();
    const answers = client.iterate({ query });
    void Promise.allSettled([answers.next()]);
    const { signal } = await asked;
    client.terminate();
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.aborted).toBe(true);
  });

  it('is stopped by itself when it says over a socket that it is done with it', async () => {
    const client = connect();
    const done = client.subscribe(
      { query },
      { next: () => undefined, error: () => undefined, complete: () => undefined },
    );
    const { signal } = await asked;
    const other = client.iterate({ query: '{ stuckTickets { ticket } }' });
    expect(await other.next()).toMatchObject({ value: { data: { stuckTickets: [] } } });
    expect(signal.aborted).toBe(false);
    done();
    if (!signal.aborted) await once(signal, 'abort');
    const next = client.iterate({ query: '{ stuckTickets { ticket } }' });
    expect(await next.next()).toMatchObject({ value: { data: { stuckTickets: [] } } }); // the socket goes on
    await client.dispose();
  });

  it('is stopped, of what is folded from the log too: a history, a replay', async () => {
    await api.data(`mutation { openTicket(input: { id: "T-1", customer: "acme", plan: "pro", type: "productBug",
      channel: "email", subject: "It broke" }) { ... on TicketChanged { recorded } } }`);
    const leave = new AbortController();
    const folded = (['history', 'replay'] as const).map(
      (kind) =>
        new Promise<Asker>((resolve) => {
          jest.spyOn(ReadsHere.prototype, kind).mockImplementation(async (_, asker) => {
            resolve(asker);
            await once(asker.signal, 'abort');
            throw new Error('stopped');
          });
        }),
    );
    const headers = { 'content-type': 'application/json', ...api.identified };
    const both = '{ ticketHistory(id: "T-1") { edges { cursor } } replayTicket(id: "T-1") { id } }';
    const body = JSON.stringify({ query: both });
    const answer = fetch(`${api.url}/graphql`, { method: 'POST', headers, body, signal: leave.signal });
    const signals = (await Promise.all(folded)).map(({ signal }) => signal);
    leave.abort();
    await expect(answer).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    for (const signal of signals) if (!signal.aborted) await once(signal, 'abort');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});
