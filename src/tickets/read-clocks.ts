import { type Kysely, type Selectable, sql } from 'kysely';
import { among } from '../read-models/rows.js';
import { type Schema } from '../read-models/schema.js';
import { inTurns } from '../event-sourcing/yield-to-event-loop.js';
import { metrics } from '../catalogue/domain/plan.js';
import { type TicketClock } from './domain/ticket-clocks.js';
import { type ClocksTable } from './projections/ticket-tables.js';
import { clocksShown } from './domain/latest-clocks.js';

type Db = Pick<Kysely<Schema>, 'selectFrom'>;
type Row = Pick<Selectable<ClocksTable>, 'ticket' | 'clock'>;
export type ClocksByTicket = ReadonlyMap<string, readonly TicketClock[]>;

/** Of a page, so many rows are read as they are: few tickets have more clocks than are shown. */
const readTogether = 300;

/** The clocks of some tickets: of each ticket and metric the last ones, however many there are. */
export async function readClocks(db: Db, tickets: readonly string[]): Promise<ClocksByTicket> {
  const most = readTogether + clocksShown * tickets.length;
  const all = tickets.length > 1 ? await upTo(most, db, tickets) : undefined;
  return byTicket(tickets, all ?? (await selected(db).where(sql.ref('clocks.rowid'), 'in', lastOf(tickets)).execute()));
}

const selected = (db: Db) => db.selectFrom('clocks').select(['ticket', 'clock']);

/** All clocks of some tickets where there are no more than so many. */
export async function upTo(most: number, db: Db, tickets: readonly string[]): Promise<readonly Row[] | undefined> {
  const rows = await selected(db)
    .where('ticket', 'in', among(tickets))
    .limit(most + 1)
    .execute();
  return rows.length > most ? undefined : rows;
}

/** The clocks in some rows, by ticket. */
export async function byTicket(tickets: readonly string[], rows: readonly Row[]): Promise<ClocksByTicket> {
  const clocks = new Map<string, TicketClock[]>(tickets.map((id) => [id, []]));
  await inTurns(rows, ({ ticket, clock }) => {
    clocks.get(ticket)?.push(JSON.parse(clock) as TicketClock);
  });
  return clocks;
}

const lastOf = (tickets: readonly string[]) => sql`(
  SELECT some.rowid FROM json_each(${JSON.stringify(tickets)}) t CROSS JOIN json_each(${JSON.stringify(metrics)}) m
  CROSS JOIN clocks some ON some.rowid IN (
    SELECT rowid FROM clocks WHERE ticket = t.value AND metric = m.value
    ORDER BY started_at DESC, run DESC LIMIT ${sql.lit(clocksShown)}))`;
