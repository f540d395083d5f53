import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api, newFolder } from '../support/api.js';
import { importLines, ledgerAt, project } from '../support/application-contexts.js';
import { ticketById } from '../../src/tickets/queries/tickets.js';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';

const opening = { customer: 'acme', type: 'productBug', channel: 'email', subject: 'It borke', reference: 'Q-1' };
const right = { subject: 'It broke', reference: 'R-1', application: 'Billing', users: ['ann'] };

describe('what was wrong of a ticket is put right', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    for (const id of ['single', 'bulk', 'theirs']) {
      const customer = id === 'theirs' ? 'globex' : 'acme';
      await api.data('mutation ($input: OpenTicketInput!) { openTicket(input: $input) { __typename } }', {
        input: { id, ...opening, customer },
      });
    }
  });
  afterAll(() => api.end());

  const correct = async (input: object, key?: string) => {
    const query = `mutation ($input: CorrectTicketInput!) { correctTicket(input: $input) {
      ... on TicketChanged { recorded position ticket { reference subject application users } } ... on Rejection { code } } }`;
    return api.send(query, { input }, key);
  };
  const record = async (event: object) => {
    const query =
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { position results { outcome code } } }';
    const events = [{ event: 'TICKET_CORRECTED', occurredAt: '2026-03-02T09:00:00Z', ...event }];
    return (await api.data<{ recordTicketEvents: { position: string; results: object[] } }>(query, { events }))
      .recordTicketEvents;
  };
  async function expectShown(id: string, minPosition: string): Promise<void> {
    const query = `query ($id: ID!, $text: String!, $minPosition: Position) {
      ticket(id: $id, minPosition: $minPosition) { reference subject application users isIncomplete }
      found: tickets(filter: { text: $text }, first: 9, minPosition: $minPosition) { edges { node { id } } }
      ticketHistory(id: $id) { edges { node { type summary } } } }`;
    const shown = await api.data<Record<string, { edges: { node: { id: string; type: string; summary: string } }[] }>>(
      query,
      {
        ...{ id, minPosition, text: 'it BROKE' },
      },
    );
    expect(shown['ticket']).toEqual({ ...right, isIncomplete: false });
    expect(shown['found']?.edges.map(({ node }) => node.id)).toContain(id);
    const lines = shown['ticketHistory']?.edges.map(({ node }) => `${node.type}: ${node.summary}`) ?? [];
    expect(lines[0]).toMatch(/^TicketOpened: .*subject It borke/);
    expect(lines.at(-1)).toBe(
      'TicketCorrected: subject It broke, reference R-1, application Billing, users ["ann"], was: subject It borke, reference Q-1',
    );
  }

  it('by its mutation; again it is already so', async () => {
    const { data } = await correct({ id: 'single', ...right });
    const changed = data?.['correctTicket'] as { position: string };
    expect(changed).toMatchObject({ recorded: 1, ticket: right });
    await expectShown('single', changed.position);
    expect((await correct({ id: 'single', ...right })).data?.['correctTicket']).toMatchObject({ recorded: 0 });
  });

  it('of the ticket that is called so by now, which gets another reference', async () => {
    const { data } = await correct({ ofReference: 'R-1', reference: 'R-3' });
    expect(data?.['correctTicket']).toMatchObject({
      recorded: 1,
      ticket: { reference: 'R-3', subject: right.subject },
    });
  });

  it('by an event in bulk', async () => {
    const { results, position } = await record({ ticket: 'bulk', ...right });
    expect(results).toEqual([{ outcome: 'RECORDED', code: null }]);
    await expectShown('bulk', position);
  });

  it("by a line of a log in Pledge's own format, which is one fact when it is read again", async () => {
    const folder = newFolder();
    const context = await ledgerAt('2026-03-02T09:00:00Z', folder);
    const line = (event: string, time: string, more: object) =>
      JSON.stringify({ event, ticket: 'L-1', occurredAt: `2026-03-01T${time}:00Z`, actor: { id: 'mia' }, ...more });
    const lines = [line('TicketOpened', '09:00', opening), line('TicketCorrected', '10:00', right)];
    for (const recorded of [2, 0]) {
      const { log, counts, rejected } = await importLines(context, lines);
      await log.finish(counts);
      context.time.moveTo(context.time.now() + 1_000);
      expect([counts.recorded, rejected]).toEqual([recorded, []]);
    }
    await project(context);
    const id = ticketIdOf({ source: 'test', externalId: 'L-1' });
    expect(await ticketById(context.readers.here('everyone'), id)).toMatchObject(right);
    await context.close();
    rmSync(folder, { recursive: true });
  });

  it.each([{ subject: '' }, { reference: '' }, { users: [''] }, {}])(
    'with nothing in place of it is refused: %j',
    async (input) => {
      const { errors } = await correct({ id: 'single', ...input });
      expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    },
  );

  it("is no one's to put right who may not see the ticket", async () => {
    const acmes = api.newKey('agent', ['acme']);
    expect((await correct({ id: 'theirs', ...right }, acmes)).data?.['correctTicket']).toEqual({
      code: 'TICKET_NOT_FOUND',
    });
    expect((await correct({ id: 'single', customer: 'globex', ...right })).data?.['correctTicket']).toEqual({
      code: 'CUSTOMER_MISMATCH',
    });
  });
});
