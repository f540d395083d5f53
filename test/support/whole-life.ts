import { changeCalendar } from '../../src/catalogue/commands/change-calendar.js';
import { changeCustomer } from '../../src/catalogue/commands/change-customer.js';
import { changePlan } from '../../src/catalogue/commands/change-plan.js';
import { changeWord } from '../../src/catalogue/commands/change-word.js';
import { joinCustomers } from '../../src/catalogue/commands/join-customers.js';
import { defineCalendar, enrolCustomer } from '../../src/catalogue/commands/define.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';
import { settleTicket } from '../../src/tickets/commands/settle-ticket.js';
import { propagateMerge } from '../../src/tickets/commands/propagate-merge.js';
import { change as changeWebhookOf } from './webhooks.js';
import { importSample, open, say, type TestContext } from './application-contexts.js';

const admin = { id: 'admin', kind: 'person' } as const;

/** Has a ledger that stands at Monday 2026-03-02 09:00 record every type of event there is, for tests of all of them. */
export async function liveWholeLife(context: TestContext): Promise<void> {
  const sample = await importSample(context, { tickets: 60, until: '2026-03-02T08:00:00Z', days: 30 });
  await sample.log.finish(sample.counts);
  await changeTheCatalogue(context);
  await changeAWebhook(context);
  await workOnTickets(context);
}

async function changeAWebhook(context: TestContext): Promise<void> {
  const webhook = 'desk';
  const endpoint = { webhook, url: 'http://127.0.0.1:9/', description: null, filter: {} };
  await changeWebhookOf(context, { type: 'RegisterWebhook', endpoint });
  await changeWebhookOf(context, { type: 'ChangeWebhook', webhook, changes: { description: 'for the desk' } });
  await changeWebhookOf(context, { type: 'DisableWebhook', webhook });
  await changeWebhookOf(context, { type: 'EnableWebhook', webhook });
  await changeWebhookOf(context, { type: 'RotateWebhookSecret', webhook, overlapMs: 3_600_000 });
  await changeWebhookOf(context, { type: 'RemoveWebhook', webhook });
}

async function changeTheCatalogue(context: TestContext): Promise<void> {
  const { time } = context;
  const word = { list: 'priority', code: 'P1' } as const;
  await changeWord(context, { type: 'DefineWord', ...word, name: 'Highest', rank: 9 }, admin);
  await changeWord(context, { type: 'ReviseWord', ...word, rank: 8 }, admin);
  await changeWord(context, { type: 'RetireWord', ...word, effectiveFrom: undefined }, admin);
  await changeWord(context, { type: 'RestoreWord', ...word }, admin);
  const definition = { ...officeHours('Europe/Rome'), holidays: ['2026-12-25', { date: '2026-12-24', name: 'Eve' }] };
  await defineCalendar(context, { code: 'rome', name: 'Rome', definition }, admin);
  await enrolCustomer(
    context,
    { customer: 'acme', name: 'Acme', plan: 'pro', calendar: null, effectiveFrom: null },
    admin,
  );
  const from = { effectiveFrom: undefined, appliesToOpenTickets: false };
  await changeCalendar(context, { type: 'ReviseCalendar', code: 'rome', changes: { name: 'Roma' }, ...from }, admin);
  await changePlan(context, { type: 'RetirePlan', code: 'standard', effectiveFrom: undefined }, admin);
  const at = time.now();
  await changeCustomer(
    context,
    { type: 'ChangeCustomerPlan', customer: 'acme', plan: 'enterprise', effectiveFrom: at },
    admin,
  );
  await changeCustomer(
    context,
    { type: 'SetCustomerCalendar', customer: 'acme', calendar: 'rome', effectiveFrom: at },
    admin,
  );
  const gone = { customer: 'globex', name: 'Globex', plan: 'pro', calendar: null, effectiveFrom: null };
  await enrolCustomer(context, gone, admin);
  await joinCustomers(
    context,
    { type: 'JoinCustomers', customer: 'globex-old', into: 'globex', effectiveFrom: at },
    admin,
  );
  await changeCustomer(context, { type: 'EndCustomerEnrolment', customer: 'globex', effectiveFrom: at }, admin);
}

async function callACustomer(context: TestContext, ticket: string): Promise<void> {
  const endedAt = context.time.now();
  const startsAt = endedAt + 3_600_000;
  await say(context, ticket, { type: 'RequestCall', preferredUntil: startsAt });
  await say(context, ticket, { type: 'ScheduleCall', startsAt, with: 'mia' });
  await say(context, ticket, { type: 'MoveCall', startsAt: startsAt + 60_000, by: 'customer' });
  await say(context, ticket, { type: 'RecordCallMissed', by: 'us' });
  await say(context, ticket, { type: 'RecordCallAttempt', outcome: 'busy' });
  await say(context, ticket, { type: 'CancelCall', by: 'customer' });
  await say(context, ticket, { type: 'RecordCallHeld', endedAt, with: 'mia' });
}

async function workOnTickets(context: TestContext): Promise<void> {
  for (const plan of ['enterprise', 'pro']) await open(context, `T-${plan}`, plan);
  await say(context, 'T-enterprise', { type: 'AssignTicket', assignee: 'mia', team: 'first line' });
  await say(context, 'T-enterprise', { type: 'RecordFirstResponse', channel: 'email' });
  await say(context, 'T-enterprise', { type: 'PauseTicket', reason: 'onHold' });
  await say(context, 'T-enterprise', { type: 'ResumeTicket', reason: 'onHold' });
  await say(context, 'T-enterprise', { type: 'RecordCustomerReply' });
  await say(context, 'T-enterprise', { type: 'AddInternalNote', text: 'odd' });
  await say(context, 'T-enterprise', { type: 'RecordFollowUp' });
  await say(context, 'T-enterprise', { type: 'CorrectTicket', subject: 'It broke twice', reference: 'E-1' });
  await say(context, 'T-enterprise', { type: 'ReclassifyTicket', ticketType: 'appSpecificQuestion' });
  const from = { effectiveFrom: undefined, appliesToOpenTickets: false };
  await changePlan(context, { type: 'RevisePlan', code: 'enterprise', changes: { rank: 9 }, ...from }, admin);
  await say(context, 'T-enterprise', { type: 'ReapplyPlan' });
  await callACustomer(context, 'T-enterprise');
  await say(context, 'T-enterprise', { type: 'ResolveTicket' });
  await say(context, 'T-enterprise', { type: 'CloseTicket' });
  await say(context, 'T-enterprise', { type: 'ReopenTicket' });
  context.time.moveTo(Date.parse('2026-03-04T12:00:00Z'));
  await settleTicket(context, 'T-enterprise');
  await settleTicket(context, 'T-pro');
  await say(context, 'T-pro', { type: 'RecordFirstResponse' }, '2026-03-02T10:00:00Z'); // takes a breach back
  await say(context, 'T-enterprise', { type: 'RecordFollowUp' });
  await say(context, 'T-enterprise', { type: 'CancelTicket', reason: 'spam' });
  await say(context, 'T-enterprise', { type: 'RestoreTicket' });
  await say(context, 'T-enterprise', { type: 'CancelTicket', reason: 'duplicate' });
  const messageAt = Date.parse('2026-03-02T09:00:00Z');
  await say(context, 'T-pro', { type: 'SplitTicket', into: 'T-part', messageAt, subject: 'And this?' });
  await propagateMerge(context, 'T-pro');
  await say(context, 'T-pro', { type: 'ReapplyPlan', answered: true, version: 1 });
  await say(context, 'T-pro', { type: 'MergeTicket', into: 'T-part' });
  await propagateMerge(context, 'T-pro');
}
