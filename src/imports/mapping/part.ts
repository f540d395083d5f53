import { type PauseReason, pauseReasons } from '../../catalogue/domain/plan.js';
import { actorId, commonFields, eventFields } from '../../tickets/domain/event-fields.js';
import { type Origin } from '../../tickets/domain/facts.js';
import {
  FieldFault,
  fields,
  listOf,
  object,
  oneOf,
  optional,
  type Read,
  text,
  together,
} from '../../parsing/fields.js';
import { type Row } from '../row.js';
import { type Cells, type RowReader } from './cells.js';
import { durationOf } from './durations.js';
import { type Meaning, meaning } from './meaning.js';
import { actorIn, beside, readOrNothing, type States, statesIn } from './parts-of-fields.js';
import { constantsOf, readingOf } from './reading.js';
import { type Source, sourceShape } from './source.js';
import { type Times, timesOf } from './times.js';
import { type Told, toldForSure, toldIn } from './told.js';

const kinds = ['snapshots', 'events', 'tickets', 'changes'] as const;
export type RowKind = (typeof kinds)[number];

/** How rows of one kind are read. */
export interface Part extends Source {
  /**
   * `snapshots`: a row is the whole record as it is from then on. `events`: a row is one thing that happened. `tickets`: a row is
   * a whole ticket, with a time for each thing that happened. `changes`: a row is the change of one field.
   */
  readonly rows: RowKind;
  readonly ticket: RowReader<string>;
  /** What people see, where it is not the id. */
  readonly reference: RowReader<string>;
  readonly at: RowReader<number>;
  readonly actor: RowReader<string>;
  /** Whether an actor is a program. */
  readonly isAutomatic: (actor: string) => boolean;
  readonly openedAt: RowReader<number>;
  readonly openedBy: RowReader<string>;
  readonly customer: RowReader<string>;
  /** Whose ticket each row says that it is. */
  readonly ofCustomer: RowReader<string>;
  /** The plan that customers are enrolled on; without one they are left as they are. */
  readonly plan: RowReader<string>;
  readonly calendar: RowReader<string>;
  readonly type: Told<string>;
  readonly priority: Told<string>;
  readonly assignee: Told<string>;
  readonly team: Told<string>;
  readonly channel: RowReader<string>;
  readonly subject: RowReader<string>;
  readonly application: RowReader<string>;
  readonly origin: RowReader<Origin>;
  readonly state: RowReader<Meaning>;
  readonly stateText: RowReader<string>;
  readonly tellsState: (row: Row) => boolean;
  /** What notes say, where it is not the state. */
  readonly note: RowReader<string>;
  /** What a snapshot means whose state is that of the one before. */
  readonly unchanged: Meaning;
  /** Of a row that is a ticket: what happened to it. */
  readonly moments: readonly Moment[];
  readonly waited: Waited | undefined;
}

/** One thing that happened to a ticket, where a row is a ticket. */
export interface Moment {
  readonly at: RowReader<number>;
  /** In milliseconds after the opening, where there is no time. */
  readonly after: RowReader<number>;
  readonly means: RowReader<Meaning>;
  readonly actor: RowReader<string>;
}

/** How long a ticket waited in all. */
export interface Waited {
  readonly length: RowReader<number>;
  readonly reason: PauseReason;
}

/** How its fields are read. What counts as an empty cell, what rows are and how times are written come first: others need it. */
function shapeWith(cells: Cells, isJoined: boolean) {
  let times: Times | undefined;
  let rows: RowKind | undefined;
  const time: Read<number> = (value, field) => times?.(text(60)(value, field), field) ?? NaN; // no times: they are at fault
  const reading = <Value>(check: Read<Value>) => readingOf(check, cells);
  const maybe = <Value>(check: Read<Value>) => readOrNothing(reading(check));
  // Of several parts, the one whose rows are tickets says what opens them.
  const ofOpening = <Value>(check: Read<Value>): Read<RowReader<Value>> => {
    const [one, other] = [reading(check), maybe(check)];
    return (value, field) => (isJoined && rows !== 'tickets' ? other : one)(value, field);
  };
  const told = (check: Read<string>) => toldIn(check, cells, () => rows);
  return {
    ...{ ...sourceShape(cells), rows: (value: unknown, field: string) => (rows = oneOf(kinds)(value, field)) },
    times: (value: unknown, field: string) => (times = timesOf(value, field)),
    ...{ ticket: reading(eventFields.externalId.read), at: reading(time), actor: actorIn(maybe(actorId.read)) },
    opened: (value: unknown, field: string) =>
      fields({ at: maybe(time), by: maybe(actorId.read) }, object(value ?? {}, field), `${field}.`),
    ...{ customer: ofOpening(eventFields.customer.read), ofCustomer: maybe(commonFields.customer.read) },
    ...{ plan: maybe(text(100)), calendar: maybe(text(100)) },
    ...{ type: toldForSure(told(eventFields.type.read), () => !isJoined || rows === 'tickets') },
    ...{
      channel: ofOpening(eventFields.channel.read),
      priority: told(eventFields.priority.read),
      subject: ofOpening(eventFields.subject.read),
    },
    ...{ application: maybe(eventFields.application.read), origin: maybe(eventFields.origin.read) },
    ...{ assignee: told(eventFields.assignee.read), team: told(eventFields.team.read) },
    ...{
      state: statesIn(cells, () => rows),
      reference: maybe(eventFields.reference.read),
      note: maybe(text(1_000_000)),
    },
    ...{ moments: optional(listOf(100, momentIn(cells, maybe(time)))), waited: optional(waitedIn(cells)) },
  };
}

/** A part of a mapping, checked. @throws FieldFault that names the fields at fault */
export function partOf(said: Record<string, unknown>, path = '', isJoined = false): Part {
  const cells: Cells = { columns: new Set(), missing: new Set(['']) };
  const { written } = together({
    written: () => fields(shapeWith(cells, isJoined), said, path),
    assigned: () => {
      expectAssigned(said, path);
    },
  });
  const {
    csv: dialect,
    json: records,
    file: isOf,
    when: holds,
    times: _,
    actor,
    opened,
    state,
    moments = [],
    ...readings
  } = written;
  const { reading, text: stateText, tells: tellsState, unchanged }: States = state;
  return {
    ...{ ...readings, dialect, records, isOf, holds, columns: [...cells.columns], moments },
    ...{ actor: actor.reading, isAutomatic: actor.isAutomatic, openedAt: opened.at, openedBy: opened.by },
    ...{ state: reading, stateText, tellsState, unchanged },
  };
}

const momentIn =
  (cells: Cells, time: Read<RowReader<number>>): Read<Moment> =>
  (value, field) => {
    const shape = {
      ...{ at: time, after: readOrNothing(durationOf(cells)), means: readingOf(meaning, cells) },
      actor: readOrNothing(readingOf(actorId.read, cells)),
    };
    const written = object(value, field);
    if ((written['at'] === undefined) === (written['after'] === undefined))
      throw new FieldFault(`${field} must have either at or after`);
    return fields(shape, written, `${field}.`);
  };

const waitedIn =
  (cells: Cells): Read<Waited> =>
  (value, field) => {
    const [reason = 'waitingForCustomer', length] = beside('for', object(value, field));
    return together({
      length: () => durationOf(cells)(length, field),
      reason: () => oneOf(pauseReasons)(reason, `${field}.for`),
    });
  };

/** An assignee that is never read, or read twice over, is a mistake. */
function expectAssigned({ rows, state, assignee, team }: Readonly<Record<string, unknown>>, path: string): void {
  const says = constantsOf(state).flat().includes('assigned');
  if (rows === 'snapshots' && says)
    throw new FieldFault(`${path}state.values must not contain assigned for snapshots: each snapshot has its assignee`);
  if (rows === 'events' && !says && (assignee ?? team) !== undefined)
    throw new FieldFault(
      `${path}state.values must contain assigned, because assignee and team are read from these events`,
    );
}
