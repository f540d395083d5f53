import { rmSync } from 'node:fs';
import { allProcessors } from '../../src/app/background-processors.js';
import { type CalendarDefinition, type Target } from '../../src/business-time/calendar.js';
import { changeCalendar } from '../../src/catalogue/commands/change-calendar.js';
import { changeCustomer } from '../../src/catalogue/commands/change-customer.js';
import { changePlan } from '../../src/catalogue/commands/change-plan.js';
import { type Plan } from '../../src/catalogue/domain/plan.js';
import { planDefaults } from '../../src/catalogue/domain/plan-defaults.js';
import { type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { type ProjectionStatus } from '../../src/event-sourcing/progress.js';
import { finishImport } from '../../src/imports/finish-import.js';
import { type Counts, importLog, type RejectedRow } from '../../src/imports/import-log.js';
import { type ImportFormat } from '../../src/imports/import-record.js';
import { startImport } from '../../src/imports/import-sink.js';
import { Survey } from '../../src/imports/survey.js';
import { ticketStream } from '../../src/tickets/domain/ticket-event-types.js';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';
import { type TicketView } from '../../src/tickets/domain/ticket-view.js';
import { ticketById, workQueue } from '../../src/tickets/queries/tickets.js';
import { newFolder } from './api.js';
import { ledgerAt, type TestContext } from './application-contexts.js';

const admin = { id: 'admin', kind: 'person' } as const;
const source = 'desk';
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'];
const everyDay = [...weekdays, 'sat', 'sun'];

const calendars: Readonly<Record<string, CalendarDefinition>> = {
  kiel: { timeZone: 'Europe/Berlin', weekly: Object.fromEntries(weekdays.map((day) => [day, [['08:00', '18:00']]])) },
  always: { timeZone: 'UTC', weekly: Object.fromEntries(everyDay.map((day) => [day, [['00:00', '24:00']]])) },
};

const target = (
  metric: Plan['targets'][number]['metric'],
  amount: number,
  unit: 'hours' | 'businessDays' = 'hours',
) => ({
  metric,
  target: { amount, unit } as Target,
});

const plan = (code: string, calendar: string, rest: Partial<Plan>): Plan => ({
  ...planDefaults,
  ...{ code, name: code, calendar, channels: ['email'], types: ['productBug'], targets: [], ...rest },
});

/** Of each plan there is a customer: `c-full`, `c-nextk`, `c-hour` and `c-urgent`. */
const plans: readonly Plan[] = [
  plan('full', 'kiel', {
    targets: [target('firstResponse', 4), target('followUp', 1, 'businessDays'), target('resolution', 16)],
  }),
  plan('nextk', 'kiel', {
    followUpStarts: 'nextReply',
    targets: [target('firstResponse', 4), target('followUp', 2)],
  }),
  plan('hour', 'always', { targets: [target('resolution', 1)] }),
  plan('urgent', 'kiel', { targets: [target('resolution', 16), { ...target('resolution', 1), priority: 'urgent' }] }),
];

/** What has become of a log that was imported. */
export interface Took extends Counts {
  /** Each row that was refused: its line, the code, and what is said of it. */
  readonly refused: readonly string[];
}

/** A ledger with a few plans, into which logs of another desk are imported as the command does it. */
export class ImportedDesk {
  private constructor(
    readonly folder: string,
    readonly context: TestContext,
  ) {}

  static async at(now: string): Promise<ImportedDesk> {
    const folder = newFolder();
    const context = await ledgerAt(now, folder);
    for (const [code, definition] of Object.entries(calendars))
      await changeCalendar(context, { type: 'DefineCalendar', calendar: { code, name: code, definition } }, admin);
    for (const each of plans) {
      await changePlan(context, { type: 'DefinePlan', plan: each }, admin);
      const enrolment = {
        customer: `c-${each.code}`,
        name: null,
        plan: each.code,
        calendar: null,
        effectiveFrom: null,
      };
      await changeCustomer(context, { type: 'EnrolCustomer', enrolment }, admin);
    }
    return new ImportedDesk(folder, context);
  }

  /** Imports a log, and finishes. */
  async take(format: ImportFormat, log: string, how: 'file' | 'pipe' = 'file'): Promise<Took> {
    const { context } = this;
    const rows = () =>
      format.read(
        (async function* () {
          yield Buffer.from(log);
        })(),
      );
    const survey = new Survey(source);
    if (how === 'file') for await (const row of rows()) survey.take(row);
    context.time.moveTo(context.time.now() + 1_000); // each import begins at an instant of its own
    const begun = await startImport(context, { source, format: format.name, judgedFrom: undefined, actor: admin });
    const refused: string[] = [];
    const counts = await importLog(rows(), {
      ...(how === 'file' ? { survey } : {}),
      ...{ source, sink: begun, signal: new AbortController().signal, progressed: () => undefined },
      rejected: ({ line, code, message }: RejectedRow) => refused.push(`${line} ${code}: ${message}`),
    });
    survey.close();
    const { store, projections, work } = context;
    const failed = ({ name, error }: ProjectionStatus) => {
      throw new Error(`projection ${name}: ${error ?? '?'}`);
    };
    await finishImport(begun, counts, { store, projections, processors: allProcessors(work), failed });
    return { ...counts, refused };
  }

  readonly idOf = (externalId: string): string => ticketIdOf({ source, externalId });

  async view(ticket: string): Promise<TicketView> {
    const view = await ticketById(this.context.readers.here('everyone'), this.idOf(ticket));
    if (view === undefined) throw new Error(`there is no ticket ${ticket}`);
    return view;
  }

  /** The clocks of a ticket, a line each: `followUp met 03T09:00`, by when it was answered, cancelled, breached or due. */
  async clocks(ticket: string): Promise<readonly string[]> {
    const view = await this.view(ticket);
    return view.clocks().map(({ metric, state, cancelReason, satisfiedAt, cancelledAt, breachedAt, dueAt }) => {
      const at = satisfiedAt ?? cancelledAt ?? breachedAt ?? dueAt;
      const word = cancelReason === null ? state : `${state} (${cancelReason})`;
      return `${metric} ${word}${at === null ? '' : ` ${new Date(at).toISOString().slice(8, 16)}`}`;
    });
  }

  /** The types of events of a ticket, in order of recording. */
  async types(ticket: string): Promise<readonly string[]> {
    const types: string[] = [];
    const events: AsyncIterable<StoredEvent> = this.context.store.readStream(ticketStream(this.idOf(ticket)));
    for await (const { type } of events) types.push(type);
    return types;
  }

  /** The references of the tickets in the work queue. */
  async queue(): Promise<readonly string[]> {
    const page = await workQueue(this.context.readers.here('everyone'), {}, { first: 100 });
    return page.edges.map(({ node }) => node.reference);
  }

  /** What the work behind is stuck on. */
  async stuck(): Promise<readonly unknown[]> {
    const { mergePropagations, deadlines } = this.context.work;
    return [...(await mergePropagations.stuck.all()), ...(await deadlines.stuck.all())];
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.folder, { recursive: true });
  }
}
