import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { slaSummary, type SummaryLine } from '../../src/reports/queries/summary-query.js';
import { settleTicket } from '../../src/tickets/commands/settle-ticket.js';
import { changeCustomer } from '../../src/catalogue/commands/change-customer.js';
import { newFolder } from '../support/api.js';
import { ledgerAt, open, project, say, type TestContext } from '../support/application-contexts.js';

describe('the summary', () => {
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

  const at = (time: string) => {
    context.time.moveTo(Date.parse(time));
  };
  const summary = async (): Promise<readonly Partial<SummaryLine>[]> => {
    await project(context);
    return slaSummary(context.readers.here('everyone'), {});
  };

  it('counts each verdict in the month of its answer when met, of its deadline when not', async () => {
    at('2026-03-31T12:00:00Z');
    for (const ticket of ['T-1', 'T-2', 'T-3']) await open(context, ticket);
    at('2026-04-01T11:00:00Z');
    await say(context, 'T-1', { type: 'RecordFirstResponse' });
    at('2026-05-04T11:00:00Z');
    await say(context, 'T-2', { type: 'RecordFirstResponse' });
    await settleTicket(context, 'T-3');
    expect(await summary()).toEqual([
      {
        ...{ plan: 'pro', metric: 'firstResponse', month: '2026-04', met: 1, metLate: 1, breached: 1, cancelled: 0 },
        ...{ withdrawn: 0, judged: 3, attainment: 1 / 3 },
      },
    ]);
  });

  it('31: a silent close is counted apart, and not in attainment', async () => {
    for (const ticket of ['T-1', 'T-2']) await open(context, ticket);
    await say(context, 'T-1', { type: 'CloseTicket' });
    await say(context, 'T-2', { type: 'RecordFirstResponse' });
    expect(await summary()).toMatchObject([{ met: 1, cancelled: 1, judged: 1, attainment: 1 }]);
  });

  it('leaves out a ticket that was cancelled, unless it had been merged before, in whatever order that is recorded', async () => {
    for (const ticket of ['T-1', 'T-2', 'T-3']) await open(context, ticket);
    at('2026-03-05T09:00:00Z');
    for (const ticket of ['T-1', 'T-2']) await say(context, ticket, { type: 'CancelTicket', reason: 'spam' });
    await settleTicket(context, 'T-3');
    expect(await summary()).toMatchObject([{ breached: 1, cancelled: 2 }]);
    at('2026-03-05T10:00:00Z');
    await say(context, 'T-1', { type: 'MergeTicket', into: 'T-3' }, '2026-03-04T09:00:00Z');
    expect(await summary()).toMatchObject([{ breached: 2, cancelled: 1 }]);
    await say(context, 'T-1', { type: 'CancelTicket', reason: 'spam' }, '2026-03-03T12:00:00Z');
    expect(await summary()).toMatchObject([{ breached: 1, cancelled: 2 }]);
  });

  it('44: a breach taken back no longer counts, and is counted as such', async () => {
    await open(context, 'T-1');
    at('2026-03-05T09:00:00Z');
    await settleTicket(context, 'T-1');
    expect(await summary()).toMatchObject([{ met: 0, breached: 1, withdrawn: 0, attainment: 0 }]);
    await say(context, 'T-1', { type: 'RecordFirstResponse' }, '2026-03-02T10:00:00Z');
    expect(await summary()).toMatchObject([{ met: 1, breached: 0, withdrawn: 1, attainment: 1 }]);
  });

  it('53: what was not promised is no verdict', async () => {
    await open(context, 'T-1', 'community');
    await say(context, 'T-1', { type: 'RecordFirstResponse' });
    expect(await summary()).toEqual([]);
  });

  it('59: spam is left out, its breach too, and counted as cancelled', async () => {
    for (const ticket of ['T-1', 'T-2']) await open(context, ticket);
    at('2026-03-05T09:00:00Z');
    for (const ticket of ['T-1', 'T-2']) await settleTicket(context, ticket);
    expect(await summary()).toMatchObject([{ breached: 2, cancelled: 0 }]);
    await say(context, 'T-1', { type: 'CancelTicket', reason: 'spam' });
    expect(await summary()).toMatchObject([{ breached: 1, cancelled: 1, judged: 1 }]);
  });

  it('leaves out of a cancelled ticket what facts recorded later bring to light', async () => {
    await open(context, 'T-1', 'advanced');
    at('2026-03-02T12:00:00Z');
    await say(context, 'T-1', { type: 'CancelTicket', reason: 'spam' });
    await say(context, 'T-1', { type: 'RecordFirstResponse' }, '2026-03-02T10:00:00Z');
    await say(context, 'T-1', { type: 'RecordFollowUp' }, '2026-03-02T11:00:00Z');
    expect(await summary()).toMatchObject([
      { metric: 'firstResponse', met: 0, cancelled: 1 },
      { metric: 'followUp', met: 0, cancelled: 2 },
    ]);
  });

  it('counts a promise under the plan that it was kept by, where another was reapplied', async () => {
    const enrolment = { customer: 'beta', name: null, plan: 'pro', calendar: null, effectiveFrom: null };
    await changeCustomer(context, { type: 'EnrolCustomer', enrolment }, admin);
    await say(context, 'T-1', { type: 'OpenTicket', customer: 'beta', ...bug });
    await changeCustomer(
      context,
      { type: 'ChangeCustomerPlan', customer: 'beta', plan: 'advanced', effectiveFrom },
      admin,
    );
    await say(context, 'T-1', { type: 'ReapplyPlan' });
    await say(context, 'T-1', { type: 'RecordFirstResponse' });
    expect(await summary()).toMatchObject([{ plan: 'advanced', metric: 'firstResponse', met: 1 }]);
  });

  it('counts a breach under the plan that the ticket is under, where another was reapplied in time with the same deadline', async () => {
    const enrolment = { customer: 'beta', name: null, plan: 'pro', calendar: null, effectiveFrom: null };
    await changeCustomer(context, { type: 'EnrolCustomer', enrolment }, admin);
    await say(context, 'T-1', { type: 'OpenTicket', customer: 'beta', ...bug });
    at('2026-03-02T10:00:00Z');
    await changeCustomer(
      context,
      { type: 'ChangeCustomerPlan', customer: 'beta', plan: 'advanced', effectiveFrom },
      admin,
    );
    at('2026-03-05T09:00:00Z');
    await settleTicket(context, 'T-1');
    expect(await summary()).toMatchObject([{ plan: 'pro', breached: 1 }]);
    await say(context, 'T-1', { type: 'ReapplyPlan' }, '2026-03-02T11:00:00Z');
    expect(await summary()).toMatchObject([{ plan: 'advanced', metric: 'firstResponse', breached: 1, withdrawn: 0 }]);
  });
});

const admin = { id: 'admin', kind: 'person' } as const;
const bug = { ticketType: 'productBug', channel: 'email', subject: 'It broke' } as const;
const effectiveFrom = undefined;
