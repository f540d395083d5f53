import { type WordList } from '../../catalogue/domain/words.js';
import { actorId, commonFields, eventFields } from '../../tickets/domain/event-fields.js';
import { type Origin } from '../../tickets/domain/facts.js';
import { type CsvDialect } from '../csv.js';
import {
  FieldFault,
  fields,
  given,
  listOf,
  object,
  oneOf,
  optional,
  type Read,
  text,
  together,
} from '../../parsing/fields.js';
import { type Meaning, meaning } from './meaning.js';
import { type Cells, constantsOf, isObject, type RowReader, readingOf, textOf } from './reading.js';
import { type Times, timesOf } from './times.js';

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

/** How a mapping's fields are read. What counts as an empty cell and how times are written comes first: others need it. */
function shapeWith(cells: Cells) {
  let times: Times | undefined;
  const time: Read<number> = (value, field) => times?.(text(60)(value, field), field) ?? NaN; // no times: they are at fault
  const reading = <Value>(check: Read<Value>) => readingOf(check, cells);
  const maybe = <Value>(check: Read<Value>): Read<RowReader<Value>> => {
    const read = optional(reading(check));
    return (value, field) => read(value, field) ?? (() => undefined);
  };
  return {
    ...{ csv: csvIn(cells), source: text(100), rows: oneOf(['snapshots', 'events'] as const) },
    order: optional(oneOf(['time', 'file'] as const)),
    times: (value: unknown, field: string) => (times = timesOf(value, field)),
    ...{ ticket: reading(eventFields.externalId.read), at: reading(time), actor: actorIn(maybe(actorId.read)) },
    opened: (value: unknown, field: string) =>
      fields({ at: maybe(time), by: maybe(actorId.read) }, object(value ?? {}, field), `${field}.`),
    ...{ customer: reading(eventFields.customer.read), ofCustomer: maybe(commonFields.customer.read) },
    ...{ plan: maybe(text(100)), calendar: maybe(text(100)) },
    ...{ type: reading(eventFields.type.read), channel: reading(eventFields.channel.read) },
    ...{ priority: maybe(eventFields.priority.read), subject: reading(eventFields.subject.read) },
    ...{ application: maybe(eventFields.application.read), origin: maybe(eventFields.origin.read) },
    ...{ assignee: maybe(eventFields.assignee.read), team: maybe(eventFields.team.read), state: stateIn(cells) },
  };
}

/** What a mapping file says, checked. @throws FieldFault that names the fields at fault */
export function parseMapping(value: unknown): Mapping {
  const said = object(value ?? {}, 'the mapping');
  const cells: Cells = { columns: new Set(), missing: new Set(['']) };
  const { written } = together({
    written: () => fields(shapeWith(cells), said),
    assigned: () => {
      expectAssigned(said);
    },
  });
  const { csv: dialect, times: _, actor, opened, state, ...readings } = written;
  return {
    ...readings,
    ...{ dialect, columns: [...cells.columns], actor: actor.reading, automatic: actor.automatic },
    ...{ openedAt: opened.at, openedBy: opened.by },
    ...{ state: state.reading, stateText: state.text, unchanged: state.unchanged },
    plans: constantsOf(said['plan']).map(String),
    calendars: constantsOf(said['calendar']).map(String),
    words: (['type', 'channel', 'priority'] as const).flatMap((list) =>
      constantsOf(said[list]).map((word) => ({ list, word: String(word) })),
    ),
  };
}

const actorIn =
  (reader: Read<RowReader<string>>) =>
  (value: unknown, field: string): { readonly reading: RowReader<string>; readonly automatic: ReadonlySet<string> } => {
    const [automatic, reading] = beside('automatic', value);
    return together({
      reading: () => reader(reading, field),
      automatic: () => new Set(optional(listOf(1_000, actorId.read))(automatic, `${field}.automatic`)),
    });
  };

const stateIn =
  (
    cells: Cells,
  ): Read<{ readonly reading: RowReader<Meaning>; readonly text: RowReader<string>; unchanged: Meaning }> =>
  (value, field) => {
    const [unchanged, reading] = beside('unchanged', value);
    return together({
      reading: () => readingOf(meaning, cells)(reading, field),
      text: () => textOf(reading, cells),
      unchanged: () => meaning(unchanged ?? [], `${field}.unchanged`),
    });
  };

/** A field that stands beside those of a reading, and the reading. */
function beside(name: string, value: unknown): readonly [field: unknown, reading: unknown] {
  if (!isObject(value)) return [undefined, value];
  const { [name]: field, ...reading } = value;
  return [field, reading];
}

/** How the file is written; what counts as an empty cell, the readings know from here. */
const csvIn =
  (cells: Cells): Read<CsvDialect> =>
  (value, field) => {
    const shape = {
      delimiter: optional(oneCharacter),
      encoding: optional(encoding),
      missing: optional(listOf(100, cell)),
    };
    const { missing = [], ...dialect } = fields(shape, object(value ?? {}, field), `${field}.`);
    for (const text of missing) cells.missing.add(text);
    return given(dialect);
  };

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
function expectAssigned({ rows, state, assignee, team }: Readonly<Record<string, unknown>>): void {
  const says = constantsOf(state).flat().includes('assigned');
  if (rows === 'snapshots' && says)
    throw new FieldFault('state.values must not contain assigned for snapshots: each snapshot has its assignee');
  if (rows === 'events' && !says && (assignee ?? team) !== undefined)
    throw new FieldFault('state.values must contain assigned, because assignee and team are read from these events');
}
