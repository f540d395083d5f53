import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { WatchedLog } from '../../src/event-sourcing/watched-log.js';
import { ChangeTicketHandler } from '../../src/tickets/commands/change-ticket-handler.js';
import { Api } from '../support/api.js';
import { RawFrames } from '../support/raw-frames.js';
import { meant } from '../support/meant.js';

/** What is more than one append takes. */
const eventsOf = (ticket: string) =>
  Array.from({ length: 520 }, (_, n) => {
    const occurredAt = `2026-03-02T09:00:00.${String(n).padStart(3, '0')}Z`;
    return { ticket, event: 'FOLLOW_UP_SENT', occurredAt };
  });
const request = {
  query: `mutation ($a: [TicketEventInput!]!, $b: [TicketEventInput!]!) {
    a: recordTicketEvents(events: $a) { position } b: recordTicketEvents(events: $b) { position } }`,
  variables: { a: eventsOf('T-1'), b: eventsOf('T-2') },
};
const opening = (
  id: string,
) => `mutation { openTicket(input: { id: "${id}", occurredAt: "2026-03-02T08:00:00Z", customer: "acme", plan: "pro",
  type: "productBug", channel: "email", subject: "It broke" }) { __typename } }`;

/** As it is before a test listens in. */
const originals: Pick<WatchedLog, 'append'> = {
  append: Object.getOwnPropertyDescriptor(WatchedLog.prototype, 'append')?.value as WatchedLog['append'],
};

describe('changes whose sender leaves', () => {
  let api: Api;
  let socket: Client;
  const appends: number[] = [];
  let commands: jest.Spied<ChangeTicketHandler['execute']>;
  const signals = () => commands.mock.calls.map(([{ signal }]) => signal);
  let leave = () => undefined as unknown;
  let gone: Promise<void>;
  beforeEach(async () => {
    api = await Api.start('2026-03-02T10:00:00Z');
    socket = createClient({
      ...{ url: `${api.url.replace('http', 'ws')}/graphql`, connectionParams: api.connectionParams },
      ...{ webSocketImpl: WebSocket, retryAttempts: 0 },
    });
    await api.data(opening('T-1'));
    await api.data(opening('T-2'));
    appends.length = 0;
    commands = jest.spyOn(ChangeTicketHandler.prototype, 'execute');
    let isGone: () => void;
    gone = new Promise((resolve) => (isGone = resolve));
    const { append } = originals;
    jest.spyOn(WatchedLog.prototype, 'append').mockImplementation(async function (this: WatchedLog, ...given) {
      const appended = await append.apply(this, given);
      if (!given[0].startsWith('ticket-')) return appended;
      appends.push(given[2].length);
      leave();
      const [signal] = signals();
      if (signal !== undefined && !signal.aborted) await once(signal, 'abort');
      isGone();
      return appended;
    });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await socket.dispose();
    await api.end();
  });

  /** What is recorded of a ticket. */
  const recorded = async (id: string) => {
    const query = `{ ticketHistory(id: "${id}", first: 200) { pageInfo { hasNextPage } edges { cursor } } }`;
    const { ticketHistory } = await api.data<{
      ticketHistory: { edges: unknown[]; pageInfo: { hasNextPage: boolean } };
    }>(query);
    return ticketHistory.pageInfo.hasNextPage ? 'many' : ticketHistory.edges.length;
  };

  const headers = () => ({ 'content-type': 'application/json', ...api.identified });

  const ways: readonly (readonly [string, (answered: () => void) => () => unknown])[] = [
    [
      'over HTTP',
      (answered) => {
        const left = new AbortController();
        const body = JSON.stringify(request);
        void fetch(`${api.url}/graphql`, { method: 'POST', headers: headers(), body, signal: left.signal })
          .then(answered)
          .catch(meant('This operation was aborted'));
        return () => {
          left.abort();
        };
      },
    ],
    [
      'over WebSocket by saying that it is done with them',
      (answered) => socket.subscribe(request, { next: answered, error: () => undefined, complete: () => undefined }),
    ],
    [
      'over WebSocket by closing the socket',
      (answered) => {
        socket.subscribe(request, { next: answered, error: () => undefined, complete: () => undefined });
        return () => {
          socket.terminate();
        };
      },
    ],
  ];
  it.each(ways)('end between two of them, and what is recorded stays: %s', async (_, send) => {
    const before = await recorded('T-2');
    const answer = new Promise<void>((resolve) => (leave = send(resolve)));
    await Promise.race([gone, answer]);
    await api.data('{ plans { code } }');
    expect(signals()).toHaveLength(1); // the second change has not begun
    expect(appends).toHaveLength(1); // what was decided and not appended is dropped
    expect(await recorded('T-1')).toBe('many');
    expect(await recorded('T-2')).toBe(before);
  });
});

describe('an id that its client uses again at once', () => {
  let api: Api;
  beforeEach(async () => {
    api = await Api.start('2026-03-02T10:00:00Z');
  });
  afterEach(() => api.end());

  const feed = 'subscription { slaEvents { ... on SlaHeartbeat { cursor } } }';
  it.each([
    ['query', '{ workQueue(first: 1) { edges { cursor } } }'],
    ['subscription', feed],
  ])('is that of the second %s', async (_, first) => {
    const raw = await RawFrames.known(api.url, api.key);
    raw.ask('1', first);
    for (let n = 0; n < 3; n++) {
      raw.send({ id: '1', type: 'complete' });
      raw.ask('1', n < 2 ? first : '{ plans { code } }');
    }
    await raw.until(() => raw.messages('next').some(({ payload }) => JSON.stringify(payload).includes('plans')));
    expect(raw.messages('next').at(-1)).toMatchObject({
      id: '1',
      payload: { data: { plans: expect.anything() as unknown } },
    });
    expect(raw.messages('error')).toEqual([]);
    expect(raw.closedWith).toBeUndefined();
    // It lasts until its client is done with it, and no longer.
    raw.ask('1', feed);
    await raw.until(() => raw.messages('next').length > 1);
    raw.send({ id: '1', type: 'complete' });
    raw.ask('2', '{ plans { code } }');
    await raw.until(() => raw.messages('complete').some(({ id }) => id === '2'));
    raw.socket.destroy();
  });
});
