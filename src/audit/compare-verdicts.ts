import { type Kysely } from 'kysely';
import { among, chunks } from '../read-models/rows.js';
import { type Schema } from '../read-models/schema.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Metric } from '../catalogue/domain/plan.js';
import { type ClockState } from '../clocks/clock.js';
import { type TicketClock } from '../tickets/domain/ticket-clocks.js';

/** What another system says of a promise. */
export type TheirVerdict = 'met' | 'breached';

/** How a ticket's last run of a metric stands here; where there is none, why. */
export type OurVerdict = ClockState | 'notPromised' | 'noTicket';

/** A ticket that both systems were asked about. */
export interface Compared {
  /** As the other system calls it. */
  readonly name: string;
  readonly theirs: TheirVerdict;
  readonly ours: OurVerdict;
  /** Whether they say the same; undefined where ours is still open, and nothing speaks against theirs. */
  readonly agree: boolean | undefined;
  /** Here; null where there is no such ticket, or no such run. */
  readonly ticket: string | null;
  readonly run: string | null;
}

/** Which tickets the names mean: by the ids that were derived from them, or by what people call them. */
export type Naming = { readonly by: 'id'; readonly idOf: (name: string) => string } | { readonly by: 'reference' };

/**
 * Compares another system's verdicts with the last run of each ticket, in their order.
 * @throws Rejection `REFERENCE_AMBIGUOUS` where two tickets have one name
 */
export async function* compareVerdicts(
  db: Kysely<Schema>,
  verdicts: ReadonlyMap<string, TheirVerdict>,
  metric: Metric,
  naming: Naming,
): AsyncGenerator<Compared, void, undefined> {
  for (const part of chunks([...verdicts], 1)) {
    const keys = new Map(part.map(([name]) => [name, keyOf(naming, name)]));
    const found = await lastClocks(db, metric, naming.by, [...keys.values()]);
    for (const [name, theirs] of part) yield compared(name, theirs, found.get(keys.get(name) ?? name));
  }
}

/**
 * Refuses names that all mean no ticket: they are of another source, or of no log that was imported.
 * @param source where the names are from; undefined: names are references
 * @throws Rejection `NO_TICKET_FOUND`
 */
export async function expectTickets(
  db: Kysely<Schema>,
  names: readonly string[],
  naming: Naming,
  source: string | undefined,
): Promise<void> {
  for (const part of chunks(names, 1)) {
    const keys = part.map((name) => keyOf(naming, name));
    const known = db.selectFrom('tickets').select('id').where(`tickets.${naming.by}`, 'in', among(keys)).limit(1);
    if ((await known.executeTakeFirst()) !== undefined) return;
  }
  if (source === undefined)
    throw new Rejection('NO_TICKET_FOUND', 'No ticket has one of these references; check --id, or import the log.');
  const imports = await db.selectFrom('imports').select('source').distinct().orderBy('source').execute();
  const sources = imports.length === 0 ? 'nothing' : imports.map((row) => row.source).join(', ');
  const why = `No ticket of the source "${source}" has one of these names; imported so far: ${sources}.`;
  throw new Rejection('NO_TICKET_FOUND', why);
}

const keyOf = (naming: Naming, name: string): string => (naming.by === 'id' ? naming.idOf(name) : name);

interface Found {
  readonly ticket: string;
  readonly clock: TicketClock | undefined;
}

/** The last clock of a metric of some tickets, by their ids or references. */
async function lastClocks(
  db: Kysely<Schema>,
  metric: Metric,
  by: 'id' | 'reference',
  keys: readonly string[],
): Promise<ReadonlyMap<string, Found>> {
  const rows = await db
    .selectFrom('tickets')
    .leftJoin('clocks', (on) => on.onRef('clocks.ticket', '=', 'tickets.id').on('clocks.metric', '=', metric))
    .select(['tickets.id', 'tickets.reference', 'clocks.clock'])
    .where(`tickets.${by}`, 'in', among(keys))
    .execute();
  const last = new Map<string, Found>();
  for (const { clock: json, ...row } of rows) {
    const before = last.get(row[by]);
    if (before !== undefined && before.ticket !== row.id)
      throw new Rejection(
        'REFERENCE_AMBIGUOUS',
        `${row.reference} is the reference of several tickets; give a source.`,
      );
    const clock = json === null ? undefined : (JSON.parse(json) as TicketClock);
    if (before?.clock === undefined || (clock?.startedAt ?? -Infinity) >= before.clock.startedAt)
      last.set(row[by], { ticket: row.id, clock });
  }
  return last;
}

function compared(name: string, theirs: TheirVerdict, found: Found | undefined): Compared {
  const { ticket = null, clock } = found ?? {};
  const ours = clock?.state ?? (ticket === null ? 'noTicket' : 'notPromised');
  return { name, theirs, ours, agree: agree(theirs, ours), ticket, run: clock?.run ?? null };
}

function agree(theirs: TheirVerdict, ours: OurVerdict): boolean | undefined {
  switch (ours) {
    case 'met':
      return theirs === 'met';
    case 'metLate':
    case 'breached':
      return theirs === 'breached';
    case 'running':
    case 'paused':
      return theirs === 'met' ? undefined : false;
    case 'cancelled':
    case 'notPromised':
    case 'noTicket':
      return false;
  }
}
