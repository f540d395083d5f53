import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { enrolCustomer } from '../../../src/catalogue/commands/define.js';
import { newFolder } from '../../support/api.js';
import { importLines, ledgerAt, open, project, say, type TestContext } from '../../support/application-contexts.js';
import { tickets } from '../../../src/tickets/queries/tickets.js';

const admin = { id: 'admin', kind: 'person' } as const;
const bug = { customer: 'acme', ticketType: 'productBug', channel: 'email', subject: 'It broke' } as const;

describe('the plan of a ticket', () => {
  let folder: string;
  let context: TestContext;
  beforeEach(async () => {
    folder = newFolder();
    context = await ledgerAt('2026-03-02T09:00:00Z', folder);
  });
  afterEach(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });

  const openFor = async (ticket: string, occurredAt?: string) =>
    (await say(context, ticket, { type: 'OpenTicket', ...bug }, occurredAt)).ticket;
  const enrol = (plan: string, from: string | null) => {
    const effectiveFrom = from === null ? null : Date.parse(from);
    return enrolCustomer(context, { customer: 'acme', name: null, plan, calendar: null, effectiveFrom }, admin);
  };

  it('54: is the default one for a customer nobody knows', async () => {
    expect(await openFor('T-1')).toMatchObject({
      terms: { plan: { code: 'community', version: 1 } },
      guarantee: { kind: 'bestEffort', reason: 'planWithoutPromise' },
    });
  });

  it('54: is the one in force when it was opened, and an enrolment is seen at once', async () => {
    expect((await openFor('T-1'))?.terms.plan.code).toBe('community');
    await enrol('pro', '2026-03-02T08:00:00Z');
    expect((await openFor('T-2'))?.terms.plan.code).toBe('pro');
    expect((await openFor('T-3', '2026-03-02T07:59:59Z'))?.terms.plan.code).toBe('community');
  });

  it('54: is the one that it was opened under by name, whatever the customer has', async () => {
    await enrol('pro', null);
    expect((await open(context, 'T-1', 'enterprise')).ticket?.terms.plan.code).toBe('enterprise');
  });

  it('33: governs what counts at the opening, though it was said to have occurred before', async () => {
    const line = (event: string, time: string, more: object = {}) =>
      JSON.stringify({ event, ticket: 'A-1', occurredAt: `2026-02-26T${time}Z`, actor: { id: 'mia' }, ...more });
    const enrolled = {
      event: 'CustomerEnrolled',
      customer: 'acme',
      plan: 'enterprise',
      effectiveFrom: '2026-02-26T10:00:00Z',
    };
    const { ticketType: type, ...more } = bug;
    await importLines(context, [
      JSON.stringify(enrolled),
      line('TicketOpened', '10:00:00', { type, ...more }),
      line('FirstResponseSent', '09:58:00'),
    ]);
    await project(context);
    const [ticket] = (await tickets(context.readers.here('everyone'), {}, {})).edges;
    expect(ticket?.node.clocks().map(({ metric, terms }) => [metric, terms.plan.code])).toEqual([
      ['firstResponse', 'enterprise'],
      ['followUp', 'enterprise'],
    ]);
  });
});
