import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import WebSocket from 'ws';
import { Api } from '../support/api.js';
import { listen } from '../support/feed.js';
import { allBut, rawClient } from '../support/raw-client.js';

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
    const late = { customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email', subject: 'It broke' };
    const input = { ...late, id: 'T-1', occurredAt: '2026-02-25T09:00:00Z' };
    await api.data('mutation ($input: OpenTicketInput!) { openTicket(input: $input) { __typename } }', { input });
    await api.restart('2026-03-02T10:00:00Z');
    const back = listen(api, 'ticket kind', { after: cursor });
    expect(await back.next()).toMatchObject({ __typename: 'SlaEvent', ticket: 'T-1', kind: 'SLA_BREACHED' });
    expect(await back.next()).toMatchObject({ __typename: 'SlaHeartbeat' });
    await back.leave();
  });

  it('hears only what its filter wants, by team, type and channel', async () => {
    const start = listen(api, 'ticket');
    const { cursor: after } = await start.next();
    await start.leave();
    const usual = { customer: 'acme', plan: 'enterprise', type: 'productBug', channel: 'email', subject: 'It broke' };
    const tickets = [
      ['usual', usual, 'gold'],
      ['other-channel', { ...usual, channel: 'reportIssue' }, 'gold'],
      ['other-team', usual, 'silver'],
      ['other-type', { ...usual, type: 'productQuestion' }, 'gold'],
    ] as const;
    for (const [id, input, team] of tickets) {
      await api.data(
        `mutation ($open: OpenTicketInput!, $assign: AssignTicketInput!) {
          openTicket(input: $open) { __typename } assignTicket(input: $assign) { __typename } }`,
        { open: { ...input, id }, assign: { id, team } },
      );
    }
    api.time.moveTo(Date.parse('2026-03-09T09:00:00Z'));
    for (const [id] of tickets)
      // settles the ticket
      await api.data('mutation ($id: ID!) { addInternalNote(input: { id: $id, text: "late" }) { __typename } }', {
        id,
      });
    const heardBy = async (filter: Record<string, unknown>) => {
      const listener = listen(api, 'ticket', { after, filter: { ...filter, kinds: ['SLA_BREACHED'] } });
      const heard: unknown[] = [];
      for (let message = await listener.next(); message.__typename === 'SlaEvent'; message = await listener.next())
        heard.push(message['ticket']);
      await listener.leave();
      return heard.sort();
    };
    expect(await heardBy({ teams: ['gold'] })).toEqual(['other-channel', 'other-type', 'usual']);
    expect(await heardBy({ types: ['productBug'] })).toEqual(['other-channel', 'other-team', 'usual']);
    expect(await heardBy({ channels: ['email', 'phone'] })).toEqual(['other-team', 'other-type', 'usual']);
    expect(await heardBy({ teams: ['gold'], types: ['productBug'], channels: ['email'] })).toEqual(['usual']);
    expect(await heardBy({ teams: [], types: [], channels: [] })).toEqual(tickets.map(([id]) => id).sort());
    expect(await heardBy({ teams: ['nobody'] })).toEqual([]);
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

describe('listeners that are cut while breaches are recorded', () => {
  it('hear each once and in order, from wherever they come back', async () => {
    const api = await Api.start('2026-03-02T09:00:00Z');
    const about = { customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email', subject: 'It broke' };
    const late = { ...about, occurredAt: '2026-02-25T09:00:00Z' };
    const breach = (id: string) =>
      api.data('mutation ($input: OpenTicketInput!) { openTicket(input: $input) { __typename } }', {
        input: { ...late, id },
      });
    const count = 60;
    const start = listen(api, 'ticket');
    const { cursor } = await start.next();
    await start.leave();
    const writing = Promise.all(Array.from({ length: count }, (_, i) => breach(`T-${i}`)));
    /** Listens in pieces of so many events. */
    const inPieces = async (size: number) => {
      const heard: unknown[] = [];
      let after = cursor;
      while (heard.length < count) {
        const piece = listen(api, 'ticket', { after });
        for (let i = 0; i < size && heard.length < count; i++) {
          const event = await piece.event();
          heard.push(event['ticket']);
          after = event.cursor;
        }
        await piece.leave();
      }
      return heard;
    };
    const [whole, ...cut] = await Promise.all([count, 7, 20].map(inPieces));
    await writing;
    expect(new Set(whole).size).toBe(count);
    for (const list of cut) expect(list).toEqual(whole);
    await api.end();
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
