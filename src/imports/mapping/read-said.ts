import { eventFields } from '../../tickets/domain/event-fields.js';
import { type FactRecord } from '../import-record.js';
import { type Row } from '../row.js';
import { FieldFault, given } from '../../parsing/fields.js';
import { type RowReader } from './cells.js';
import { type MappedTicket } from './mapped-ticket.js';
import { nothing } from './meaning.js';
import { type Told } from './told.js';
import { withWait } from './total-wait.js';
import { type Part } from './part.js';
import { type Said } from './said.js';

/** What a ticket was, as far as a row depends on it. */
type Before = MappedTicket['before'];

/** What a row says that is one thing, or a record as it is from then on. @throws FieldFault where it makes no sense */
export function saidIn(row: Row, part: Part, before: Before): Said {
  const { rows } = part;
  const tellsState = part.tellsState(row);
  const state = tellsState ? (part.stateText(row) ?? '') : '';
  const isUnchanged = rows === 'snapshots' && before?.state === state;
  const meaning = isUnchanged ? part.unchanged : tellsState ? required(part.state, row, 'state') : nothing;
  const id = part.actor(row) ?? 'unknown';
  const isAutomatic = part.isAutomatic(id) || meaning.messages.has('automatic');
  const isAssigned = rows !== 'events' || meaning.messages.has('assigned');
  return {
    ...{
      at: required(part.at, row, 'at'),
      meaning,
      state,
      isOnce: rows === 'events' || (rows === 'changes' && tellsState),
    },
    note: meaning.messages.has('note') ? noteOf(row, part, state) : '',
    actor: { id, kind: isAutomatic ? 'automatic' : 'person' },
    type: rows !== 'changes' && part.type.tells(row) ? required(part.type.read, row, 'type') : part.type.read(row),
    priority: part.priority.read(row),
    assignee: isAssigned ? changed(part.assignee, row, rows) : undefined,
    team: isAssigned ? changed(part.team, row, rows) : undefined,
    owner: part.ofCustomer(row),
    shown: rows === 'snapshots' ? shownIn(row, part) : {},
  };
}

const longestNote = 10_000;

/** A note has its own text, or the state's. */
function noteOf(row: Row, part: Part, state: string): string {
  const note = part.note(row)?.slice(0, longestNote) ?? state;
  return note === '' ? '' : eventFields.text.read(note, 'state');
}

/** Who has the ticket after a row; nobody where it says so; undefined where it says nothing. */
const changed = ({ read, tells }: Told<string>, row: Row, rows: Part['rows']) =>
  rows === 'changes' && !tells(row) ? undefined : (read(row) ?? null);

const shownIn = (row: Row, { subject, application }: Part): Said['shown'] =>
  given({ subject: subject(row), application: application(row) });

/** What a row says that is a whole ticket: its opening first, then what happened, by time. @throws FieldFault */
export function saidOfTicket(row: Row, part: Part): readonly [Said, ...Said[]] {
  const at = required(part.at, row, 'at');
  const own = part.actor(row);
  const by = part.openedBy(row) ?? own ?? 'unknown';
  const usual = {
    state: '',
    isOnce: false,
    note: '',
    type: undefined,
    priority: undefined,
    owner: part.ofCustomer(row),
    shown: {},
  };
  const nobody = { assignee: undefined, team: undefined };
  const owner = { assignee: part.assignee.read(row) ?? null, team: part.team.read(row) ?? null };
  const moments = part.moments.flatMap((moment, order): (Said & { readonly order: number })[] => {
    const after = moment.after(row);
    const then = moment.at(row) ?? (after === undefined ? undefined : at + after);
    const meaning = then === undefined ? undefined : moment.means(row);
    if (then === undefined || meaning === undefined) return [];
    const id = moment.actor(row) ?? own ?? 'unknown';
    const isAutomatic = part.isAutomatic(id) || meaning.messages.has('automatic');
    const has = meaning.messages.has('assigned') ? owner : nobody;
    return [{ ...usual, ...has, at: then, meaning, actor: { id, kind: isAutomatic ? 'automatic' : 'person' }, order }];
  });
  const isAssigned = moments.some(({ meaning }) => meaning.messages.has('assigned'));
  const inOrder = moments.sort((a, b) => a.at - b.at || a.order - b.order).map(({ order: _, ...said }) => said);
  const opening: Said = {
    ...{ ...usual, at, meaning: nothing, actor: { id: by, kind: part.isAutomatic(by) ? 'automatic' : 'person' } },
    ...(isAssigned ? nobody : owner),
    ...{ type: part.type.first(row), priority: part.priority.first(row) },
  };
  return [opening, ...withWait(inOrder, row, part, opening)];
}

/** The fact that opens a ticket. @throws FieldFault where what it needs is missing */
export function openingOf(row: Row, part: Part, ticket: string, { at, actor, type, priority }: Said): FactRecord {
  const by = part.openedBy(row);
  return {
    kind: 'fact',
    ticket,
    occurredAt: part.openedAt(row) ?? at,
    actor: by === undefined ? actor : { id: by, kind: part.isAutomatic(by) ? 'automatic' : 'person' },
    command: {
      type: 'OpenTicket',
      reference: part.reference(row) ?? ticket,
      customer: required(part.customer, row, 'customer'),
      ticketType: type ?? required(part.type.first, row, 'type'),
      channel: required(part.channel, row, 'channel'),
      subject: required(part.subject, row, 'subject'),
      ...given({ priority, application: part.application(row), origin: part.origin(row) }),
    },
  };
}

export function required<Value>(reading: RowReader<Value>, row: Row, field: string): Value {
  const value = reading(row);
  if (value === undefined) throw new FieldFault(`the row has no ${field}`);
  return value;
}
