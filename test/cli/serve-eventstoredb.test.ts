import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Health } from '../../src/observability/health.js';
import { newFolder } from '../support/api.js';
import { pledgeHere } from '../support/command-line.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';
import { type Run, startPledge } from '../support/pledge.js';
import { freePort } from '../support/tour.js';

/** The server as people run it, on a store that comes and goes. */
describe('a server whose store is elsewhere', () => {
  let folder: string;
  let store: WireServer;
  let server: Run;
  let url: string;
  beforeEach(async () => {
    folder = newFolder();
    store = await WireServer.start();
    await store.stop(); // its port stays its own
    const port = String(await freePort());
    url = `http://127.0.0.1:${port}`;
    server = startPledge(folder, ['serve'], '', { PLEDGE_PORT: port, EVENT_STORE_URL: store.url });
  });
  afterEach(async () => {
    server.kill('SIGTERM');
    await server.ended;
    await store.stop();
    rmSync(folder, { recursive: true });
  });

  /** The key of whoever started it, as soon as there is one. */
  const headers = () => {
    const file = join(folder, 'data', 'development.key');
    const key = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    return { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }) };
  };
  const health = async (): Promise<{ code: number; said: Health } | undefined> => {
    try {
      const response = await fetch(`${url}/health`, { headers: headers() });
      return { code: response.status, said: (await response.json()) as Health };
    } catch {
      return undefined; // nothing listens yet
    }
  };
  const until = async (status: Health['status']) => {
    for (;;) {
      const seen = await health();
      if (seen?.said.status === status) return seen;
      await sleep(20);
    }
  };
  const send = async (query: string) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: headers(),
      body: JSON.stringify({ query }),
    });
    return { code: response.status, answer: await response.json() };
  };
  const open = (id: string) =>
    send(`mutation { openTicket(input: { id: "${id}", customer: "acme", plan: "pro", type: "productBug", channel: "email",
      subject: "It broke" }) { ... on TicketChanged { recorded } ... on Rejection { code } } }`);

  it('starts before it, says that it is not ready and why, and is when it comes', async () => {
    const { code, said } = await until('notReady');
    expect(code).toBe(503);
    expect(said).toEqual({ status: 'notReady', reason: 'The event store does not answer.' });
    expect(await open('T-1')).toEqual({
      code: 503,
      answer: {
        errors: [{ message: 'The event store does not answer.', extensions: { code: 'EVENT_STORE_UNAVAILABLE' } }],
      },
    });

    await store.start();
    expect(await until('ok')).toMatchObject({ code: 200, said: { store: { connected: true } } });
    expect(await open('T-1')).toEqual({ code: 200, answer: { data: { openTicket: { recorded: 2 } } } });
  });

  it('is not ready while it is away, and goes on when it is back, with nothing lost', async () => {
    await store.start();
    await until('ok');
    await open('T-1');
    const before = server.complained().split('\n').length - 1;
    await store.stop();
    expect(await until('notReady')).toMatchObject({ code: 503, said: { store: { connected: false, lag: null } } });
    const lines = () => server.complained().split('\n').slice(0, -1);
    while (lines().length === before) await sleep(20);
    for (let n = 0; n < 3; n++) await sleep(1_000); // it is looked each second, and the same is not said again
    await store.start();
    const { said } = await until('ok');
    expect(said.store.reconnects).toBeGreaterThan(0);
    while (!lines().some((line) => line.includes('again'))) await sleep(20);
    const noAnswer = 'NO_ANSWER, it is reached, and does not answer';
    const port = String(store.wire.port);
    const why = `The event store does not answer. (127.0.0.1:${port}: ECONNREFUSED, nothing listens there)`;
    const logged = lines()
      .slice(before)
      .map((line) => JSON.parse(line) as unknown);
    const away = { level: 'error', code: 'EVENT_STORE_UNAVAILABLE' };
    // A port may be there again before the server behind it answers: that is another cause, and told once.
    const silent = { ...away, message: why.replace('ECONNREFUSED, nothing listens there', noAnswer) };
    const between = logged.length === 3 ? [expect.objectContaining(silent)] : [];
    expect(logged).toEqual([
      expect.objectContaining({ ...away, message: why }),
      ...between,
      expect.objectContaining({ level: 'info', code: 'EVENT_STORE_BACK' }),
    ]);
    expect(await open('T-2')).toMatchObject({ answer: { data: { openTicket: { recorded: 2 } } } });
    const seen = '{ tickets { edges { node { id } } } }';
    const both = {
      data: { tickets: { edges: expect.arrayContaining([{ node: { id: 'T-1' } }, { node: { id: 'T-2' } }]) } },
    };
    for (;;) {
      const { answer } = await send(seen);
      if (JSON.stringify(answer).includes('T-2')) {
        expect(answer).toEqual(both);
        return;
      }
      await sleep(20);
    }
  });

  it('stops when it is asked to while it waits', async () => {
    await until('notReady');
    while (server.complained() === '') await sleep(20);
    server.kill('SIGTERM');
    const { code, stderr } = await server.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^\{[^\n]*"The event store does not answer; see [^"]*ECONNREFUSED, nothing listens there"\}\n$/,
    );
  });
});

describe('a command whose store is elsewhere and away', () => {
  it('says so by a code, and shows no password', async () => {
    const folder = newFolder();
    const store = await WireServer.start();
    await store.stop();
    const env = { EVENT_STORE_URL: store.url, PLEDGE_DATA: join(folder, 'other') };
    const secret = `esdb://me:secret@127.0.0.1:${store.wire.port}`;
    const showing = startPledge(folder, ['copy', '--from', secret, '--to', 'copy']);
    const arguments_ = () => readFileSync(`/proc/${showing.pid ?? 0}/cmdline`, 'utf8');
    const isLinux = existsSync('/proc/self/cmdline');
    while (isLinux && arguments_().includes('secret')) await sleep(5);
    const history = await pledgeHere(folder, ['history', 'T-1'], '', env);
    const imported = await pledgeHere(folder, ['import', '-'], '', env);
    const copied = await pledgeHere(folder, ['copy', '--from', store.url, '--to', 'copy']);
    const malformed = await pledgeHere(folder, ['history', 'T-1'], '', {
      ...env,
      EVENT_STORE_URL: 'http://me:secret@there',
    });
    const { code: ended, stdout, stderr: told } = await showing.ended;
    expect([ended, told]).toEqual([1, expect.stringMatching(/^pledge: EVENT_STORE_UNAVAILABLE: .*ECONNREFUSED/)]);
    expect(stdout + told).not.toContain('secret');
    for (const { code, stderr } of [history, imported, copied]) {
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^pledge: EVENT_STORE_UNAVAILABLE: /)]);
    }
    expect(malformed.stderr).toMatch(/^pledge: INVALID_SETTING: EVENT_STORE_URL=…: /);
    expect(malformed.stderr).not.toContain('secret');
    rmSync(folder, { recursive: true });
  });
});
