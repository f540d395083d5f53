import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { openStoredLog } from '../../src/app/open-event-store.js';
import { all, event } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { type Run, startPledge } from '../support/pledge.js';
import { environmentOf, mayBeProcesses, storeUrlOf } from '../support/store-of-tests.js';
import { eventually } from '../support/webhooks.js';

const about = (said: StoredEvent | undefined) => said?.data as Record<string, unknown>;

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** The server as people run it: appends and projections have threads of their own. */
(mayBeProcesses ? describe : describe.skip)('a server process', () => {
  let folder: string;
  let server: Run;
  let url: string;
  const data = () => join(folder, 'data');
  const start = async () => {
    server = startPledge(folder, ['serve'], '', await environmentOf(data()));
    await server.serves();
    url = /http:\S+(?=\/graphql)/.exec(server.printed())?.[0] ?? '';
  };
  const stop = () => {
    server.kill('SIGTERM');
    return server.ended;
  };
  beforeAll(async () => {
    folder = newFolder();
    await start();
  });
  afterAll(stop);

  const authorization = () => ({
    authorization: `Bearer ${readFileSync(join(folder, 'data', 'development.key'), 'utf8').trim()}`,
  });
  const send = async (query: string): Promise<Answer> => {
    const headers = { 'content-type': 'application/json', ...authorization() };
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return (await response.json()) as Answer;
  };
  const open = async (id: string) => {
    const { data } = await send(`mutation { openTicket(input: { id: "${id}", customer: "acme", plan: "pro",
      type: "productBug", channel: "email", subject: "It broke" }) { ... on TicketChanged { position } } }`);
    return (data?.['openTicket'] as { readonly position: string }).position;
  };
  const health = async () => {
    const response = await fetch(`${url}/health`, { headers: authorization() });
    const { projections } = (await response.json()) as { projections: readonly { name: string; state: string }[] };
    return { status: response.status, states: projections.map(({ name, state }) => `${name} ${state}`) };
  };

  it('shows every write to who asks for it, at once', async () => {
    const seen = Array.from({ length: 50 }, async (_, n) => {
      const position = await open(`T-${n}`);
      const { data } = await send(`{ ticket(id: "T-${n}", minPosition: "${position}") { id clocks { state } } }`);
      return data?.['ticket'];
    });
    const running = { clocks: [{ state: 'RUNNING' }] };
    expect(await Promise.all(seen)).toEqual(seen.map((_, n) => ({ id: `T-${n}`, ...running })));
    expect((await health()).states).toContain('tickets live');
    await eventually(async () => {
      const { status, states } = await health();
      return status === 200 && states.every((state) => state.endsWith(' live'));
    });
  });

  it('lets one of many who open the same ticket open it', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => open('Many')));
    expect(new Set(results).size).toBe(1);
  });

  it('says which projection has failed and at what, and goes on writing', async () => {
    await open('Before');
    await stop();
    const { store, close } = await openStoredLog((await storeUrlOf(data())) ?? data(), 'write');
    const [started] = await all(store.readAll({ types: ['SlaClockStarted'] }));
    const { id, type, metadata } = started ?? event();
    await store.append('elsewhere', 'noStream', [
      { id, type, metadata, data: { ...about(started), ticket: 'nobody' } },
    ]);
    await close();

    await start();
    const position = await open('After');
    const { errors } = await send(`{ ticket(id: "After", minPosition: "${position}") { id } }`);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringMatching(/^A projection has stopped; /),
      extensions: { code: 'PROJECTION_FAILED' },
    });
    await eventually(async () => (await health()).states.includes('summary live')); // the others go on
    expect(await health()).toEqual({ status: 503, states: expect.arrayContaining(['tickets failed', 'summary live']) });
    expect((await stop()).stderr).toContain('projection tickets stopped at event ');
  });
});
