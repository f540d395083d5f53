import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import WebSocket from 'ws';
import { feedTypes } from '../../src/sla/domain/feed-event.js';
import { startServer } from '../../src/server.js';
import { all } from '../contract/event-store.contract.js';
import { Api, newFolder } from '../support/api.js';
import { listen } from '../support/feed.js';
import { importLines, ledgerAt } from '../support/ledgers.js';

const timers = [
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
  'setImmediate',
  'clearImmediate',
] as const;
/** What is not to be faked where some timers are. */
const allBut = (...faked: readonly string[]) => [
  ...(['nextTick', 'queueMicrotask', 'Date', 'hrtime', 'performance'] as const),
  ...timers.filter((timer) => !faked.includes(timer)),
];

interface Message {
  readonly type: string;
  readonly payload?: unknown;
}

/** A client that says what a test says, and reads when a test lets it. */
async function rawClient(url: string, key: string, options: WebSocket.ClientOptions = {}) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
  const messages: Message[] = [];
  let came: () => void = () => undefined;
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as Message);
    came();
  });
  await new Promise((resolve) => socket.once('open', resolve));
  /** Waits for a message of some type; answers it with all that came before. */
  const until = async (type: string) => {
    for (;;) {
      const at = messages.findIndex((message) => message.type === type);
      if (at >= 0) return messages.splice(0, at + 1);
      await new Promise<void>((resolve) => (came = resolve));
    }
  };
  const send = (message: object) => {
    socket.send(JSON.stringify(message));
  };
  send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } });
  await until('connection_ack');
  return { socket, send, until };
}

describe('a listener of the feed', () => {
  let api: Api;
  beforeEach(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterEach(() => api.end());

  it('hears a heartbeat at once, so that a quiet feed can be resumed too', async () => {
    const quiet = listen(api, 'ticket');
    const { __typename, cursor } = await quiet.next();
    expect(__typename).toBe('SlaHeartbeat');
    await quiet.leave();
    const late = { customer: 'acme', plan: 'pro', type: 'PRODUCT_BUG', channel: 'EMAIL', subject: 'It broke' };
    const input = { ...late, id: 'T-1', occurredAt: '2026-02-25T09:00:00Z' };
    await api.data('mutation ($input: OpenTicketInput!) { openTicket(input: $input) { __typename } }', { input });
    await api.restart('2026-03-02T10:00:00Z');
    const back = listen(api, 'ticket kind', { after: cursor });
    expect(await back.next()).toMatchObject({ __typename: 'SlaEvent', ticket: 'T-1', kind: 'SLA_BREACHED' });
    expect(await back.next()).toMatchObject({ __typename: 'SlaHeartbeat' });
    await back.leave();
  });

  it.each([
    ['nonsense', 'INVALID_CURSOR'],
    ['0123456789ab.0000000000000001', 'CURSOR_OF_ANOTHER_LOG'],
  ])('with the cursor %s is refused with %s', async (after, code) => {
    const refused = listen(api, 'ticket', { after });
    await expect(refused.next()).rejects.toThrow(code);
    await refused.leave();
  });
});

describe('a connection', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is pinged, and ended where nothing answers', async () => {
    const api = await Api.start('2026-03-02T09:00:00Z');
    jest.useFakeTimers({ doNotFake: allBut('setInterval', 'clearInterval', 'setTimeout', 'clearTimeout') });
    const answering = await rawClient(api.url, api.key);
    const silent = await rawClient(api.url, api.key, { autoPong: false });
    const pinged = [answering, silent].map(({ socket }) => new Promise((resolve) => socket.once('ping', resolve)));
    const ended = new Promise<number>((resolve) => silent.socket.once('close', resolve));
    jest.advanceTimersByTime(12_000);
    await Promise.all(pinged);
    // The answer is on its way before the next message, and so are those to come.
    answering.send({ type: 'ping' });
    await answering.until('pong');
    jest.advanceTimersByTime(12_000);
    expect(await ended).toBe(1006);
    expect(answering.socket.readyState).toBe(WebSocket.OPEN);
    jest.useRealTimers();
    answering.socket.terminate();
    await api.end();
  });
});

describe('a client that does not read', () => {
  /** Large messages fill what the network holds after a few thousand. */
  const large = Array.from({ length: 10 }, (_, i) => `s${i}: subject`).join(' ');
  const query = `subscription ($after: Position) {
    slaEvents(after: $after, filter: { includeHistoric: true }) { __typename cursor ... on SlaEvent { id ${large} } }
  }`;
  interface Sent {
    readonly data: {
      readonly slaEvents: { readonly __typename: string; readonly cursor: string; readonly id?: string };
    };
  }
  const idsIn = (messages: readonly Message[]) =>
    messages.flatMap(({ type, payload }) => (type === 'next' ? ((payload as Sent).data.slaEvents.id ?? []) : []));

  /** Tickets whose every answer came late, so that each has a breach and what became of it. */
  function* answeredLate(tickets: number, answers: number) {
    const about = {
      customer: 'acme',
      plan: 'advanced',
      type: 'productBug',
      channel: 'email',
      subject: 'x'.repeat(480),
    };
    for (let i = 0; i < tickets; i++) {
      const said = (event: string, day: number, more: object = {}) =>
        JSON.stringify({
          event,
          ticket: `A-${i}`,
          actor: { id: 'mia' },
          occurredAt: new Date(day * 86_400_000),
          ...more,
        });
      yield said('TicketOpened', 20_000, about);
      for (let n = 1; n <= answers; n++) yield said('FollowUpSent', 20_000 + 7 * n);
    }
  }

  it('is told so with the cursor to come back with, and then misses nothing and hears nothing twice', async () => {
    jest.useFakeTimers({ doNotFake: allBut('setInterval') }); // nobody is pinged, however long this takes
    const folder = newFolder();
    const ledger = await ledgerAt('2026-03-02T09:00:00Z', folder);
    const server = await startServer(ledger);
    const key = server.developmentKey?.text ?? '';
    const [slow, quick] = await Promise.all([rawClient(server.url, key), rawClient(server.url, key)]);
    for (const client of [slow, quick]) {
      client.send({ type: 'subscribe', id: '1', payload: { query } });
      await client.until('next');
    }
    slow.socket.pause();
    const { log, counts } = await importLines(ledger, answeredLate(700, 10));
    await log.finish(counts);
    let told = 0;
    while (told < 14_000) told += idsIn(await quick.until('next')).length;
    slow.socket.resume();
    const heard = await slow.until('error');
    const [error] = heard.at(-1)?.payload as readonly { extensions: { code: string; cursor: string } }[];
    expect(error?.extensions.code).toBe('SUBSCRIBER_TOO_SLOW');

    slow.send({ type: 'subscribe', id: '2', payload: { query, variables: { after: error?.extensions.cursor } } });
    const rest: Message[] = [];
    const isHeartbeat = ({ payload }: Message) => (payload as Sent).data.slaEvents.__typename === 'SlaHeartbeat';
    while (!rest.some(isHeartbeat)) rest.push(...(await slow.until('next')));
    const recorded = (await all(ledger.store.readAll({ types: feedTypes }))).map(({ id }) => id);
    const ids = [...idsIn(heard), ...idsIn(rest)];
    expect(ids.length).toBeGreaterThanOrEqual(14_000);
    expect(ids).toEqual(recorded.slice(0, ids.length)); // what fell due after the import may still be on its way
    for (const { socket } of [slow, quick]) socket.terminate();
    await server.close();
    await ledger.close();
    rmSync(folder, { recursive: true });
    jest.useRealTimers();
  }, 180_000);
});
