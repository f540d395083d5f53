import { type Kysely, type Selectable, sql } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import {
  type ListOrder,
  type Page,
  type PageRequest,
  type Part,
  readPage,
  selectPart,
  withNodes,
} from '../../read-models/page.js';
import { among } from '../../read-models/rows.js';
import { type TicketsTable } from '../projections/ticket-tables.js';
import { type Schema } from '../../read-models/schema.js';
import { type Readable } from '../../read-models/scoped.js';
import { latestClocks } from '../domain/latest-clocks.js';
import { type FactNotice } from '../domain/notices.js';
import { stateFromJson } from '../domain/ticket-state-json.js';
import { isIncomplete, type TicketView } from '../domain/ticket-view.js';
import { wordKey } from '../../parsing/word.js';
import { clocksOfPage } from './clocks-of-page.js';
import { withStopsOf } from './late-clocks.js';

type Db = Readable;
/** What a view is made of. */
const shown = ['id', 'customer', 'opened_at', 'state', 'notices'] as const;
type Row = Pick<Selectable<TicketsTable>, (typeof shown)[number]>;
/** The same, with what lists are sorted by. */
type ListedRow = Row & Pick<Selectable<TicketsTable>, 'due_at' | 'place'>;

/** Which tickets; what is left out does not narrow. */
export interface TicketFilter {
  readonly statuses?: readonly string[];
  readonly customers?: readonly string[];
  readonly plans?: readonly string[];
  readonly types?: readonly string[];
  readonly channels?: readonly string[];
  readonly priorities?: readonly string[];
  readonly assignees?: readonly string[];
  readonly teams?: readonly string[];
  readonly guarantee?: string;
  /** With nobody, or with somebody. */
  readonly unassigned?: boolean;
  /** With a clock that is due by then, or overdue. */
  readonly dueBefore?: Instant;
  /** Part of the subject or the reference. */
  readonly text?: string;
}

/** A ticket by its id. */
export async function ticketById(db: Db, id: string): Promise<TicketView | undefined> {
  const row = db.selectFrom('tickets').select(shown).where('id', '=', id);
  return (await views(db, await row.execute()))[0];
}

/** Whether there is a ticket with an id. */
export const hasTicket = async (db: Db, id: string): Promise<boolean> =>
  (await db.selectFrom('tickets').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;

/** A ticket that somebody may mean. */
export type ProposedTicket = Pick<TicketsTable, 'id' | 'customer' | 'reference'>;

const proposed = ['id', 'customer', 'reference'] as const;

/** Those of some ids that there are. */
export const ticketsAmong = (db: Db, ids: readonly string[]): Promise<readonly ProposedTicket[]> =>
  db.selectFrom('tickets').select(proposed).where('id', 'in', among(ids)).execute();

/** How many tickets that are called alike are looked for. */
const mostCalled = 1_000;

/** The tickets that people know by some references, oldest first. */
export const ticketsCalled = (db: Db, references: readonly string[]): Promise<readonly ProposedTicket[]> =>
  db
    .selectFrom('tickets')
    .select(proposed)
    .where('reference', 'in', among(references))
    .orderBy('opened_at')
    .limit(sql.lit(mostCalled))
    .execute();

/** The last ticket that people know by a reference. */
export async function ticketCalled(db: Db, reference: string): Promise<TicketView | undefined> {
  return (await views(db, await lastCalled(db, reference).select(shown).execute()))[0];
}

/** Its id. */
export async function idCalled(db: Db, reference: string): Promise<string | undefined> {
  return (await lastCalled(db, reference).select('id').executeTakeFirst())?.id;
}

const lastCalled = (db: Db, reference: string) =>
  db.selectFrom('tickets').where('reference', '=', reference).orderBy('opened_at', 'desc').limit(sql.lit(1));

/** The ids of the tickets that people know by a reference, oldest first. */
export async function ticketsNamed(db: Kysely<Schema>, reference: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('tickets')
    .select('id')
    .where('reference', '=', reference)
    .orderBy('opened_at')
    .execute();
  return rows.map(({ id }) => id);
}

const newestFirst: ListOrder = { columns: ['opened_at', 'id'], direction: 'desc' };

/** Tickets, newest first. */
export async function tickets(db: Db, filter: TicketFilter, request: PageRequest): Promise<Page<TicketView>> {
  const query = narrowed(db, filter);
  const list = {
    name: 'tickets',
    kinds: ['number', 'string'],
    keyOf: ({ opened_at, id }: ListedRow) => [opened_at, id],
    read: (part: Part) => selectPart(query, newestFirst, part).execute(),
  } as const;
  return viewed(db, await readPage(list, request));
}

const soonestFirst: ListOrder = { columns: ['due_at', 'place', 'opened_at', 'id'], direction: 'asc' };

/** What to do next: soonest due first among guaranteed clocks, then the plan's rank, then age. */
export async function workQueue(db: Db, filter: TicketFilter, request: PageRequest): Promise<Page<TicketView>> {
  const query = narrowed(db, filter).where('queued', '=', sql.lit(1)); // in the text, so that the index is found
  const list = {
    name: 'workQueue',
    kinds: ['number', 'number', 'number', 'string'],
    keyOf: ({ due_at, place, opened_at, id }: ListedRow) => [due_at, place, opened_at, id],
    read: (part: Part) => selectPart(query, soonestFirst, part).execute(),
  } as const;
  return viewed(db, await readPage(list, request));
}

function narrowed(db: Db, filter: TicketFilter) {
  let query = db.selectFrom('tickets').select([...shown, 'due_at', 'place']);
  const lists = [
    ['status', filter.statuses],
    ['customer', filter.customers],
    ['plan', filter.plans],
    ['type', filter.types?.map(wordKey)],
    ['channel', filter.channels?.map(wordKey)],
    ['priority', filter.priorities?.map(wordKey)],
    ['assignee', filter.assignees],
    ['team', filter.teams],
    ['guarantee', filter.guarantee === undefined ? undefined : [filter.guarantee]],
  ] as const;
  for (const [column, values] of lists) {
    if (values !== undefined && values.length > 0) query = query.where(column, 'in', among(values));
  }
  const { text, unassigned, dueBefore } = filter;
  if (unassigned !== undefined) query = query.where('assignee', unassigned ? 'is' : 'is not', null);
  if (dueBefore !== undefined) query = query.where('due_at', '<', dueBefore);
  if (text === undefined || text === '') return query;
  const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  return query.where(sql<boolean>`text LIKE ${pattern} ESCAPE '\\'`);
}

async function viewed(db: Db, page: Page<Row>): Promise<Page<TicketView>> {
  const rows = page.edges.map(({ node }) => node);
  const seen = new Map((await views(db, rows)).map((view) => [view.id, view]));
  return withNodes(page, ({ id }): TicketView => {
    const view = seen.get(id);
    if (view === undefined) throw new Error(`ticket ${id} went while it was read`);
    return view;
  });
}

/** Rows with their clocks, as readers see them. */
async function views(db: Db, rows: readonly Row[]): Promise<readonly TicketView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const clocks = await withStopsOf(db, await clocksOfPage(db, ids));
  return rows.map(({ id, customer, state: json, notices }) => {
    const state = stateFromJson(json);
    const own = latestClocks(clocks.get(id) ?? []);
    return {
      id,
      customer,
      notices: () => JSON.parse(notices) as FactNotice[],
      isIncomplete: isIncomplete(state),
      clocks: () => own,
      ...state,
    };
  });
}
