import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { listen } from '../support/feed.js';

interface Changed {
  readonly position: string;
  readonly code?: string;
  readonly ticket: { readonly plan: object; readonly clocks: readonly Record<string, unknown>[] };
}

const bug = { customer: 'acme', type: 'productBug', channel: 'email', subject: 'It broke' };

/** Plans, calendars and customers change while tickets are open. */
describe('a ticket that is open', () => {
  let api: Api;
  const say = async (verb: string, input: object, type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input`) => {
    const query = `mutation ($input: ${type}!) { ${verb}(input: $input) {
      ... on TicketChanged { position ticket { plan { code version } guarantee { kind } clocks { metric state layout dueAt plan { code version } calendar { code version } } } }
      ... on Rejection { code message } } }`;
    const answer = (await api.data<Record<string, Changed>>(query, { input }))[verb];
    if (answer === undefined) throw new Error(`${verb} answered nothing`);
    return answer;
  };
  const change = (mutation: string) => api.data(`mutation { ${mutation} { __typename ... on Rejection { code } } }`);
  const historyOf = async (id: string) => {
    const query = `query ($id: ID!) { ticketHistory(id: $id) { edges { node { type summary } } } }`;
    const { ticketHistory } = await api.data<{
      ticketHistory: { edges: { node: { type: string; summary: string } }[] };
    }>(query, { id });
    return ticketHistory.edges.map(({ node }) => `${node.type}: ${node.summary}`);
  };

  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    const target = (hours: number) => `targets: [{ metric: FIRST_RESPONSE, target: { amount: ${hours}, unit: HOURS } },
      { metric: FOLLOW_UP, target: { amount: ${hours}, unit: HOURS } },
      { metric: FOLLOW_UP, target: { amount: 1, unit: HOURS }, priority: "high" }]`;
    await change(`definePlan(input: { code: "gold", name: "Gold", ${target(8)} })`);
    await change(`definePlan(input: { code: "platinum", name: "Platinum", ${target(2)} })`);
    await change(`enrolCustomer(input: { id: "acme", plan: "gold" })`);
  });

  afterAll(() => api.end());

  it('keeps its version when the plan is revised, and is laid out anew when it is asked for', async () => {
    await say('openTicket', { ...bug, id: 'A-1' });
    api.time.moveTo(Date.parse('2026-03-02T10:00:00Z'));
    await change(
      `revisePlan(input: { code: "gold", targets: [{ metric: FIRST_RESPONSE, target: { amount: 4, unit: HOURS } }] })`,
    );
    const { ticket: later } = await say('openTicket', { ...bug, id: 'A-2' });
    expect(later.clocks).toMatchObject([{ dueAt: '2026-03-02T14:00:00.000Z', plan: { version: 2 } }]);

    const { ticket: before } = await say('addInternalNote', { id: 'A-1', text: 'hm' }, 'InternalNoteInput');
    expect(before.clocks).toMatchObject([{ dueAt: '2026-03-02T17:00:00.000Z', layout: 1, plan: { version: 1 } }]);
    const { ticket: anew, position } = await say('reapplyPlan', { id: 'A-1' });
    expect(anew).toMatchObject({
      plan: { code: 'gold', version: 2 },
      clocks: [{ dueAt: '2026-03-02T13:00:00.000Z', layout: 2, plan: { version: 2 } }],
    });
    const { ticket: read } = await api.data(
      `query ($minPosition: Position) { ticket(id: "A-1", minPosition: $minPosition) { plan { version } clocks { dueAt plan { version } } } }`,
      { minPosition: position },
    );
    expect(read).toEqual({
      plan: { version: 2 },
      clocks: [{ dueAt: '2026-03-02T13:00:00.000Z', plan: { version: 2 } }],
    });
    expect((await historyOf('A-1')).slice(-2)).toEqual([
      'PlanReapplied: gold v2, business-hours v1, because reapplied, guaranteed',
      'SlaDeadlineMoved: firstResponse, due 2026-03-02T13:00:00.000Z (was 2026-03-02T17:00:00.000Z), reapplied (layout 2, gold v2)',
    ]);
  });

  it('may be laid out under a version by its number; one that is not there is refused', async () => {
    const { ticket } = await say('reapplyPlan', { id: 'A-2', version: 1 });
    expect(ticket.clocks).toMatchObject([{ dueAt: '2026-03-03T10:00:00.000Z', layout: 2, plan: { version: 1 } }]);
    expect(await say('reapplyPlan', { id: 'A-2', version: 9 })).toMatchObject({ code: 'PLAN_VERSION_NOT_FOUND' });
    expect(await say('reapplyPlan', { id: 'nobody' })).toMatchObject({ code: 'TICKET_NOT_FOUND' });
  });

  it('keeps its clocks when the customer goes to another plan; those that start afterwards go by it', async () => {
    await change(`changeCustomerPlan(input: { id: "acme", plan: "platinum" })`);
    const { ticket } = await say('addInternalNote', { id: 'A-2', text: 'hm' }, 'InternalNoteInput');
    expect(ticket.clocks).toMatchObject([{ metric: 'FIRST_RESPONSE', plan: { code: 'gold' } }]);
    const { ticket: answered } = await say('recordFirstResponse', { id: 'A-2' }, 'MessageInput');
    expect(answered.clocks).toMatchObject([
      { metric: 'FIRST_RESPONSE', state: 'MET', plan: { code: 'gold' } },
      { metric: 'FOLLOW_UP', dueAt: '2026-03-02T12:00:00.000Z', plan: { code: 'platinum', version: 1 } },
    ]);
  });

  it('has its clocks laid out anew when its priority changes, and its history says what moved and why', async () => {
    const { ticket } = await say('reclassifyTicket', { id: 'A-2', priority: 'high' });
    expect(ticket.clocks[1]).toMatchObject({ dueAt: '2026-03-02T11:00:00.000Z', layout: 2 });
    expect((await historyOf('A-2')).at(-1)).toBe(
      'SlaDeadlineMoved: followUp, due 2026-03-02T11:00:00.000Z (was 2026-03-02T12:00:00.000Z), reclassified (layout 2, platinum v1)',
    );
  });

  it("counts in the customer's new calendar what starts afterwards", async () => {
    const day = '{ day: "mon", windows: [{ opens: "10:00", closes: "11:00" }] }';
    await change(`defineCalendar(input: { code: "rare", name: "Rare", timeZone: "UTC", weekly: [${day}] })`);
    await change(`setCustomerCalendar(input: { id: "acme", calendar: "rare" })`);
    const { ticket } = await say('recordFollowUp', { id: 'A-2' }, 'MessageInput');
    expect(ticket.clocks.at(-1)).toMatchObject({ dueAt: '2026-03-02T11:00:00.000Z' });
    await change(`setCustomerCalendar(input: { id: "acme" })`);
    const { ticket: other } = await say('openTicket', { ...bug, id: 'A-3' });
    expect(other.clocks).toMatchObject([{ dueAt: '2026-03-02T12:00:00.000Z' }]);
  });

  it("is counted in its target's own calendar, whatever calendar its customer has", async () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    const weekly = days.map((day) => `{ day: "${day}", windows: [{ opens: "00:00", closes: "24:00" }] }`).join(' ');
    await change(
      `defineCalendar(input: { code: "always", name: "Always", timeZone: "Europe/Rome", weekly: [${weekly}] })`,
    );
    const targets = `targets: [{ metric: RESOLUTION, target: { amount: 10, unit: HOURS } },
      { metric: RESOLUTION, target: { amount: 10, unit: HOURS }, priority: "urgent", calendar: "always" }]`;
    const { definePlan } = await api.data<{ definePlan: { position: string } }>(
      `mutation { definePlan(input: { code: "clock", name: "Round the clock", ${targets} }) { ... on PlanDefined { position } } }`,
    );
    const query =
      'query ($minPosition: Position) { plan(code: "clock", minPosition: $minPosition) { targets { priority calendar } } }';
    expect(await api.data(query, { minPosition: definePlan.position })).toMatchObject({
      plan: { targets: [{ calendar: null }, { priority: 'urgent', calendar: 'always' }] },
    });
    const { ticket } = await say('openTicket', { ...bug, id: 'C-1', plan: 'clock', priority: 'urgent' });
    const opened = { dueAt: new Date(api.time.now() + 10 * 3_600_000).toISOString() };
    expect(ticket.clocks).toMatchObject([{ ...opened, calendar: { code: 'always', version: 1 } }]);
    const due = `query ($from: Instant!, $priority: String!) {
      dueAt(input: { from: $from, plan: "clock", metric: RESOLUTION, priority: $priority }) { dueAt timeZone calendar { code } } }`;
    const from = new Date(api.time.now()).toISOString();
    expect(await api.data(due, { from, priority: 'urgent' })).toEqual({
      dueAt: { ...opened, timeZone: 'Europe/Rome', calendar: { code: 'always' } },
    });
    expect(await api.data(due, { from, priority: 'normal' })).toMatchObject({
      dueAt: { calendar: { code: 'business-hours' } },
    });
    const { ticket: normal } = await say('reclassifyTicket', { id: 'C-1', priority: 'normal' });
    expect(normal.clocks).toMatchObject([{ layout: 2, calendar: { code: 'business-hours' } }]);
  });

  it('names no calendar in a target that is not there', async () => {
    const targets = 'targets: [{ metric: RESOLUTION, target: { amount: 1, unit: HOURS }, calendar: "mars" }]';
    expect(await change(`definePlan(input: { code: "lost", name: "Lost", ${targets} })`)).toEqual({
      definePlan: { __typename: 'Rejection', code: 'CALENDAR_NOT_FOUND' },
    });
    expect(await change(`revisePlan(input: { code: "clock", ${targets} })`)).toEqual({
      revisePlan: { __typename: 'Rejection', code: 'CALENDAR_NOT_FOUND' },
    });
  });

  it('is told by the bulk interface that its plan was reapplied, too', async () => {
    const reapplied = { ticket: 'A-3', event: 'PLAN_REAPPLIED', occurredAt: '2026-03-02T10:00:00Z' };
    const note = { ticket: 'A-3', event: 'INTERNAL_NOTE_ADDED', occurredAt: '2026-03-02T10:00:00Z', text: 'hm' };
    const events = [{ ...reapplied, version: 7 }, note, reapplied];
    const query = `mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { results { outcome code } } }`;
    expect(await api.data(query, { events })).toEqual({
      recordTicketEvents: {
        results: [
          { outcome: 'REJECTED', code: 'PLAN_VERSION_NOT_FOUND' },
          { outcome: 'RECORDED', code: null },
          { outcome: 'ALREADY_SO', code: null },
        ],
      },
    });
  });

  it('is laid out anew by a revision that applies to it, and the feed says that its breach is withdrawn', async () => {
    const { position } = await say('openTicket', { ...bug, id: 'B-1', plan: 'gold' });
    const heard = listen(api, 'kind at', { after: position, filter: { ticket: 'B-1' } });
    api.time.moveTo(Date.parse('2026-03-02T15:00:00Z'));
    expect(await heard.event()).toMatchObject({ kind: 'SLA_BREACHED', at: '2026-03-02T14:00:00.000Z' });
    const targets = 'targets: [{ metric: FIRST_RESPONSE, target: { amount: 8, unit: HOURS } }]';
    await change(`revisePlan(input: { code: "gold", ${targets}, appliesToOpenTickets: true })`);
    expect(await heard.event()).toMatchObject({ kind: 'SLA_BREACH_WITHDRAWN', at: '2026-03-02T15:00:00.000Z' });
    await heard.leave();
    const { ticket } = await say('addInternalNote', { id: 'B-1', text: 'hm' }, 'InternalNoteInput');
    expect(ticket.clocks).toMatchObject([
      { state: 'RUNNING', dueAt: '2026-03-03T10:00:00.000Z', plan: { version: 3 } },
    ]);
    expect((await historyOf('B-1')).slice(-4, -1)).toEqual([
      'PlanReapplied: gold v3, business-hours v1, because planRevised, guaranteed',
      'SlaBreachWithdrawn: firstResponse, due 2026-03-03T10:00:00.000Z, planRevised (layout 2, gold v3)',
      'SlaDeadlineMoved: firstResponse, due 2026-03-03T10:00:00.000Z (was 2026-03-02T14:00:00.000Z), planRevised (layout 2, gold v3)',
    ]);
  });
});
