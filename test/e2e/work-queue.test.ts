import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

interface Row {
  readonly id: string;
  readonly assignee: string | null;
  readonly team: string | null;
  readonly nextDue: Record<string, unknown> | null;
}
interface Queue {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const query = `query ($filter: TicketFilter, $first: Int, $after: String, $minPosition: Position) {
  workQueue(filter: $filter, first: $first, after: $after, minPosition: $minPosition) {
    edges { cursor node { id assignee team nextDue { metric state dueAt remainingMs remainingWallMs } } }
    pageInfo { hasNextPage endCursor } } }`;

describe('the work queue', () => {
  let api: Api;
  let position: string;
  beforeEach(async () => {
    api = await Api.start('2026-03-02T16:00:00Z');
    await record([
      opening('late', 'pro', '2026-02-26T16:30:00Z'), // due on Friday at 16:30
      opening('enterprise', 'enterprise', '2026-03-02T12:00:00Z'),
      opening('pro', 'pro', '2026-03-02T12:00:00Z'),
      opening('first', 'pro', '2026-03-02T11:59:59Z'),
      opening('standard', 'standard', '2026-03-02T09:00:00Z'),
      opening('best-effort', 'community', '2026-03-02T08:00:00Z'),
      opening('solved', 'pro', '2026-03-02T09:00:00Z'),
      { ticket: 'solved', event: 'TICKET_RESOLVED', occurredAt: '2026-03-02T10:00:00Z' },
    ]);
  });
  afterEach(() => api.end());

  const opening = (ticket: string, plan: string, occurredAt: string) => ({
    ...{ ticket, plan, occurredAt, event: 'TICKET_OPENED', customer: 'acme', type: 'productBug', channel: 'email' },
    subject: 'It broke',
  });
  async function record(events: readonly object[]) {
    const mutation =
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { position results { code } } }';
    const { recordTicketEvents } = await api.data<{ recordTicketEvents: { position: string; results: unknown[] } }>(
      mutation,
      { events },
    );
    expect(recordTicketEvents.results).toEqual(events.map(() => ({ code: null })));
    ({ position } = recordTicketEvents);
  }
  async function assign(id: string, more: object) {
    const mutation =
      'mutation ($input: AssignTicketInput!) { assignTicket(input: $input) { ... on TicketChanged { position } } }';
    const { assignTicket } = await api.data<{ assignTicket: { position: string } }>(mutation, {
      input: { id, ...more },
    });
    ({ position } = assignTicket);
  }
  async function queue(variables: object = {}): Promise<Queue> {
    return (await api.data<{ workQueue: Queue }>(query, { minPosition: position, ...variables })).workQueue;
  }
  const idsOf = ({ edges }: Queue) => edges.map(({ node }) => node.id);

  it('has what is due soonest first, what is overdue before it, then the higher plan, then the older; what is solved is out', async () => {
    expect(idsOf(await queue())).toEqual(['late', 'first', 'enterprise', 'pro', 'standard', 'best-effort']);
  });

  it('says how much time is left, in business time and by the wall clock', async () => {
    const { edges } = await queue();
    const nextDue = (id: string) => edges.find(({ node }) => node.id === id)?.node.nextDue;
    const hour = 3_600_000;
    expect(nextDue('enterprise')).toEqual({
      ...{ metric: 'FIRST_RESPONSE', state: 'RUNNING', dueAt: '2026-03-03T12:00:00.000Z' },
      ...{ remainingMs: 4 * hour, remainingWallMs: 20 * hour },
    });
    expect(nextDue('late')).toMatchObject({
      state: 'BREACHED',
      remainingMs: -7.5 * hour,
      remainingWallMs: -71.5 * hour,
    });
    expect(nextDue('best-effort')).toBeNull();
  });

  it('says who has a ticket, and finds those that nobody has', async () => {
    await assign('pro', { assignee: 'ann', team: 'first line' });
    await assign('first', { assignee: 'bob' });
    const has = async (filter: object) => idsOf(await queue({ filter }));
    expect((await queue()).edges.find(({ node }) => node.id === 'pro')?.node).toMatchObject({
      assignee: 'ann',
      team: 'first line',
    });
    expect(await has({ assignees: ['ann'] })).toEqual(['pro']);
    expect(await has({ teams: ['first line'] })).toEqual(['pro']);
    expect(await has({ unassigned: true, guarantee: 'GUARANTEED' })).toEqual(['late', 'enterprise', 'standard']);
    await assign('pro', {});
    expect(await has({ unassigned: false })).toEqual(['first']);
  });

  it('is narrowed by when it is due, by plan and by what it is about', async () => {
    const has = async (filter: object) => idsOf(await queue({ filter }));
    expect(await has({ dueBefore: '2026-03-03T12:00:00Z' })).toEqual(['late', 'first']);
    expect(await has({ plans: ['standard', 'community'] })).toEqual(['standard', 'best-effort']);
    expect(await has({ types: ['productQuestion'] })).toEqual([]);
    expect(await has({ customers: ['acme'], text: 'BROKE', plans: ['enterprise'] })).toEqual(['enterprise']);
  });

  it('goes on where a page ended, though its last row moved away, another came in before it and one after', async () => {
    const page = await queue({ first: 3 });
    expect(idsOf(page)).toEqual(['late', 'first', 'enterprise']);
    await record([
      { ticket: 'enterprise', event: 'FIRST_RESPONSE_SENT', occurredAt: '2026-03-02T15:00:00Z' }, // due later now
      opening('before', 'pro', '2026-03-02T10:00:00Z'),
      opening('after', 'pro', '2026-03-02T13:00:00Z'),
      { ticket: 'pro', event: 'TICKET_PAUSED', pauseReason: 'ON_HOLD', occurredAt: '2026-03-02T15:00:00Z' },
    ]);
    const rest = await queue({ first: 100, after: page.pageInfo.endCursor });
    expect(idsOf(rest)).toEqual(['pro', 'after', 'enterprise', 'standard', 'best-effort']);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    expect(idsOf(await queue({ first: 1, after: page.edges[0]?.cursor }))).toEqual(['before']);
  });
});
