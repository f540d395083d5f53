import { type WordList } from '../../catalogue/domain/words.js';
import { actorId, commonFields, eventFields } from '../../tickets/domain/event-fields.js';
import { type Origin } from '../../tickets/domain/facts.js';
import { type CsvDialect } from '../csv.js';
import { FieldFault, fields, listOf, object, oneOf, optional, text } from '../../parsing/fields.js';
import { type Meaning, meaning } from './meaning.js';
import { type Cells, type Check, constantsOf, type Reading, readingOf, textOf } from './reading.js';
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
  readonly ticket: Reading<string>;
  readonly at: Reading<number>;
  readonly actor: Reading<string>;
  /** Actors that are programs. */
  readonly automatic: ReadonlySet<string>;
  readonly openedAt: Reading<number>;
  readonly openedBy: Reading<string>;
  readonly customer: Reading<string>;
  /** Whose ticket each row says that it is. */
  readonly ofCustomer: Reading<string>;
  /** The plan that customers are enrolled on; without one they are left as they are. */
  readonly plan: Reading<string>;
  readonly calendar: Reading<string>;
  /** The plans and calendars it names itself. */
  readonly plans: readonly string[];
  readonly calendars: readonly string[];
  /** The words of the desk that it names itself. */
  readonly words: readonly { readonly list: WordList; readonly word: string }[];
  readonly type: Reading<string>;
  readonly channel: Reading<string>;
  readonly priority: Reading<string>;
  readonly subject: Reading<string>;
  readonly application: Reading<string>;
  readonly origin: Reading<Origin>;
  readonly assignee: Reading<string>;
  readonly team: Reading<string>;
  readonly state: Reading<Meaning>;
  readonly stateText: Reading<string>;
  /** What a snapshot means whose state is that of the one before. */
  readonly unchanged: Meaning;
}

const anything: Check<unknown> = (value) => value ?? undefined;

const something: Check<unknown> = (value, field) => {
  if (value === undefined || value === null) throw new FieldFault(`${field} is required`);
  return value;
};

const shape = {
  ...{ source: text(100), csv: optional(object), rows: oneOf(['snapshots', 'events']), times: object },
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
  const said = fields(shape, object(value, 'the mapping'));
  const { dialect, missing } = csvOf(said.csv ?? {});
  const cells: Cells = { columns: new Set(), missing };
  const time = timesOf(said.times, 'times');
  const { automatic, ...actor } = said.actor ?? {};
  const opened = fields({ at: optional(object), by: anything }, said.opened ?? {}, 'opened.');
  const { unchanged, ...state } = said.state;
  expectAssigned(said.rows, constantsOf(state).flat(), said.assignee ?? said.team);

  const read = <Value>(check: Check<Value>, given: unknown, field: string): Reading<Value> =>
    given === undefined ? () => undefined : readingOf(check, cells)(given, field);
  const readTime = (given: unknown, field: string) =>
    read((value, column) => time(text(60)(value, column), column), given, field);
  const id = text(100);
  const readings = {
    ticket: read(eventFields.externalId.read, said.ticket, 'ticket'),
    at: readTime(said.at, 'at'),
    actor: read(actorId.read, said.actor === undefined ? undefined : actor, 'actor'),
    openedAt: readTime(opened.at, 'opened.at'),
    openedBy: read(actorId.read, opened.by, 'opened.by'),
    customer: read(eventFields.customer.read, said.customer, 'customer'),
    ofCustomer: read(commonFields.customer.read, said.ofCustomer, 'ofCustomer'),
    plan: read(id, said.plan, 'plan'),
    calendar: read(id, said.calendar, 'calendar'),
    type: read(eventFields.type.read, said.type, 'type'),
    channel: read(eventFields.channel.read, said.channel, 'channel'),
    priority: read(eventFields.priority.read, said.priority, 'priority'),
    subject: read(eventFields.subject.read, said.subject, 'subject'),
    application: read(eventFields.application.read, said.application, 'application'),
    origin: read(eventFields.origin.read, said.origin, 'origin'),
    assignee: read(eventFields.assignee.read, said.assignee, 'assignee'),
    team: read(eventFields.team.read, said.team, 'team'),
    state: read(meaning, state, 'state'),
    stateText: textOf(state, cells),
  };
  return {
    ...readings,
    ...{ source: said.source, dialect, columns: [...cells.columns], rows: said.rows },
    automatic: new Set(optional(listOf(1_000, actorId.read))(automatic, 'actor.automatic')),
    plans: constantsOf(said.plan).map(String),
    calendars: constantsOf(said.calendar).map(String),
    words: (['type', 'channel', 'priority'] as const).flatMap((list) =>
      constantsOf(said[list]).map((word) => ({ list, word: String(word) })),
    ),
    unchanged: meaning(unchanged ?? [], 'state.unchanged'),
  };
}

function csvOf(said: Record<string, unknown>): { readonly dialect: CsvDialect; readonly missing: ReadonlySet<string> } {
  const shape = {
    delimiter: optional(oneCharacter),
    encoding: optional(encoding),
    missing: optional(listOf(100, cell)),
  };
  const { delimiter = ',', encoding: known = 'utf-8', missing = [] } = fields(shape, said, 'csv.');
  return { dialect: { delimiter, encoding: known }, missing: new Set(['', ...missing]) };
}

const cell: Check<string> = (value, field) => {
  if (typeof value !== 'string') throw new FieldFault(`${field} must be text`);
  return value;
};

const oneCharacter: Check<string> = (value, field) => {
  if (typeof value !== 'string' || value.length !== 1) throw new FieldFault(`${field} must be one character`);
  return value;
};

const encoding: Check<string> = (value, field) => {
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
