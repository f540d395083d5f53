import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';
import { ticketById } from '../../src/tickets/queries/tickets.js';
import { Api, newFolder } from '../support/api.js';
import { importLines, ledgerAt, project } from '../support/application-contexts.js';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'];
const fromCountry = [{ country: 'DE', region: 'BW' }];
const friday = '2023-12-22T16:00:00+01:00';
/** Twenty hours of open time later: Christmas is two holidays and a weekend. */
const due = '2023-12-29T11:00:00.000Z';
const bug = { type: 'productBug', channel: 'email', subject: 'It stopped' };
const line = (event: string, more: object) => JSON.stringify({ event, ...more });

/** A calendar with the holidays of a country, and a span of years ago (dbt_zendesk#92). */
describe('the holidays of a country, years back', () => {
  let api: Api;

  beforeAll(async () => {
    const folder = newFolder();
    const context = await ledgerAt('2026-03-02T08:00:00Z', folder);
    const weekly = Object.fromEntries(weekdays.map((day) => [day, [['09:00', '17:00']]]));
    const definition = { timeZone: 'Europe/Berlin', weekly, holidaysFrom: fromCountry };
    const { log, counts, rejected } = await importLines(context, [
      line('CalendarDefined', { code: 'ulm', name: 'Ulm', definition }),
      line('CustomerEnrolled', { customer: 'ulmer', plan: 'pro', calendar: 'ulm' }),
    ]);
    expect(rejected).toEqual([]);
    await log.finish(counts);
    await project(context);
    await context.close();
    api = await Api.start('2026-03-02T09:00:00Z', folder);
    const windows = weekdays.map((day) => ({ day, windows: [{ opens: '09:00', closes: '17:00' }] }));
    const said = { code: 'konstanz', name: 'Konstanz', timeZone: 'Europe/Berlin', weekly: windows };
    const targets = `targets: [{ metric: FIRST_RESPONSE, target: { amount: 20, unit: HOURS } }]`;
    await api.data(
      `mutation ($input: DefineCalendarInput!) { defineCalendar(input: $input) { __typename ... on Rejection { code } }
        definePlan(input: { code: "twenty", name: "Twenty", calendar: "ulm", ${targets} }) { __typename ... on Rejection { code } } }`,
      { input: { ...said, holidaysFrom: fromCountry } },
    );
  });
  afterAll(() => api.end());

  const ask = async (from: string, calendar: string) => {
    const query = `query ($input: DueAtInput!) { dueAt(input: $input) { dueAt isBeyondKnownHolidays } }`;
    const input = { from, calendar, target: { amount: 20, unit: 'HOURS' } };
    return (await api.data<{ dueAt: object }>(query, { input })).dueAt;
  };
  const dueOf = async (id: string, minPosition: string) => {
    const query = `query ($id: ID!, $minPosition: Position) { ticket(id: $id, minPosition: $minPosition) { clocks { dueAt } } }`;
    return (await api.data<{ ticket: { clocks: object[] } }>(query, { id, minPosition })).ticket.clocks;
  };

  it.each([
    ['by a log', 'ulm'],
    ['by a mutation', 'konstanz'],
  ])('are closed days of a calendar that was defined %s, ten years back; before that it warns', async (_, calendar) => {
    expect(await ask(friday, calendar)).toEqual({ dueAt: due, isBeyondKnownHolidays: false });
    expect(await ask('2016-12-23T16:00:00+01:00', calendar)).toMatchObject({ isBeyondKnownHolidays: false });
    expect(await ask('2015-12-23T16:00:00+01:00', calendar)).toMatchObject({ isBeyondKnownHolidays: true });
  });

  it('put the deadline of a ticket off that was opened singly or in bulk', async () => {
    const { openTicket } = await api.data<{ openTicket: { position: string } }>(
      'mutation ($input: OpenTicketInput!) { openTicket(input: $input) { ... on TicketChanged { position } } }',
      { input: { id: 'single', customer: 'ulmer', plan: 'twenty', ...bug, occurredAt: friday } },
    );
    expect(await dueOf('single', openTicket.position)).toEqual([{ dueAt: due }]);
    const { recordTicketEvents } = await api.data<{ recordTicketEvents: { position: string } }>(
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { position } }',
      {
        events: [
          { ticket: 'bulk', event: 'TICKET_OPENED', customer: 'ulmer', plan: 'twenty', ...bug, occurredAt: friday },
        ],
      },
    );
    expect(await dueOf('bulk', recordTicketEvents.position)).toEqual([{ dueAt: due }]);
  });

  it('put the deadline of a ticket off that a log brings, as its history says', async () => {
    const folder = newFolder();
    const context = await ledgerAt('2026-03-02T08:00:00Z', folder);
    const weekly = Object.fromEntries(weekdays.map((day) => [day, [['09:00', '17:00']]]));
    const definition = { timeZone: 'Europe/Berlin', weekly, holidaysFrom: fromCountry };
    const opening = { ticket: 'L-1', occurredAt: friday, actor: { id: 'ben' }, customer: 'ulmer', ...bug };
    const { rejected } = await importLines(context, [
      line('CalendarDefined', { code: 'ulm', name: 'Ulm', definition }),
      line('CustomerEnrolled', { customer: 'ulmer', plan: 'pro', calendar: 'ulm' }),
      line('TicketOpened', opening),
    ]);
    expect(rejected).toEqual([]);
    await project(context);
    const view = await ticketById(context.readers.here('everyone'), ticketIdOf({ source: 'test', externalId: 'L-1' }));
    // One business day of Pro: Wednesday the 27th, after Christmas on Monday and Tuesday.
    expect(view?.clocks().map(({ dueAt }) => new Date(dueAt ?? 0).toISOString())).toEqual(['2023-12-27T15:00:00.000Z']);
    await context.close();
  });
});
