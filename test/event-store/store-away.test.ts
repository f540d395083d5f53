import { rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readSettings } from '../../src/config/settings.js';
import { startServer } from '../../src/app/bootstrap.js';
import { Rejection } from '../../src/event-sourcing/rejection.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { type PledgeContext, openPledgeContext } from '../../src/app/pledge-context.js';
import { type OpenEventStore, openEventStore } from '../../src/app/open-event-store.js';
import { projectionNames } from '../../src/app/projection-worker/projections.js';
import { all } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';
import { open, say } from '../support/application-contexts.js';
import { ManualClock } from '../support/manual-clock.js';
import { meant } from '../support/meant.js';

/** A log in EventStoreDB whose users do not wait long for a server; for the answer of one that is there they do. */
async function openImpatiently(url: string): Promise<OpenEventStore> {
  const retryPolicy = { answerMs: 30_000, giveUpMs: 100, firstWaitMs: 5, longestWaitMs: 20 };
  const store = await EventStoreDbEventStore.open(url, { retryPolicy });
  return {
    store,
    status: () => store.status,
    committed: () => Promise.resolve(),
    notify: () => undefined,
    probe: () => Promise.resolve(),
    close: () => store.close(),
  };
}

describe('a log elsewhere', () => {
  it('is waited for by those who only ask for less time than by others', async () => {
    const server = await WireServer.start();
    const settings = readSettings({}, { data: newFolder(), port: 0, eventStoreUrl: server.url });
    const asking = await openEventStore(settings, { readonly: true, patienceMs: 10 });
    const commanding = await openEventStore(settings);
    await server.stop();
    const first = Promise.race(
      Object.entries({ asking, commanding }).map(async ([who, { store }]) => {
        await all(store.readStream('s')).catch(meant('EVENT_STORE_UNAVAILABLE'));
        return who;
      }),
    );
    expect(await first).toBe('asking');
    await Promise.all([asking, commanding].map((log) => log.close()));
  });
});

/** Asks until the store is back: so soon after its start it may not be, for those who do not wait long. */
async function insist<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Rejection && error.code === 'EVENT_STORE_UNAVAILABLE')) throw error;
    }
  }
}

describe('a ledger whose store is away', () => {
  let folder: string;
  let server: WireServer;
  let context: PledgeContext;
  beforeEach(async () => {
    folder = newFolder();
    server = await WireServer.start();
    const time = new ManualClock(Date.parse('2026-03-02T09:00:00Z'));
    const settings = readSettings({}, { data: folder, port: 0, eventStoreUrl: server.url });
    context = await openPledgeContext(settings, 'test', { time, open: () => openImpatiently(server.url) });
  });
  afterEach(async () => {
    await context.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('refuses what is said with a code, and takes it when the store is back', async () => {
    await open(context, 'T-1');
    await server.stop();
    await expect(say(context, 'T-1', { type: 'RecordFirstResponse' })).rejects.toMatchObject({
      name: 'Rejection',
      code: 'EVENT_STORE_UNAVAILABLE',
    });
    await expect(open(context, 'T-2')).rejects.toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE' });
    await server.start();
    await insist(() => say(context, 'T-1', { type: 'RecordFirstResponse' }));
    const types = (await all(context.store.readStream('ticket-T-1'))).map(({ type }) => type);
    expect(types).toEqual(['TicketOpened', 'SlaClockStarted', 'FirstResponseSent', 'SlaMet']);
  });

  it('tells whoever asks its code, and nothing of where it is nor why', async () => {
    await open(context, 'T-1');
    const api = await startServer(context);
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${api.developmentKey?.text ?? ''}`,
    };
    const ask = async (query: string) => {
      const response = await fetch(`${api.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
      return response.text();
    };
    await server.stop();
    const noted = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const opening = `mutation { openTicket(input: { id: "T-2", customer: "acme", plan: "pro", type: "productBug", channel: "email",
      subject: "It broke" }) { ... on TicketChanged { recorded } ... on Rejection { code message } } }`;
    const answers = [
      await ask(opening),
      await ask('{ ticketHistory(id: "T-1") { edges { node { id } } } }'),
      await ask('{ auditReplay: ticketHistory(id: "none") { edges { node { id } } } }'),
      await fetch(`${api.url}/health`).then((response) => response.text()),
    ];
    expect(answers[0]).toContain('"code":"EVENT_STORE_UNAVAILABLE","message":"The event store does not answer."');
    for (const answer of answers)
      expect(answer).not.toMatch(new RegExp(`127\\.0|${server.wire.port}|ECONN|UNAVAILABLE:|connect `));
    await api.close();
    const said = noted.mock.calls.map(([text]) => String(text));
    noted.mockRestore();
    expect(said.filter((line) => line.startsWith('EVENT_STORE_UNAVAILABLE: ')).length).toBeLessThan(2);
    expect(said.filter((line) => line.includes('stopped'))).toEqual([]); // though it is stopped while the store is away
  });

  it('has its projections wait longer than anybody who asks, from the beginning and in the middle', async () => {
    const stop = new AbortController();
    for (let n = 0; n < 20; n++) await open(context, `T-${n}`);
    const end = await context.store.lastPosition();
    await server.stop();
    const failed: string[] = [];
    const running = context.projections.run(stop.signal, ({ name }) => failed.push(name));
    const away = async (times: number) => {
      while (context.projections.subscription.reconnects < times) await turn();
    };
    await away(20);
    expect(context.projections.subscription).toMatchObject({ state: 'connecting', error: expect.any(String) });
    await server.start();
    expect(await context.projections.waitFor(projectionNames, end, stop.signal)).toBe(true);

    await server.stop();
    await away(context.projections.subscription.reconnects + 20);
    await server.start();
    await insist(() => open(context, 'T-last'));
    const last = await context.store.lastPosition();
    expect(await context.projections.waitFor(projectionNames, last, stop.signal)).toBe(true);
    const rows = await context.db.selectFrom('tickets').select('id').execute();
    expect(rows).toHaveLength(21);
    expect(failed).toEqual([]);
    stop.abort();
    await running;
  });
});
