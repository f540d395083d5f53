import { changeCalendar } from '../../src/catalogue/commands/change-calendar.js';
import { changeCustomer } from '../../src/catalogue/commands/change-customer.js';
import { changePlan } from '../../src/catalogue/commands/change-plan.js';
import { defineCalendar, enrolCustomer } from '../../src/catalogue/commands/define.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';
import { settleTicket } from '../../src/tickets/commands/change-ticket.js';
import { handOver } from '../../src/tickets/commands/propagate-merge.js';
import { change as changeWebhookOf } from './webhooks.js';
import { importSample, open, say, type TestLedger } from './application-contexts.js';

const admin = { id: 'admin', kind: 'person' } as const;

/** Has a ledger that stands at Monday 2026-03-02 09:00 record every type of event there is, for tests of all of them. */
export async function liveWholeLife(ledger: TestLedger): Promise<void> {
  const sample = await importSample(ledger, { tickets: 60, until: '2026-03-02T08:00:00Z', days: 30 });
  await sample.log.finish(sample.counts);
  await changeTheCatalogue(ledger);
  await changeAWebhook(ledger);
  await workOnTickets(ledger);
}

async function changeAWebhook(ledger: TestLedger): Promise<void> {
  const webhook = 'desk';
  const endpoint = { webhook, url: 'http://127.0.0.1:9/', description: null, filter: {} };
  await changeWebhookOf(ledger, { type: 'RegisterWebhook', endpoint });
  await changeWebhookOf(ledger, { type: 'ChangeWebhook', webhook, changes: { description: 'for the desk' } });
  await changeWebhookOf(ledger, { type: 'DisableWebhook', webhook });
  await changeWebhookOf(ledger, { type: 'EnableWebhook', webhook });
  await changeWebhookOf(ledger, { type: 'RotateWebhookSecret', webhook, overlapMs: 3_600_000 });
  await changeWebhookOf(ledger, { type: 'RemoveWebhook', webhook });
}

async function changeTheCatalogue(ledger: TestLedger): Promise<void> {
  const { clock } = ledger;
  const definition = { ...officeHours('Europe/Rome'), holidays: ['2026-12-25', { date: '2026-12-24', name: 'Eve' }] };
  await defineCalendar(ledger, { code: 'rome', name: 'Rome', definition }, admin);
  await enrolCustomer(
    ledger,
    { customer: 'acme', name: 'Acme', plan: 'pro', calendar: null, effectiveFrom: null },
    admin,
  );
  const from = { effectiveFrom: undefined, appliesToOpenTickets: false };
  await changeCalendar(ledger, { type: 'ReviseCalendar', code: 'rome', changes: { name: 'Roma' }, ...from }, admin);
  await changePlan(ledger, { type: 'RetirePlan', code: 'standard', effectiveFrom: undefined }, admin);
  const at = clock.now();
  await changeCustomer(
    ledger,
    { type: 'ChangeCustomerPlan', customer: 'acme', plan: 'enterprise', effectiveFrom: at },
    admin,
  );
  await changeCustomer(
    ledger,
    { type: 'SetCustomerCalendar', customer: 'acme', calendar: 'rome', effectiveFrom: at },
    admin,
  );
}

async function workOnTickets(ledger: TestLedger): Promise<void> {
  for (const plan of ['enterprise', 'pro']) await open(ledger, `T-${plan}`, plan);
  await say(ledger, 'T-enterprise', { type: 'AssignTicket', assignee: 'mia', team: 'first line' });
  await say(ledger, 'T-enterprise', { type: 'RecordFirstResponse', channel: 'email' });
  await say(ledger, 'T-enterprise', { type: 'PauseTicket', reason: 'onHold' });
  await say(ledger, 'T-enterprise', { type: 'ResumeTicket', reason: 'onHold' });
  await say(ledger, 'T-enterprise', { type: 'RecordCustomerReply' });
  await say(ledger, 'T-enterprise', { type: 'AddInternalNote', text: 'odd' });
  await say(ledger, 'T-enterprise', { type: 'RecordFollowUp' });
  await say(ledger, 'T-enterprise', { type: 'ReclassifyTicket', ticketType: 'appSpecificQuestion' });
  const from = { effectiveFrom: undefined, appliesToOpenTickets: false };
  await changePlan(ledger, { type: 'RevisePlan', code: 'enterprise', changes: { rank: 9 }, ...from }, admin);
  await say(ledger, 'T-enterprise', { type: 'ReapplyPlan' });
  await say(ledger, 'T-enterprise', { type: 'ResolveTicket' });
  await say(ledger, 'T-enterprise', { type: 'CloseTicket' });
  await say(ledger, 'T-enterprise', { type: 'ReopenTicket' });
  ledger.clock.moveTo(Date.parse('2026-03-04T12:00:00Z'));
  await settleTicket(ledger, 'T-enterprise');
  await settleTicket(ledger, 'T-pro');
  await say(ledger, 'T-pro', { type: 'RecordFirstResponse' }, '2026-03-02T10:00:00Z'); // takes a breach back
  await say(ledger, 'T-enterprise', { type: 'RecordFollowUp' });
  await say(ledger, 'T-enterprise', { type: 'CancelTicket', reason: 'duplicate' });
  const messageAt = Date.parse('2026-03-02T09:00:00Z');
  await say(ledger, 'T-pro', { type: 'SplitTicket', into: 'T-part', messageAt, subject: 'And this?' });
  await handOver(ledger, 'T-pro');
  await say(ledger, 'T-pro', { type: 'MergeTicket', into: 'T-part' });
  await handOver(ledger, 'T-pro');
}
