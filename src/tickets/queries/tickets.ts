import { type Selectable, sql } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import { type Page, keyOf, pageOf, type PageRequest, sizeOf } from '../../database/page.js';
import { among } from '../../database/rows.js';
import { type TicketsTable } from '../../database/schema.js';
import { type Readable } from '../../database/scoped.js';
import { type Clock } from '../../sla/domain/clock.js';
import { type Fact } from '../domain/facts.js';
import { lifeAt } from '../domain/life.js';
import { flagsOf, isIncomplete, type TicketView } from '../domain/ticket-view.js';

type Db = Readable;
type Row = Selectable<TicketsTable>;

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

/** A ticket by its id, or by its reference where no ticket has it as id. */
export async function ticketBy(db: Db, idOrReference: string): Promise<TicketView | undefined> {
  const byId = await db.selectFrom('tickets').selectAll().where('id', '=', idOrReference).executeTakeFirst();
  const row =
    byId ??
    (await db
      .selectFrom('tickets')
      .selectAll()
      .where('reference', '=', idOrReference)
      .orderBy('opened_at', 'desc')
      .executeTakeFirst());
  return row === undefined ? undefined : (await views(db, [row]))[0];
}

/** Tickets, newest first. */
export async function tickets(db: Db, filter: TicketFilter, request: PageRequest): Promise<Page<TicketView>> {
  const size = sizeOf(request);
  const key = keyOf(request, ['number', 'string']);
  let query = narrowed(db, filter)
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(size + 1);
  if (key !== undefined) query = query.where(sql<boolean>`(opened_at, id) < (${key[0]}, ${key[1]})`);
  const rows = await query.execute();
  return page(db, rows, size, (row) => [row.opened_at, row.id]);
}

/** What never comes due sorts last. */
const never = Number.MAX_SAFE_INTEGER;

/** What to do next: soonest due first among guaranteed clocks, then the plan's rank, then age. */
export async function workQueue(db: Db, filter: TicketFilter, request: PageRequest): Promise<Page<TicketView>> {
  const size = sizeOf(request);
  const key = keyOf(request, ['number', 'number', 'number', 'string']);
  const due = sql<number>`coalesce(tickets.due_at, ${sql.lit(never)})`;
  const last = sql<number>`-coalesce(plans.rank, 0)`;
  let query = narrowed(db, filter)
    .leftJoin('plans', (join) =>
      join.onRef('plans.code', '=', 'tickets.plan').onRef('plans.version', '=', 'tickets.plan_version'),
    )
    .select([due.as('due'), last.as('last')])
    .where('queued', '=', 1)
    .orderBy('due')
    .orderBy('last')
    .orderBy('opened_at')
    .orderBy('id')
    .limit(size + 1);
  if (key !== undefined) {
    query = query.where(sql<boolean>`(${due}, ${last}, opened_at, id) > (${sql.join(key)})`);
  }
  return page(db, await query.execute(), size, (row) => [row.due, row.last, row.opened_at, row.id]);
}

function narrowed(db: Db, filter: TicketFilter) {
  let query = db.selectFrom('tickets').selectAll('tickets');
  const lists = [
    ['status', filter.statuses],
    ['customer', filter.customers],
    ['tickets.plan', filter.plans],
    ['type', filter.types],
    ['channel', filter.channels],
    ['priority', filter.priorities],
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
  return query.where(
    sql<boolean>`(lower(subject) LIKE ${pattern} ESCAPE '\\' OR lower(reference) LIKE ${pattern} ESCAPE '\\')`,
  );
}

async function page<R extends Row>(db: Db, rows: readonly R[], size: number, key: (row: R) => (string | number)[]) {
  const seen = new Map((await views(db, rows.slice(0, size))).map((view) => [view.id, view]));
  return pageOf(rows, size, key, (row): TicketView => {
    const view = seen.get(row.id);
    if (view === undefined) throw new Error(`ticket ${row.id} went while it was read`);
    return view;
  });
}

/** Rows with their clocks, as readers see them. */
async function views(db: Db, rows: readonly Row[]): Promise<readonly TicketView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const clocks = await db.selectFrom('clocks').select(['ticket', 'clock']).where('ticket', 'in', among(ids)).execute();
  const byTicket = new Map<string, Clock[]>(ids.map((id) => [id, []]));
  for (const { ticket, clock } of clocks) byTicket.get(ticket)?.push(JSON.parse(clock) as Clock);
  return rows.flatMap((row) => {
    const facts = JSON.parse(row.facts) as Fact[];
    const life = lifeAt(facts, Infinity);
    if (life === undefined) return [];
    const own = byTicket.get(row.id) ?? [];
    return [
      {
        id: row.id,
        customer: row.customer,
        flags: () => flagsOf(facts),
        isIncomplete: isIncomplete(life),
        clocks: () => own.toSorted((a, b) => a.startedAt - b.startedAt),
        ...life,
      },
    ];
  });
}
