import { FieldFault } from '../../parsing/fields.js';
import { type GatheredRow } from './gathered-rows.js';
import { type Heard, MappedTicket } from './mapped-ticket.js';
import { nothing } from './meaning.js';
import { openingOf, saidIn, saidOfTicket } from './read-said.js';
import { type Opening, type Said } from './said.js';
import { type Told } from './told.js';

/** What a row of a ticket says, or why it says nothing. */
export type RowHeard = { readonly of: GatheredRow } & (Heard | { readonly fault: FieldFault; readonly opens: boolean });

/** The row that opens a ticket: the last of those that are tickets, else the first of all. */
const openerOf = (rows: readonly GatheredRow[], isOpened: boolean) =>
  isOpened ? rows.findLast(({ part }) => part.rows === 'tickets') : rows[0];

/**
 * What all rows of a ticket say, in the order of their times. What an older export of the same ticket said is left out. The class
 * and the owner that it was opened with are those before the first change.
 */
export function* heardOf(
  id: string,
  all: readonly GatheredRow[],
  /** Whether rows that are tickets open them. */
  isOpened: boolean,
): Generator<RowHeard, void, undefined> {
  const opener = openerOf(all, isOpened);
  const old = all.filter((one) => isOpened && one.part.rows === 'tickets' && one !== opener);
  const isOld = ({ file, row }: GatheredRow) => old.some((one) => one.file === file && one.row.line === row.line);
  const rows = all.filter((one) => one !== opener && !isOld(one));
  const ticket = new MappedTicket(id);
  const moments: { readonly said: Said; readonly of: GatheredRow }[] = [];
  let opening: Opening | undefined;
  let first: Said | undefined;
  if (opener !== undefined) {
    try {
      const { row, part } = opener;
      const [begun, ...more] = part.rows === 'tickets' ? saidOfTicket(row, part) : [saidIn(row, part, undefined)];
      const said = atFirst(begun, opener, part.rows === 'tickets' ? rows : all);
      opening = () => openingOf(row, part, id, said);
      if (isOpened) first = said;
      yield { of: opener, ...ticket.hear(said, opening) };
      moments.push(...more.map((moment) => ({ said: moment, of: opener })));
    } catch (fault) {
      if (!(fault instanceof FieldFault)) throw fault;
      yield { of: opener, fault, opens: true };
      return;
    }
  }
  for (const of of rows) {
    const at = timeOf(of);
    while (moments[0] !== undefined && at !== undefined && moments[0].said.at <= at) yield next(moments);
    try {
      const said = saidIn(of.row, of.part, ticket.before);
      yield { of, ...ticket.hear(isRequest(said, first) ? { ...said, meaning: nothing } : said, opening) };
    } catch (fault) {
      if (!(fault instanceof FieldFault)) throw fault;
      yield { of, fault, opens: false };
    }
  }
  while (moments[0] !== undefined) yield next(moments);

  function next(waiting: { readonly said: Said; readonly of: GatheredRow }[]): RowHeard {
    const [moment] = waiting.splice(0, 1);
    if (moment === undefined) throw new Error('there is no moment');
    return { of: moment.of, ...ticket.hear(moment.said, opening) };
  }
}

/** Whether a message of the customer's is the request itself, which many logs have as the first message. */
const isRequest = ({ at, meaning }: Said, first: Said | undefined) =>
  first !== undefined && at <= first.at + requestWithin && meaning.messages.has('customerReply');

/** Programs open a ticket and write its first message within this, in milliseconds. */
const requestWithin = 1_000;

const timeOf = ({ part, row }: GatheredRow): number | undefined => unlessFaulty(() => part.at(row));

/** How a ticket was when it was opened: rows that are changes say what was before them. */
function atFirst(said: Said, { row, part }: GatheredRow, rows: readonly GatheredRow[]): Said {
  const changes = rows.filter((one) => one.part.rows === 'changes');
  const first = (field: 'type' | 'priority' | 'assignee' | 'team', own: string | null | undefined) => {
    for (const change of changes) {
      const told = change.part[field];
      if (!told.tells(change.row)) continue;
      const was = unlessFaulty(() => told.was(change.row));
      if (was !== undefined) return was;
      return (timeOf(change) ?? Infinity) <= said.at ? unlessFaulty(() => told.read(change.row)) : undefined;
    }
    return own ?? undefined;
  };
  const firstOf = (told: Told<string>) => unlessFaulty(() => told.first(row));
  return {
    ...said,
    type: first('type', said.type ?? firstOf(part.type)) ?? firstOf(part.type),
    priority: first('priority', said.priority ?? firstOf(part.priority)),
    assignee: first('assignee', said.assignee ?? firstOf(part.assignee)) ?? null,
    team: first('team', said.team ?? firstOf(part.team)) ?? null,
  };
}

/** What cannot be read says nothing here: its row is rejected where it is read. */
function unlessFaulty<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FieldFault) return undefined;
    throw error;
  }
}
