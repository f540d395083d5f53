import { sql } from 'kysely';
import { groupBy } from '../../event-sourcing/group-by.js';
import { among, pairsAmong } from '../../read-models/rows.js';
import { type Readable } from '../../read-models/scoped.js';
import { isLate, type Stop, type StopKind, withStops } from '../domain/stops.js';
import { type TicketClock } from '../domain/ticket-clocks.js';

/** The clocks of some tickets as they were recorded; of the late ones, when they stood still since. */
export async function withStopsOf(
  db: Readable,
  clocks: ReadonlyMap<string, readonly TicketClock[]>,
): Promise<ReadonlyMap<string, readonly TicketClock[]>> {
  const late = [...clocks].filter(([, own]) => own.some(isLate));
  if (late.length === 0) return clocks;
  const [stops, pauses] = await Promise.all([stopsOf(db, late), pausesOf(db, late)]);
  const isOf = ({ metric, terms }: TicketClock) => pauses.get(keyOf(terms.plan))?.[metric] ?? [];
  const read = (ticket: string) => (clock: TicketClock) =>
    isLate(clock) ? withStops(clock, stops.get(ticket) ?? [], isOf(clock)) : clock;
  return new Map([...clocks, ...late.map(([ticket, own]) => [ticket, own.map(read(ticket))] as const)]);
}

type Clocks = readonly (readonly [ticket: string, clocks: readonly TicketClock[]])[];

/** The stops of some tickets since the first of their late clocks was measured. */
async function stopsOf(db: Readable, late: Clocks): Promise<ReadonlyMap<string, readonly Stop[]>> {
  const since = Math.min(...late.flatMap(([, own]) => own.filter(isLate).map(({ measuredAt }) => measuredAt)));
  const rows = await db
    .selectFrom('stops')
    .selectAll()
    .where('ticket', 'in', among(late.map(([ticket]) => ticket)))
    .where((row) => row.or([row('to_at', 'is', null), row('to_at', '>', since)]))
    .execute();
  const stops = groupBy(rows, ({ ticket }) => ticket);
  const stopOf = ({ kind, from_at: from, to_at: to }: (typeof rows)[number]) => ({ kind: kind as StopKind, from, to });
  return new Map([...stops].map(([ticket, own]) => [ticket, own.map(stopOf)]));
}

type Pauses = Readonly<Partial<Record<string, readonly string[]>>>;

/** For which waits the plans of some clocks pause each metric. */
async function pausesOf(db: Readable, late: Clocks): Promise<ReadonlyMap<string, Pauses>> {
  const plans = late.flatMap(([, own]) => own.filter(isLate).map(({ terms }) => terms.plan));
  const wanted = new Map(plans.map((plan) => [keyOf(plan), [plan.code, plan.version] as const]));
  const rows = await db
    .selectFrom('plans')
    .select(['code', 'version', sql<string>`plan ->> '$.pauses'`.as('pauses')])
    .where(sql<boolean>`(code, version) IN ${pairsAmong(wanted.values())}`)
    .execute();
  return new Map(rows.map((row) => [keyOf(row), JSON.parse(row.pauses) as Pauses]));
}

const keyOf = ({ code, version }: { readonly code: string; readonly version: number }) => `${version} ${code}`;
