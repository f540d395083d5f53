import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

const read =
  'run metric layout state startedAt dueAt projectedDueAt atRiskAt isAtRisk satisfiedAt breachedAt cancelledAt';
const clock = `${read} cancelReason mergedFrom elapsedMs remainingMs elapsedWallMs remainingWallMs`;
const shown = `id status splitFrom lastCustomerReplyAt clocks { ${clock} }`;
const changed = `... on TicketChanged { position ticket { ${shown} } } ... on Rejection { code message }`;

type Clock = Readonly<Record<string, unknown>>;
interface Ticket {
  readonly id: string;
  readonly status: string;
  readonly clocks: readonly Clock[];
}
interface Changed {
  readonly position: string;
  readonly ticket: Ticket;
  readonly code?: string;
}

const hour = 3_600_000;
const customer = { id: 'ben', kind: 'PERSON' };
const automatic = { id: 'ben', kind: 'AUTOMATIC' };

/** What the public threads of other desks tell of, said over the API. */
describe('the life of a ticket as other desks have it, over the API', () => {
  let api: Api;
  beforeEach(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterEach(() => api.end());

  const change = async (name: string, type: string, input: object) => {
    const data = await api.data(`mutation ($input: ${type}!) { ${name}(input: $input) { ${changed} } }`, { input });
    return data[name] as Changed;
  };
  const open = (id: string, plan: string, more: object = {}) => {
    const bug = { type: 'productBug', channel: 'email', subject: 'It stopped' };
    return change('openTicket', 'OpenTicketInput', { id, plan, customer: 'acme', ...bug, ...more });
  };
  async function record(events: readonly object[]) {
    const query =
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { position results { outcome code message } } }';
    const data = await api.data<{ recordTicketEvents: { position: string; results: unknown[] } }>(query, { events });
    return data.recordTicketEvents;
  }
  const ticketOf = async (id: string, minPosition: string) => {
    const query = `query ($id: ID!, $minPosition: Position) { ticket(id: $id, minPosition: $minPosition) { ${shown} } }`;
    return (await api.data<{ ticket: Ticket }>(query, { id, minPosition })).ticket;
  };

  it('takes a split and what is said of the new ticket in one request, in any order (erpnext#18621)', async () => {
    const opening = { event: 'TICKET_OPENED', customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email' };
    const at = (time: string) => ({ occurredAt: `2026-03-02T0${time}:00Z` });
    const own = { ...opening, ticket: 'S2', subject: 'Another thing', source: 'desk', externalId: '2', ...at('8:30') };
    const { results, position } = await record([
      { ticket: 'S2', event: 'FIRST_RESPONSE_SENT', onBehalfOf: { id: 'ola', kind: 'PERSON' }, ...at('8:50') },
      { ...opening, ticket: 'S1', subject: 'It stopped', ...at('8:00') },
      { ticket: 'S1', event: 'CUSTOMER_REPLIED', onBehalfOf: customer, ...at('8:30') },
      { ticket: 'S1', event: 'TICKET_SPLIT', into: 'S2', messageAt: '2026-03-02T08:30:00Z', ...at('8:40') },
      own,
    ]);
    const recorded = { outcome: 'RECORDED', code: null, message: null };
    expect(results).toEqual([recorded, recorded, recorded, recorded, { ...recorded, outcome: 'ALREADY_SO' }]);
    expect(await ticketOf('S2', position)).toMatchObject({ splitFrom: 'S1', clocks: [{ state: 'MET' }] });
  });

  it.each(['singly', 'in bulk'])('lets an automatic message of the customer end no wait, said %s', async (how) => {
    await open('A', 'enterprise');
    await change('recordFirstResponse', 'MessageInput', { id: 'A' });
    await change('pauseTicket', 'PauseTicketInput', { id: 'A', reason: 'WAITING_FOR_CUSTOMER' });
    const [single, bulk] = [
      { onBehalfOf: automatic },
      { event: 'CUSTOMER_REPLIED', occurredAt: '2026-03-02T09:00:00Z' },
    ];
    const position =
      how === 'singly'
        ? (await change('recordCustomerReply', 'MessageInput', { id: 'A', ...single })).position
        : (await record([{ ticket: 'A', ...bulk, ...single }])).position;
    expect(await ticketOf('A', position)).toMatchObject({ status: 'WAITING', lastCustomerReplyAt: null });
    const { ticket } = await change('recordCustomerReply', 'MessageInput', { id: 'A', onBehalfOf: customer });
    expect(ticket).toMatchObject({ status: 'OPEN', lastCustomerReplyAt: '2026-03-02T09:00:00.000Z' });
  });

  describe('reads a clock alike from every door, long after its breach (chatwoot PR#15024)', () => {
    /** The clocks of a ticket as each door shows them. */
    async function doors(id: string, position: string): Promise<Readonly<Record<string, readonly Clock[]>>> {
      const list = (name: string) =>
        `${name}: ${name}(first: 10, minPosition: $minPosition) { edges { node { ${shown} } } }`;
      const query = `query ($id: ID!, $minPosition: Position) {
        ticket(id: $id, minPosition: $minPosition) { ${shown} } ${list('tickets')} ${list('workQueue')}
        replayTicket(id: $id) { ${shown} } }`;
      const data = await api.data<Record<string, Ticket & { edges: { node: Ticket }[] }>>(query, {
        id,
        minPosition: position,
      });
      const one = (name: string) => data[name]?.clocks ?? [];
      const inList = (name: string) => data[name]?.edges.find(({ node }) => node.id === id)?.node.clocks ?? [];
      const { ticket } = await change('addInternalNote', 'InternalNoteInput', { id, text: 'how late is it?' });
      return { one: one('ticket'), list: inList('tickets'), replay: one('replayTicket'), decided: ticket.clocks };
    }

    it.each([
      ['on hold', 'pauseTicket', 'PauseTicketInput', { reason: 'ON_HOLD' }, 'FOLLOW_UP'],
      ['closed', 'closeTicket', 'TicketInput', {}, 'FIRST_RESPONSE'],
      ['cancelled', 'cancelTicket', 'CancelTicketInput', { reason: 'SPAM' }, 'FIRST_RESPONSE'],
      ['merged', 'mergeTicket', 'MergeTicketInput', { into: 'other' }, 'FIRST_RESPONSE'],
    ] as const)('of a ticket that is then %s', async (_, name, type, input, metric) => {
      await open('other', 'pro');
      await open('late', 'enterprise');
      if (metric === 'FOLLOW_UP') await change('recordFirstResponse', 'MessageInput', { id: 'late' });
      api.time.moveTo(Date.parse('2026-03-06T09:00:00Z'));
      const { ticket, position } = await change(name, type, { id: 'late', ...input });
      const was = ticket.clocks.find((each) => each['metric'] === metric);
      expect(was).toMatchObject({ state: 'BREACHED', remainingMs: -24 * hour });
      for (const now of ['2026-03-06T09:00:00Z', '2026-03-09T15:00:00Z', '2026-04-20T12:00:00Z']) {
        api.time.moveTo(Date.parse(now));
        const { one = [], ...others } = await doors('late', position);
        expect(one.find((each) => each['metric'] === metric)).toMatchObject({
          ...{ remainingMs: was?.['remainingMs'], elapsedMs: was?.['elapsedMs'], remainingWallMs: null },
        });
        expect(others).toEqual({ list: one, replay: one, decided: one });
      }
    });

    it('its layout too', async () => {
      await open('late', 'pro');
      api.time.moveTo(Date.parse('2026-03-04T10:00:00Z'));
      await change('addInternalNote', 'InternalNoteInput', { id: 'late', text: 'late' });
      const { position } = await change('recordFirstResponse', 'MessageInput', {
        ...{ id: 'late', occurredAt: '2026-03-02T10:00:00Z' }, // takes the breach back
      });
      const { one = [], ...others } = await doors('late', position);
      expect(one).toMatchObject([{ state: 'MET', layout: 2 }]);
      expect(others).toEqual({ list: one, replay: one, decided: one });
    });
  });

  it('restores a ticket that was cancelled by mistake, and works on (freescout#1351)', async () => {
    await open('spam', 'pro');
    await change('cancelTicket', 'CancelTicketInput', { id: 'spam', reason: 'SPAM' });
    expect(await change('reopenTicket', 'TicketInput', { id: 'spam' })).toMatchObject({
      ...{ code: 'TICKET_CANCELLED', message: expect.stringContaining('restoreTicket') },
    });
    api.time.moveTo(Date.parse('2026-03-02T15:00:00Z'));
    expect(await change('restoreTicket', 'TicketInput', { id: 'spam' })).toMatchObject({
      ticket: {
        status: 'OPEN',
        clocks: [{ state: 'RUNNING', dueAt: '2026-03-03T09:00:00.000Z', elapsedMs: 6 * hour }],
      },
    });
    expect(await change('restoreTicket', 'TicketInput', { id: 'other' })).toMatchObject({ code: 'TICKET_NOT_FOUND' });
    const { results } = await record([
      { ticket: 'spam', event: 'TICKET_CANCELLED', cancelReason: 'SPAM', occurredAt: '2026-03-02T15:00:00Z' },
      { ticket: 'spam', event: 'TICKET_RESTORED', occurredAt: '2026-03-02T15:00:00Z' },
    ]);
    expect(results).toMatchObject([{ outcome: 'RECORDED' }, { outcome: 'RECORDED' }]);
  });

  it('keeps the promise of each request of a ticket that is merged on, the one in it and its own', async () => {
    await open('survivor', 'pro');
    await change('recordFirstResponse', 'MessageInput', { id: 'survivor' });
    const times = ['2026-03-02T10:00:00Z', '2026-03-02T12:00:00Z', '2026-03-02T13:00:00Z'];
    for (const [i, id] of ['first', 'second'].entries()) {
      api.time.moveTo(Date.parse(times[i] ?? ''));
      await open(id, 'pro');
    }
    api.time.moveTo(Date.parse(times[2] ?? ''));
    await change('mergeTicket', 'MergeTicketInput', { id: 'first', into: 'second' });
    const { position } = await change('mergeTicket', 'MergeTicketInput', { id: 'second', into: 'survivor' });
    const due = (startedAt: string, dueAt: string) => ({ mergedFrom: 'second', state: 'RUNNING', startedAt, dueAt });
    expect((await ticketOf('survivor', position)).clocks).toMatchObject([
      { state: 'MET', mergedFrom: null },
      due('2026-03-02T10:00:00.000Z', '2026-03-03T10:00:00.000Z'),
      due('2026-03-02T12:00:00.000Z', '2026-03-03T12:00:00.000Z'),
    ]);
    api.time.moveTo(Date.parse('2026-03-03T11:00:00Z'));
    const { ticket } = await change('recordFollowUp', 'MessageInput', { id: 'survivor' });
    expect(ticket.clocks.slice(1)).toMatchObject([{ state: 'MET_LATE' }, { state: 'MET' }]);
  });

  it('keeps the promise of requests in bulk as it does singly (zammad#4203, freescout#1351)', async () => {
    const at = (time: string) => ({ occurredAt: `2026-03-02T${time}:00Z` });
    const opening = { event: 'TICKET_OPENED', customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email' };
    const { results, position } = await record([
      { ...opening, ticket: 'MA', subject: 'Old', ...at('05:00') },
      { ticket: 'MA', event: 'FIRST_RESPONSE_SENT', ...at('05:30') },
      { ticket: 'MA', event: 'TICKET_RESOLVED', ...at('06:00') },
      { ...opening, ticket: 'MB', subject: 'It stopped again', ...at('08:00') },
      { ticket: 'MB', event: 'TICKET_MERGED', into: 'MA', ...at('08:30') },
      { ...opening, ticket: 'SP', subject: 'It stopped', ...at('08:00') },
      { ticket: 'SP', event: 'TICKET_CANCELLED', cancelReason: 'SPAM', ...at('08:05') },
      { ticket: 'SP', event: 'TICKET_RESTORED', ...at('08:06') },
      { ticket: 'SP', event: 'FIRST_RESPONSE_SENT', ...at('08:50') },
    ]);
    expect(results).toEqual(results.map(() => ({ outcome: 'RECORDED', code: null, message: null })));
    expect((await ticketOf('MA', position)).clocks).toMatchObject([
      { state: 'MET' },
      { state: 'RUNNING', mergedFrom: 'MB', startedAt: '2026-03-02T08:00:00.000Z' },
    ]);
    expect(await ticketOf('SP', position)).toMatchObject({ status: 'OPEN', clocks: [{ state: 'MET' }] });
  });

  describe('opened as urgent by mistake, and put right after its breach (osTicket#5160)', () => {
    beforeEach(async () => {
      const target = (amount: number, more = '') =>
        `{ metric: RESOLUTION, target: { amount: ${amount}, unit: HOURS }${more} }`;
      await api.data(
        `mutation { definePlan(input: { code: "two", name: "Two", targets: [${target(16)}, ${target(1, ', priority: "urgent"')}] }) { __typename } }`,
      );
    });
    const right = {
      state: 'RUNNING',
      breachedAt: null,
      startedAt: '2026-03-02T09:00:00.000Z',
      dueAt: '2026-03-03T17:00:00.000Z',
    };

    it('is judged by the right class when the plan is reapplied, singly', async () => {
      await open('E', 'two', { priority: 'urgent' });
      api.time.moveTo(Date.parse('2026-03-02T12:00:00Z'));
      const { ticket } = await change('reclassifyTicket', 'ReclassifyTicketInput', { id: 'E', priority: 'normal' });
      expect(ticket.clocks).toMatchObject([{ state: 'BREACHED' }]);
      const { position } = await change('reapplyPlan', 'ReapplyPlanInput', { id: 'E' });
      expect((await ticketOf('E', position)).clocks).toMatchObject([right]);
    });

    it('and answered by then, too, where answered clocks are judged again', async () => {
      await open('E', 'two', { priority: 'urgent' });
      api.time.moveTo(Date.parse('2026-03-02T12:00:00Z'));
      await change('resolveTicket', 'ResolveTicketInput', { id: 'E' });
      await change('reclassifyTicket', 'ReclassifyTicketInput', { id: 'E', priority: 'normal' });
      const { ticket } = await change('reapplyPlan', 'ReapplyPlanInput', { id: 'E' });
      expect(ticket.clocks).toMatchObject([{ state: 'MET_LATE' }]);
      const { position } = await change('reapplyPlan', 'ReapplyPlanInput', { id: 'E', answered: true });
      expect((await ticketOf('E', position)).clocks).toMatchObject([{ state: 'MET', breachedAt: null }]);
    });

    it('in bulk', async () => {
      const at = (time: string) => ({ occurredAt: `2026-03-02T${time}:00Z` });
      const opening = { customer: 'acme', plan: 'two', type: 'productBug', channel: 'email', subject: 'It stopped' };
      api.time.moveTo(Date.parse('2026-03-02T14:00:00Z'));
      const { position } = await record([
        { ticket: 'E', event: 'TICKET_OPENED', priority: 'urgent', ...opening, ...at('09:00') },
        { ticket: 'E', event: 'TICKET_RECLASSIFIED', priority: 'normal', ...at('12:00') },
        { ticket: 'E', event: 'PLAN_REAPPLIED', ...at('13:00') },
      ]);
      expect((await ticketOf('E', position)).clocks).toMatchObject([right]);
    });
  });

  it('keeps the promise of a request that is merged into a ticket that was resolved (zammad#4203)', async () => {
    await open('MA', 'pro');
    await change('recordFirstResponse', 'MessageInput', { id: 'MA' });
    await change('resolveTicket', 'ResolveTicketInput', { id: 'MA' });
    api.time.moveTo(Date.parse('2026-03-02T12:00:00Z'));
    await open('MB', 'pro');
    api.time.moveTo(Date.parse('2026-03-02T13:00:00Z'));
    const { position } = await change('mergeTicket', 'MergeTicketInput', { id: 'MB', into: 'MA' });
    const request = { state: 'RUNNING', startedAt: '2026-03-02T12:00:00.000Z', mergedFrom: 'MB' };
    const queue = async () => {
      const query = `{ workQueue(minPosition: "${position}") { edges { node { id nextDue { mergedFrom } } } } }`;
      return (await api.data<{ workQueue: { edges: { node: object }[] } }>(query)).workQueue.edges.map((e) => e.node);
    };
    expect((await ticketOf('MA', position)).clocks).toMatchObject([{ state: 'MET', mergedFrom: null }, request]);
    expect(await queue()).toEqual([{ id: 'MA', nextDue: { mergedFrom: 'MB' } }]);
    const closed = await change('closeTicket', 'TicketInput', { id: 'MA' });
    expect(closed.ticket.clocks).toMatchObject([{ state: 'MET' }, request]);
    expect(await queue()).toEqual([{ id: 'MA', nextDue: { mergedFrom: 'MB' } }]);
    const answered = await change('recordFollowUp', 'MessageInput', { id: 'MA' });
    expect(answered.ticket.clocks).toMatchObject([{ state: 'MET' }, { ...request, state: 'MET' }]);
  });
});
