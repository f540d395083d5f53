import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';
import { Api, newFolder } from '../support/api.js';
import { importLines, ledgerAt, project } from '../support/application-contexts.js';

const actor = { id: 'ola' };
const fact = (event: string, ticket: string, occurredAt: string, more: object = {}) =>
  JSON.stringify({ event, ticket, occurredAt: `2026-02-${occurredAt}:00Z`, actor, ...more });
const opened = (ticket: string, at: string, customer = 'acme') =>
  fact('TicketOpened', ticket, at, { customer, type: 'productBug', channel: 'email', subject: 'It broke' });

/** Tickets of February: three of a customer whom nobody had enrolled, answered in a day, in three days, and never; and another's. */
const history = [
  opened('H-1', '02T09:00'),
  fact('FirstResponseSent', 'H-1', '03T08:00'),
  fact('TicketResolved', 'H-1', '03T10:00'),
  fact('TicketClosed', 'H-1', '04T10:00'),
  opened('H-2', '09T09:00'),
  fact('FirstResponseSent', 'H-2', '12T09:00'),
  fact('TicketResolved', 'H-2', '12T10:00'),
  opened('H-3', '16T09:00'),
  opened('O-1', '02T09:00', 'globex'),
];

interface Mended {
  readonly tickets: number;
  readonly changed: number;
  readonly errors: readonly object[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  readonly position: string;
  readonly code?: string;
}

/** A history that was imported before its customers were enrolled. */
describe('a history of a customer who is enrolled only afterwards', () => {
  let api: Api;
  const idOf = (externalId: string) => ticketIdOf({ source: 'test', externalId });

  beforeEach(async () => {
    const folder = newFolder();
    const context = await ledgerAt('2026-03-02T08:00:00Z', folder);
    const { log, counts } = await importLines(context, history);
    await log.finish(counts);
    await project(context);
    await context.close();
    api = await Api.start('2026-03-02T09:00:00Z', folder);
  });
  afterEach(() => api.end());

  const enrol = (plan = 'pro') =>
    api.data(
      `mutation { enrolCustomer(input: { id: "acme", plan: "${plan}" }) { __typename ... on Rejection { code } } }`,
    );
  const mend = async (input: object, key?: string) => {
    const query = `mutation ($input: ReapplyPlanToCustomerInput!) { reapplyPlanToCustomer(input: $input) {
      ... on PlanReappliedToCustomer { tickets changed errors { ticket code message } notices { code about message } endCursor hasNextPage position }
      ... on Rejection { code message } } }`;
    const data = await api.data<{ reapplyPlanToCustomer: Mended }>(
      query,
      { input: { customer: 'acme', ...input } },
      key,
    );
    return data.reapplyPlanToCustomer;
  };
  const reapply = async (reference: string, input: object = { answered: true }, key?: string) => {
    const query = `mutation ($input: ReapplyPlanInput!) { reapplyPlan(input: $input) {
      ... on TicketChanged { recorded position ticket { status guarantee { kind } plan { code } clocks { metric state } } }
      ... on Rejection { code message } } }`;
    const answer = await api.send(query, { input: { id: idOf(reference), ...input } }, key);
    return answer.data?.['reapplyPlan'] as Record<string, unknown>;
  };
  const clocksOf = async (reference: string, minPosition?: string) => {
    const query = `query ($id: ID!, $minPosition: Position) { ticket(id: $id, minPosition: $minPosition) { guarantee { kind } plan { code } clocks { metric state breachedAt } } replayTicket(id: $id, occurredBy: "2026-02-28T00:00:00Z") { clocks { metric state } } }`;
    const { ticket, replayTicket } = await api.data<
      Record<string, { guarantee: object; clocks: { metric: string; state: string }[] }>
    >(query, { id: idOf(reference), minPosition });
    const shown = (clocks: readonly { metric: string; state: string }[] = []) =>
      clocks.map(({ metric, state }) => `${metric} ${state}`);
    return { guarantee: ticket?.guarantee, clocks: shown(ticket?.clocks), replayed: shown(replayTicket?.clocks) };
  };
  const summary = async (minPosition: string) => {
    const { slaSummary } = await api.data<{ slaSummary: { lines: Record<string, unknown>[] } }>(
      `query ($minPosition: Position) { slaSummary(minPosition: $minPosition) { lines { plan metric month met metLate breached } } }`,
      { minPosition },
    );
    return slaSummary.lines.map(({ plan, metric, month, met, metLate, breached }) => [
      plan,
      ...[metric, month, met, metLate, breached],
    ]);
  };

  it('has no clocks at first; mended it has the right verdicts, in every report', async () => {
    expect(await clocksOf('H-1')).toMatchObject({
      guarantee: { kind: 'BEST_EFFORT' },
      clocks: [],
    });
    await enrol();
    const { position, ...mended } = await mend({
      openedFrom: '2026-02-01T00:00:00Z',
      openedBefore: '2026-03-01T00:00:00Z',
    });
    expect(mended).toEqual({
      ...{ tickets: 3, changed: 3, errors: [], notices: [], endCursor: expect.any(String), hasNextPage: false },
    });
    const right = (state: string) => ({
      ...{ guarantee: { kind: 'GUARANTEED' }, clocks: [`FIRST_RESPONSE ${state}`] },
      replayed: [`FIRST_RESPONSE ${state}`],
    });
    expect(await clocksOf('H-1', position)).toEqual(right('MET'));
    expect(await clocksOf('H-2', position)).toEqual(right('MET_LATE'));
    expect(await clocksOf('H-3', position)).toEqual(right('BREACHED'));
    expect(await clocksOf('O-1', position)).toMatchObject({ guarantee: { kind: 'BEST_EFFORT' }, clocks: [] });
    expect(await summary(position)).toEqual([['pro', 'FIRST_RESPONSE', '2026-02', 1, 1, 1]]);
  });

  it('is mended again only where something moves, and the last word counts', async () => {
    await enrol();
    await mend({});
    expect(await mend({})).toMatchObject({
      ...{ tickets: 3, changed: 0, errors: [], notices: [{ code: 'ALREADY_SO', about: 'acme' }] },
    });
    await api.data(
      `mutation { revisePlan(input: { code: "pro", effectiveFrom: "2026-03-02T09:00:00Z", targets: [] }) { __typename } }`,
    );
    expect(await mend({ openedBefore: '2026-02-16T00:00:00Z' })).toMatchObject({ tickets: 2, changed: 1 }); // one may be reopened
    const { position } = await mend({});
    expect(
      (await summary(position)).filter(([, , , met, late, breached]) => [met, late, breached].some((n) => n !== 0)),
    ).toEqual([['pro', 'FIRST_RESPONSE', '2026-02', 1, 1, 0]]);
  });

  it('is mended some tickets at a time, the oldest first', async () => {
    await enrol();
    const first = await mend({ first: 2 });
    expect(first).toMatchObject({ tickets: 2, changed: 2, hasNextPage: true });
    expect(await mend({ first: 2, after: first.endCursor })).toMatchObject({
      tickets: 1,
      changed: 1,
      hasNextPage: false,
    });
    expect(await mend({ openedFrom: '2026-02-09T09:00:00Z', openedBefore: '2026-02-16T09:00:00Z' })).toMatchObject({
      tickets: 1,
    });
    expect(await mend({ customer: 'nobody' })).toMatchObject({
      ...{ tickets: 0, changed: 0, endCursor: null },
      notices: [{ code: 'UNKNOWN_CUSTOMER', about: 'nobody', message: 'customer: there is no customer "nobody".' }],
    });
    expect(await mend({ first: 201 })).toMatchObject({ code: 'INVALID_PAGE' });
    expect(await mend({ after: 'x' })).toMatchObject({ code: 'INVALID_CURSOR' });
  });

  it('is mended ticket by ticket, closed ones too; again is already so', async () => {
    await enrol();
    expect(await reapply('H-1', {})).toMatchObject({ code: 'TICKET_CLOSED' });
    expect(await reapply('H-1')).toMatchObject({
      recorded: 3,
      ticket: { status: 'CLOSED', plan: { code: 'pro' }, clocks: [{ metric: 'FIRST_RESPONSE', state: 'MET' }] },
    });
    expect(await reapply('H-1')).toMatchObject({ recorded: 0 });
    expect(await reapply('H-1', { answered: false })).toMatchObject({ code: 'TICKET_CLOSED' });
  });

  it('says in its history by what it was judged again', async () => {
    await enrol();
    await reapply('H-1');
    const { ticketHistory } = await api.data<{
      ticketHistory: { edges: { node: { type: string; summary: string } }[] };
    }>(`query ($id: ID!) { ticketHistory(id: $id) { edges { node { type summary } } } }`, { id: idOf('H-1') });
    const lines = ticketHistory.edges.map(({ node }) => `${node.type}: ${node.summary}`);
    expect(lines.at(-3)).toBe(
      'PlanReapplied: pro v1, business-hours v1, because reapplied, guaranteed, answered too: from 2026-02-02T09:00:00.000Z pro v1, business-hours v1, as productBug normal',
    );
  });

  it('is for administrators, and each for their own customers', async () => {
    await enrol();
    const ingest = api.newKey('ingest');
    expect(await reapply('H-1', { answered: true }, ingest)).toMatchObject({
      code: 'FORBIDDEN',
      message: '"answered" requires one of the roles admin.',
    });
    const bulk = await api.send(
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { results { code } } }',
      {
        events: [{ ticket: idOf('H-1'), event: 'PLAN_REAPPLIED', answered: true, occurredAt: '2026-03-02T09:00:00Z' }],
      },
      ingest,
    );
    expect(bulk.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
    const globex = api.newKey('admin', ['globex']);
    expect(await mend({}, globex)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await mend({ customer: 'globex' }, globex)).toMatchObject({ tickets: 1 });
    expect(await reapply('H-1', { answered: true }, globex)).toMatchObject({ code: 'TICKET_NOT_FOUND' });
  });

  it('is mended by an event in bulk, too', async () => {
    await enrol();
    const { recordTicketEvents } = await api.data<{ recordTicketEvents: { results: object[]; position: string } }>(
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { position results { outcome code } } }',
      {
        events: [{ ticket: idOf('H-2'), event: 'PLAN_REAPPLIED', answered: true, occurredAt: '2026-03-02T09:00:00Z' }],
      },
    );
    expect(recordTicketEvents.results).toEqual([{ outcome: 'RECORDED', code: null }]);
    expect((await clocksOf('H-2', recordTicketEvents.position)).clocks).toEqual(['FIRST_RESPONSE MET_LATE']);
  });
});
