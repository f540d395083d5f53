import { afterEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { listen } from '../support/feed.js';

const open = `mutation ($id: ID!) {
  openTicket(input: { id: $id, customer: "acme", plan: "pro", type: "productBug", channel: "email", subject: "It broke" }) {
    ... on TicketChanged { position }
  }
}`;

const fields = 'kind metric ticket at recordedAt';
const breaches = `{ breaches { edges { node { ticket dueAt detectedAt withdrawnAt historic } } } }`;

interface Opened {
  readonly openTicket: { readonly position: string };
}

describe('a deadline that passes', () => {
  let api: Api;
  afterEach(() => api.end());

  const history = async (id: string) => {
    const { ticketHistory } = await api.data<{ ticketHistory: { edges: { node: { type: string } }[] } }>(
      'query ($id: ID!) { ticketHistory(id: $id) { edges { node { type } } } }',
      { id },
    );
    return ticketHistory.edges.map(({ node }) => node.type);
  };

  it('reaches a subscriber: first the warning, then the breach, each once', async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    const { openTicket } = await api.data<Opened>(open, { id: 'T-1' });
    const heard = listen(api, fields, { after: openTicket.position });
    api.time.moveTo(Date.parse('2026-03-02T15:00:00Z'));
    expect(await heard.event()).toMatchObject({ kind: 'SLA_AT_RISK', ticket: 'T-1', at: '2026-03-02T15:00:00.000Z' });
    api.time.moveTo(Date.parse('2026-03-03T09:00:00.001Z'));
    expect(await heard.event()).toMatchObject({
      kind: 'SLA_BREACHED',
      at: '2026-03-03T09:00:00.000Z',
      recordedAt: '2026-03-03T09:00:00.001Z',
    });
    await heard.leave();
    expect(await history('T-1')).toEqual(['TicketOpened', 'SlaClockStarted', 'SlaAtRisk', 'SlaBreached']);
  });

  it('is not breached at exactly the deadline', async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    const { openTicket } = await api.data<Opened>(open, { id: 'T-1' });
    const heard = listen(api, fields, { after: openTicket.position });
    api.time.moveTo(Date.parse('2026-03-03T09:00:00Z'));
    expect(await heard.event()).toMatchObject({ kind: 'SLA_AT_RISK' });
    await api.data('mutation { recordFirstResponse(input: { id: "T-1" }) { ... on TicketChanged { recorded } } }');
    expect(await heard.event()).toMatchObject({ kind: 'SLA_MET' });
    await heard.leave();
  });

  it('while nobody watched is found after the restart, at its own instant', async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    const { openTicket } = await api.data<Opened>(open, { id: 'T-1' });
    await api.restart('2026-03-05T12:00:00Z');
    const heard = listen(api, fields, { after: openTicket.position });
    expect(await heard.event()).toMatchObject({
      kind: 'SLA_BREACHED',
      at: '2026-03-03T09:00:00.000Z',
      recordedAt: '2026-03-05T12:00:00.000Z',
    });
    await heard.leave();
    await api.restart('2026-03-06T12:00:00Z');
    expect(await history('T-1')).toEqual(['TicketOpened', 'SlaClockStarted', 'SlaBreached']);
  });

  it('is heard from a cursor without gap or repeat, and not by a filter it does not pass', async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    const { openTicket } = await api.data<Opened>(open, { id: 'T-1' });
    await api.data(open, { id: 'T-2' });
    api.time.moveTo(Date.parse('2026-03-02T15:00:00Z'));
    const first = listen(api, fields, { after: openTicket.position });
    const { cursor, ticket } = await first.event();
    await first.leave();
    const second = listen(api, fields, { after: cursor });
    const other = await second.event();
    await second.leave();
    expect([ticket, other['ticket']].sort()).toEqual(['T-1', 'T-2']);
    const only = listen(api, 'ticket', { after: openTicket.position, filter: { ticket: 'T-2' } });
    expect(await only.event()).toMatchObject({ ticket: 'T-2' });
    await only.leave();
  });

  it('is taken back by a reply recorded late, and the breach stays on record', async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    const { openTicket } = await api.data<Opened>(open, { id: 'T-1' });
    await api.restart('2026-03-04T09:00:00Z');
    const heard = listen(api, fields, { after: openTicket.position });
    expect(await heard.event()).toMatchObject({ kind: 'SLA_BREACHED' });
    await heard.leave();
    const { recordFirstResponse } = await api.data<{ recordFirstResponse: { position: string; ticket: object } }>(
      `mutation { recordFirstResponse(input: { id: "T-1", occurredAt: "2026-03-02T12:00:00Z" }) {
        ... on TicketChanged { position ticket { clocks { state } } } } }`,
    );
    expect(recordFirstResponse.ticket).toEqual({ clocks: [{ state: 'MET' }] });
    const minPosition = recordFirstResponse.position;
    const { breaches: found } = await api.data(
      breaches
        .replace('breaches', 'breaches(minPosition: $minPosition)')
        .replace('{', 'query ($minPosition: Position) {'),
      { minPosition },
    );
    expect(found).toMatchObject({ edges: [{ node: { ticket: 'T-1', withdrawnAt: '2026-03-04T09:00:00.000Z' } }] });
    const narrowed = (filter: string) =>
      api.data(`{ breaches(filter: ${filter}) { edges { node { ticket channel } } } }`);
    expect(await narrowed('{ types: ["productbug"], channels: ["Email"], priorities: ["normal"] }')).toEqual({
      breaches: { edges: [{ node: { ticket: 'T-1', channel: 'email' } }] },
    });
    expect(await narrowed('{ channels: ["phone"] }')).toEqual({ breaches: { edges: [] } });
    const { slaSummary } = await api.data(
      'query ($minPosition: Position) { slaSummary(minPosition: $minPosition) { lines { plan met breached withdrawn attainment } } }',
      {
        minPosition,
      },
    );
    expect(slaSummary).toEqual({ lines: [{ plan: 'pro', met: 1, breached: 0, withdrawn: 1, attainment: 1 }] });
    const known =
      'query ($r: Instant) { replayTicket(id: "T-1", recordedBy: $r, occurredBy: "2026-03-03T12:00:00Z") { clocks { state } } }';
    expect(await api.data(known, { r: '2026-03-03T12:00:00Z' })).toEqual({
      replayTicket: { clocks: [{ state: 'BREACHED' }] },
    });
    expect(await api.data(known, { r: '2026-03-05T12:00:00Z' })).toEqual({
      replayTicket: { clocks: [{ state: 'MET' }] },
    });
  });
});
