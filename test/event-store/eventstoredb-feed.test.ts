import { rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FormattedExecutionResult } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { type Server, startServer } from '../../src/app/bootstrap.js';
import { type PledgeContext } from '../../src/app/pledge-context.js';
import { toCursor } from '../../src/event-sourcing/cursor.js';
import { feedTypes } from '../../src/feed/domain/feed-event.js';
import { all } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { importSample, openIn } from '../support/application-contexts.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';
import { ManualClock } from '../support/manual-clock.js';

const [sockets, perSocket] = [50, 4];

/** How many events are read at once where others wait. */
const page = 64;

interface Sent extends Record<string, unknown> {
  readonly slaEvents: { readonly __typename: string; readonly id?: string };
}

describe('the feed of a sample log on EventStoreDB', () => {
  let server: WireServer;
  let folder: string;
  let context: PledgeContext;
  let pledge: Server;
  let clients: readonly Client[];
  beforeEach(async () => {
    server = await WireServer.start();
    folder = newFolder();
    const time = new ManualClock(Date.parse('2026-03-02T09:00:00Z'));
    context = await openIn(folder, 'serve', time, { EVENT_STORE_URL: server.url });
    const { log, counts } = await importSample(context, { tickets: 120, until: '2026-03-01T09:00:00Z', days: 60 });
    await log.finish(counts);
    pledge = await startServer(context);
    clients = Array.from({ length: sockets }, () =>
      createClient({
        url: `${pledge.url.replace('http', 'ws')}/graphql`,
        connectionParams: { authorization: `Bearer ${pledge.developmentKey?.text ?? ''}` },
        webSocketImpl: WebSocket,
        retryAttempts: 0,
      }),
    );
  });
  afterEach(async () => {
    await pledge.close();
    await context.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  async function ask(query: string): Promise<unknown> {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${pledge.developmentKey?.text ?? ''}`,
    };
    const response = await fetch(`${pledge.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return response.json();
  }

  /** Opens a ticket and reads it. */
  async function change(id: string): Promise<void> {
    const opening = `mutation { openTicket(input: { id: "${id}", customer: "acme", plan: "pro", type: "productBug",
      channel: "email", subject: "It broke" }) { ... on TicketChanged { recorded } } }`;
    expect(await ask(opening)).toEqual({ data: { openTicket: { recorded: 2 } } });
    expect(await ask(`{ ticketHistory(id: "${id}") { edges { node { type } } } }`)).toMatchObject({
      data: { ticketHistory: { edges: [{ node: { type: 'TicketOpened' } }, { node: { type: 'SlaClockStarted' } }] } },
    });
  }

  it('is subscribed to from the start by 200, and tickets are opened and read meanwhile', async () => {
    const query = `subscription { slaEvents(after: "${toCursor(context.store, '0'.repeat(20))}",
      filter: { includeHistoric: true, kinds: [SLA_BREACHED] }) { __typename ... on SlaEvent { id } } }`;
    const recorded = await all(context.store.readAll({ types: feedTypes }));
    expect(recorded.length).toBeGreaterThan(2 * page);
    const wanted = recorded.filter(({ type }) => type === 'SlaBreached').map(({ id }) => id);
    const heard = Array.from({ length: sockets * perSocket }, (): string[] => []);
    const listening = heard.map(
      (ids, n) =>
        new Promise<void>((through, failed) => {
          const next = ({ data }: FormattedExecutionResult<Sent>) => {
            const id = data?.slaEvents.id;
            if (id !== undefined) ids.push(id);
            if (ids.length === wanted.length) through();
          };
          clients[n % sockets]?.subscribe({ query }, { next, error: failed, complete: () => undefined });
        }),
    );
    while (heard.every(({ length }) => length === 0)) await turn();
    for (const id of ['N-1', 'N-2', 'N-3']) await change(id);
    expect(heard.some(({ length }) => length < wanted.length)).toBe(true); // there is still somebody to wait for
    await Promise.all(listening);
    for (const ids of heard) expect(ids.slice(0, wanted.length)).toEqual(wanted);
    expect(server.streams.most).toBeLessThan(100);
    expect(server.streams.purposes.length).toBe(3);

    for (const client of clients) await client.dispose();
    await change('N-4');
    expect(server.streams.open).toBeLessThanOrEqual(3); // appends, the live subscription, and a look
    expect(await fetch(`${pledge.url}/health`)).toMatchObject({ status: 200 });
  });
});
