import { type Kysely, sql } from 'kysely';
import { among } from '../read-models/rows.js';
import { type Schema } from '../read-models/schema.js';
import { inTurns } from '../event-sourcing/yield-to-event-loop.js';
import { metrics } from '../catalogue/domain/plan.js';
import { type TicketClock } from './domain/ticket-clocks.js';
import { clocksShown } from './domain/latest-clocks.js';

/** Of a page, so many rows are read as they are: few tickets have more clocks than are shown. */
const readTogether = 300;

/** The clocks of some tickets: of each ticket and metric the last ones, however many there are. */
export async function readClocks(
  db: Pick<Kysely<Schema>, 'selectFrom'>,
  tickets: readonly string[],
): Promise<ReadonlyMap<string, TicketClock[]>> {
  const query = db.selectFrom('clocks').select(['ticket', 'clock']);
  const last = () => query.where(sql.ref('clocks.rowid'), 'in', lastOf(tickets)).execute();
  const most = readTogether + clocksShown * tickets.length;
  const all = tickets.length > 1 ? await query.where('ticket', 'in', among(tickets)).limit(most).execute() : undefined;
  const rows = all === undefined || all.length === most ? await last() : all;
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
