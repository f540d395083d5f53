import { type WordList } from '../../catalogue/domain/words.js';
import { actorId, commonFields, eventFields } from '../../tickets/domain/event-fields.js';
import { type Origin } from '../../tickets/domain/facts.js';
import { type CsvDialect } from '../csv.js';
import { FieldFault, fields, given, listOf, object, oneOf, optional, type Read, text } from '../../parsing/fields.js';
import { type Meaning, meaning } from './meaning.js';
import { type Cells, constantsOf, type RowReader, readingOf, textOf } from './reading.js';
import { timesOf } from './times.js';

/** How a CSV log is read, as its user wrote it down; `docs/mappings.md` has every field. */
export interface Mapping {
  /** The system the log is from: ids derive from it. */
  readonly source: string;
  readonly dialect: CsvDialect;
  /** The columns that the log must have. */
  readonly columns: readonly string[];
  /** `snapshots`: a row is the whole record as it is from then on. `events`: a row is one thing that happened. */
  readonly rows: 'snapshots' | 'events';
  /** By time, or as in the file; left out: as in the file, where hardly a ticket runs backwards there. */
  readonly order: 'time' | 'file' | undefined;
  readonly ticket: RowReader<string>;
  readonly at: RowReader<number>;
  readonly actor: RowReader<string>;
  /** Actors that are programs. */
  readonly automatic: ReadonlySet<string>;
  readonly openedAt: RowReader<number>;
  readonly openedBy: RowReader<string>;
  readonly customer: RowReader<string>;
  /** Whose ticket each row says that it is. */
  readonly ofCustomer: RowReader<string>;
  /** The plan that customers are enrolled on; without one they are left as they are. */
  readonly plan: RowReader<string>;
  readonly calendar: RowReader<string>;
  /** The plans and calendars it names itself. */
  readonly plans: readonly string[];
  readonly calendars: readonly string[];
  /** The words of the desk that it names itself. */
  readonly words: readonly { readonly list: WordList; readonly word: string }[];
  readonly type: RowReader<string>;
  readonly channel: RowReader<string>;
  readonly priority: RowReader<string>;
  readonly subject: RowReader<string>;
  readonly application: RowReader<string>;
  readonly origin: RowReader<Origin>;
  readonly assignee: RowReader<string>;
  readonly team: RowReader<string>;
  readonly state: RowReader<Meaning>;
  readonly stateText: RowReader<string>;
  /** What a snapshot means whose state is that of the one before. */
  readonly unchanged: Meaning;
}

const anything: Read<unknown> = (value) => value ?? undefined;

const something: Read<unknown> = (value, field) => {
  if (value === undefined || value === null) throw new FieldFault(`${field} is required`);
  return value;
};

const shape = {
  ...{ source: text(100), csv: optional(object), rows: oneOf(['snapshots', 'events']), times: object },
  order: optional(oneOf(['time', 'file'] as const)),
  ...{ ticket: object, at: object, actor: optional(object), opened: optional(object) },
  ...{
    customer: something,
    ofCustomer: anything,
    plan: anything,
    calendar: anything,
    type: something,
    channel: something,
  },
  ...{ priority: anything, subject: something, application: anything, origin: anything },
  ...{ assignee: anything, team: anything, state: object },
};

/** What a mapping file says, checked. @throws FieldFault that names the field at fault */
export function parseMapping(value: unknown): Mapping {
  const written = fields(shape, object(value, 'the mapping'));
  const { dialect, missing } = csvOf(written.csv ?? {});
  const cells: Cells = { columns: new Set(), missing };
  const time = timesOf(written.times, 'times');
  const { automatic, ...actor } = written.actor ?? {};
  const opened = fields({ at: optional(object), by: anything }, written.opened ?? {}, 'opened.');
  const { unchanged, ...state } = written.state;
  expectAssigned(written.rows, constantsOf(state).flat(), written.assignee ?? written.team);

  const read = <Value>(check: Read<Value>, given: unknown, field: string): RowReader<Value> =>
    given === undefined ? () => undefined : readingOf(check, cells)(given, field);
  const readTime = (given: unknown, field: string) =>
    read((value, column) => time(text(60)(value, column), column), given, field);
  const id = text(100);
  const readings = {
    ticket: read(eventFields.externalId.read, written.ticket, 'ticket'),
    at: readTime(written.at, 'at'),
    actor: read(actorId.read, written.actor === undefined ? undefined : actor, 'actor'),
    openedAt: readTime(opened.at, 'opened.at'),
    openedBy: read(actorId.read, opened.by, 'opened.by'),
    customer: read(eventFields.customer.read, written.customer, 'customer'),
    ofCustomer: read(commonFields.customer.read, written.ofCustomer, 'ofCustomer'),
    plan: read(id, written.plan, 'plan'),
    calendar: read(id, written.calendar, 'calendar'),
    type: read(eventFields.type.read, written.type, 'type'),
    channel: read(eventFields.channel.read, written.channel, 'channel'),
    priority: read(eventFields.priority.read, written.priority, 'priority'),
    subject: read(eventFields.subject.read, written.subject, 'subject'),
    application: read(eventFields.application.read, written.application, 'application'),
    origin: read(eventFields.origin.read, written.origin, 'origin'),
    assignee: read(eventFields.assignee.read, written.assignee, 'assignee'),
    team: read(eventFields.team.read, written.team, 'team'),
    state: read(meaning, state, 'state'),
    stateText: textOf(state, cells),
  };
  return {
    ...readings,
    ...{ source: written.source, dialect, columns: [...cells.columns], rows: written.rows },
    order: written.order,
    automatic: new Set(optional(listOf(1_000, actorId.read))(automatic, 'actor.automatic')),
    plans: constantsOf(written.plan).map(String),
    calendars: constantsOf(written.calendar).map(String),
    words: (['type', 'channel', 'priority'] as const).flatMap((list) =>
      constantsOf(written[list]).map((word) => ({ list, word: String(word) })),
    ),
    unchanged: meaning(unchanged ?? [], 'state.unchanged'),
  };
}

function csvOf(written: Record<string, unknown>): {
  readonly dialect: CsvDialect;
  readonly missing: ReadonlySet<string>;
} {
  const shape = {
    delimiter: optional(oneCharacter),
    encoding: optional(encoding),
    missing: optional(listOf(100, cell)),
  };
  const { missing = [], ...dialect } = fields(shape, written, 'csv.');
  return { dialect: given(dialect), missing: new Set(['', ...missing]) };
}

const cell: Read<string> = (value, field) => {
  if (typeof value !== 'string') throw new FieldFault(`${field} must be text`);
  return value;
};

const oneCharacter: Read<string> = (value, field) => {
  if (typeof value !== 'string' || value.length !== 1) throw new FieldFault(`${field} must be one character`);
  return value;
};

const encoding: Read<string> = (value, field) => {
  const known = text(40)(value, field);
  try {
    return new TextDecoder(known).encoding;
  } catch {
    throw new FieldFault(`${field} "${known}" is not an encoding`);
  }
};

/** An assignee that is never read, or read twice over, is a mistake. */
function expectAssigned(rows: Mapping['rows'], meanings: readonly unknown[], assignee: unknown): void {
  const says = meanings.includes('assigned');
  if (rows === 'snapshots' && says)
    throw new FieldFault('state.values must not contain assigned for snapshots: each snapshot has its assignee');
  if (rows === 'events' && !says && assignee !== undefined)
    throw new FieldFault('state.values must contain assigned, because assignee and team are read from these events');
}
