import { type Actor } from '../../event-sourcing/event-store.js';
import { officeHours } from '../../plans/domain/catalogue.js';
import { type PauseReason } from '../../plans/domain/plan.js';
import { type TicketOrder } from '../../tickets/domain/commands.js';
import { type CsvRow, csvRows } from '../csv.js';
import { type ImportFormat, type ImportRecord, type ImportRow } from '../import-record.js';

/** The log says UTC; its people work nine to five in Rome. */
const calendar = 'italian-helpdesk';

const columns = ['Case ID', 'Activity', 'Resource', 'Complete Timestamp', 'customer', 'product', 'seriousness_2'];

/**
 * The help desk log of an Italian software company (doi:10.4121/uuid:0c60edf1-6f83-4e75-9367-4c63b3e9d5bb). It has no
 * replies to customers: taking a ticket in charge for the first time stands for the first response.
 */
export const italianHelpdesk: ImportFormat = {
  name: 'italian-helpdesk',
  summary: 'the help desk log of an Italian company, CSV (doi:10.4121/uuid:0c60edf1-6f83-4e75-9367-4c63b3e9d5bb)',
  async *read(bytes) {
    yield {
      line: 0,
      record: { kind: 'calendar', code: calendar, name: 'Italian help desk', definition: officeHours('Europe/Rome') },
    };
    const customers = new Set<string>();
    let ticket: Case | undefined;
    for await (const row of csvRows(bytes, columns)) {
      if ('fault' in row) {
        yield rejected(row.line, 'ROW_MALFORMED', row.fault, row.raw);
        continue;
      }
      const occurredAt = utc(row.cell('Complete Timestamp'));
      if (occurredAt === undefined) {
        yield rejected(
          row.line,
          'INVALID_FIELD',
          `Complete Timestamp «${row.cell('Complete Timestamp')}» is no time`,
          '',
        );
        continue;
      }
      const customer = row.cell('customer');
      if (!customers.has(customer)) {
        customers.add(customer);
        yield { line: row.line, record: enrolment(customer) };
      }
      if (ticket?.id !== row.cell('Case ID')) ticket = new Case(row.cell('Case ID'));
      yield { line: row.line };
      for (const record of ticket.hear(row, occurredAt)) yield { line: row.line, record };
    }
  },
};

const rejected = (line: number, code: string, message: string, raw: string): ImportRow => ({
  line,
  rejected: { code, message, raw },
});

/** `yyyy/mm/dd HH:MM:SS.mmm`, UTC. */
function utc(text: string): number | undefined {
  const [, date, time] = /^(\d{4}\/\d{2}\/\d{2}) (\d{2}:\d{2}:\d{2}\.\d{3})$/.exec(text) ?? [];
  const at = date === undefined || time === undefined ? NaN : Date.parse(`${date.replaceAll('/', '-')}T${time}Z`);
  return Number.isNaN(at) ? undefined : at;
}

const enrolment = (customer: string): ImportRecord => ({
  ...{ kind: 'customer', customer, name: null, plan: 'pro', calendar, effectiveFrom: null },
});

const pauses: Readonly<Record<string, PauseReason>> = {
  Wait: 'waitingForCustomer',
  'Require upgrade': 'waitingForThirdParty',
  'Create SW anomaly': 'waitingForThirdParty',
  'Schedule intervention': 'scheduled',
};

/** One ticket of the log; its rows are together, in order of time. */
class Case {
  private status: 'new' | 'open' | 'resolved' | 'closed' = 'new';
  private isTaken = false;
  private waitsFor: PauseReason | undefined;
  private severity = '';

  constructor(readonly id: string) {}

  /** What a row says, as facts. */
  *hear(row: Extract<CsvRow, { cell: unknown }>, occurredAt: number): Generator<ImportRecord> {
    const activity = row.cell('Activity');
    // A closing comes by itself, days after resolving; all else is done by people.
    const actor: Actor = { id: row.cell('Resource'), kind: activity === 'Closed' ? 'automatic' : 'person' };
    for (const order of this.orders(activity, row, actor.id)) {
      yield { kind: 'fact', ticket: this.id, occurredAt, actor, order };
    }
  }

  private *orders(activity: string, row: Extract<CsvRow, { cell: unknown }>, agent: string): Generator<TicketOrder> {
    if (this.status === 'new') {
      this.status = 'open';
      this.severity = row.cell('seriousness_2');
      yield this.opening(row);
    }
    if (this.waitsFor !== undefined && pauses[activity] !== this.waitsFor) {
      this.waitsFor = undefined;
      yield { type: 'ResumeTicket' };
    }
    yield* this.activity(activity, row.cell('seriousness_2'), agent);
  }

  private *activity(activity: string, severity: string, agent: string): Generator<TicketOrder> {
    const reason = pauses[activity];
    if (activity === 'Take in charge ticket') {
      if (this.status !== 'open') yield { type: 'ReopenTicket' };
      this.status = 'open';
      if (!this.isTaken) yield { type: 'RecordFirstResponse' };
      this.isTaken = true;
      yield { type: 'AssignTicket', assignee: agent };
    } else if (activity === 'Closed') {
      this.status = 'closed';
      yield { type: 'CloseTicket' };
    } else if (activity === 'Assign seriousness') {
      if (severity !== this.severity) yield { type: 'ReclassifyTicket', priority: severity };
      this.severity = severity;
    } else if ((activity === 'Resolve ticket' || activity === 'RESOLVED') && this.status !== 'closed') {
      this.status = 'resolved';
      yield { type: 'ResolveTicket', publicReply: true };
    } else if (reason !== undefined && this.status === 'open') {
      this.waitsFor = reason;
      yield { type: 'PauseTicket', reason };
    } else if (activity !== 'Insert ticket') {
      // What has no counterpart, or comes after the end without taking the ticket up again, is kept as a note.
      yield { type: 'AddInternalNote', text: activity };
    }
  }

  private opening(row: Extract<CsvRow, { cell: unknown }>): TicketOrder {
    return {
      ...{ type: 'OpenTicket', reference: this.id, customer: row.cell('customer'), ticketType: 'productBug' },
      ...{
        channel: 'email',
        priority: this.severity,
        subject: `Request about ${row.cell('product')}`,
        application: row.cell('product'),
      },
    };
  }
}
