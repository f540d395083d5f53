import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Noticed } from '../../src/imports/noticed.js';
import { notice } from '../../src/event-sourcing/notice.js';
import { newFolder } from '../support/api.js';
import { importLines, ledgerAt, type TestContext } from '../support/application-contexts.js';

const line = (event: string, ticket: string, at: string, more: object = {}) =>
  JSON.stringify({ event, ticket, occurredAt: `2026-02-02T${at}:00Z`, actor: { id: 'mia' }, ...more });
const opened = (ticket: string, more: object) =>
  line('TicketOpened', ticket, '09:00', { type: 'productBug', channel: 'email', subject: 'It broke', ...more });
const enrolled = (customer: string, plan: string) =>
  JSON.stringify({ event: 'CustomerEnrolled', customer, plan, effectiveFrom: null });
const bot = { actor: { id: 'bot', kind: 'automatic' } };

describe('what an import notices', () => {
  const folder = newFolder();
  let context: TestContext;
  beforeAll(async () => {
    context = await ledgerAt('2026-03-02T09:00:00Z', folder);
  });
  afterAll(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });

  const log = [
    enrolled('globex', 'pro'),
    enrolled('small', 'community'),
    opened('1', { customer: 'Acme Ltd' }),
    opened('1', { customer: 'Acme Ltd' }), // the same row again
    opened('2', { customer: 'Acme Ltd' }),
    opened('3', { customer: 'Initech' }),
    opened('4', { customer: 'globex' }),
    opened('5', { customer: 'small' }), // its own plan is the default
    opened('6', { customer: 'hooli', plan: 'pro' }),
    line('FirstResponseSent', '4', '09:01', bot),
    line('FollowUpSent', '4', '09:02', bot),
    line('CustomerReplied', '4', '09:03', bot),
    line('TicketPaused', '4', '09:04', { reason: 'onHold' }),
    line('FirstResponseSent', '6', '08:00'),
  ];

  it('is counted by notice, with the customers whose tickets have the default plan', async () => {
    const { counts, rejected } = await importLines(context, log);
    expect(rejected).toEqual([]);
    expect(counts.noticed.lines()).toEqual([
      'answers nobody: 2 facts',
      'ends no wait: 1 fact',
      'pauses no clock: 1 fact',
      'counts at the opening: 1 fact',
    ]);
    expect(counts.noticed.defaultPlanLines('community')).toEqual([
      '3 tickets have the default plan "community", because nobody had put the customers on a plan:',
      '  Acme Ltd (2), Initech (1)',
      'Put them on plans (enrolCustomer), then judge their tickets again (reapplyPlanToCustomer).',
    ]);
  });

  it('is told again of tickets that are there already, for their customers still have no plan', async () => {
    context.time.moveTo(context.time.now() + 1);
    const { counts } = await importLines(context, log);
    expect(counts).toMatchObject({ recorded: 0, rejected: 0 });
    expect(counts.noticed.lines()).toEqual([]);
    expect(counts.noticed.defaultPlanLines('community')[1]).toBe('  Acme Ltd (2), Initech (1)');
  });

  it('names an opening that is refused alone', async () => {
    context.time.moveTo(context.time.now() + 1);
    const { counts } = await importLines(context, [
      opened('6', { customer: 'hooli', plan: 'pro', subject: 'Changed' }),
    ]);
    expect(counts.noticed.lines()).toEqual(['opened before: 1 fact']);
  });

  it('names ten customers, and says how many more there are', () => {
    const noticed = new Noticed();
    for (let customer = 0; customer < 12; customer++) noticed.add(notice('defaultPlan', `c${customer}`));
    noticed.add(notice('defaultPlan', 'c11'));
    expect(noticed.defaultPlanLines('community').slice(0, 2)).toEqual([
      '13 tickets have the default plan "community", because nobody had put the customers on a plan:',
      '  c11 (2), c0 (1), c1 (1), c10 (1), c2 (1), c3 (1), c4 (1), c5 (1), c6 (1), c7 (1), and 2 more',
    ]);
    expect(new Noticed().defaultPlanLines('community')).toEqual([]);
  });
});
