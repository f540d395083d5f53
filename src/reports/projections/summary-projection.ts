import { sql } from 'kysely';
import { DateTime } from 'luxon';
import { type ReadModel, type Tx } from '../../read-models/read-model.js';
import { pairsAmong, upsert } from '../../read-models/rows.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { type OutcomeType, outcomeTypes } from '../../clocks/outcome.js';
import { type OutcomeData } from '../../tickets/domain/ticket-clocks.js';
import { type SummaryTable, summaryTables, type VerdictsTable } from './summary-tables.js';

const endingTypes = ['TicketCancelled', 'TicketRestored', 'TicketMerged'] as const;

/**
 * Verdicts by plan, metric and month. A verdict counts in the month of its answer when met, of its deadline when
 * breached or met late, of its end when cancelled – in the calendar's zone. The last word on a run counts; what it had
 * counted before is taken back. Runs of cancelled tickets count as cancelled.
 */
export const summaryProjection: ReadModel = {
  name: 'summary',
  version: 8,
  tables: summaryTables,
  types: [...outcomeTypes.filter((type) => type !== 'SlaAtRisk'), ...endingTypes],
  async apply(events, tx) {
    const known = await load(events, tx);
    const before = new Map([...known].map(([run, row]) => [run, { ...row }]));
    for (const event of events) take(known, event);
    await upsert(tx, 'verdicts', ['customer', 'ticket', 'run'], [...known.values()]);
    await count(tx, before, known);
    // Whether a line was there for a while depends on how the events are cut into batches.
    await sql`DELETE FROM sla_summary WHERE met + met_late + breached + cancelled + withdrawn = 0`.execute(tx);
  },
};

async function load(events: readonly StoredEvent[], tx: Tx): Promise<Map<string, VerdictsTable>> {
  const owners = new Map(events.map(({ data }) => [(data as OutcomeData).ticket, (data as OutcomeData).customer]));
  const rows = new Map<string, VerdictsTable>();
  const found = tx
    .selectFrom('verdicts')
    .selectAll()
    .where(sql<boolean>`(ticket, customer) IN ${pairsAmong(owners)}`);
  for (const row of await found.execute()) rows.set(row.run, row);
  return rows;
}

const verdicts: Partial<Record<OutcomeType, 'met' | 'metLate' | 'breached' | 'cancelled'>> = {
  SlaMet: 'met',
  SlaMetLate: 'metLate',
  SlaBreached: 'breached',
  SlaClockCancelled: 'cancelled',
};

type Subject = Pick<VerdictsTable, 'customer' | 'ticket' | 'run' | 'metric'>;

/** A row that counts nothing yet. */
const uncounted = ({ customer, ticket, run, metric }: Subject, excluded: number): VerdictsTable => ({
  customer,
  ticket,
  run,
  plan: '',
  metric,
  month: '',
  verdict: 'open',
  withdrawals: 0,
  excluded,
  endings: null,
});

/** Of a ticket that ended, what is remembered for runs that facts recorded later bring to light. */
const endOf = (ticket: string) => `ended:${ticket}`;

type Ending = readonly [at: number, type: (typeof endingTypes)[number]];

const isEnding = (type: string): type is Ending[1] => (endingTypes as readonly string[]).includes(type);

/** Whether a ticket is cancelled, by what cancels, restores and merges it, in whatever order that was recorded. */
function end(rows: Map<string, VerdictsTable>, type: Ending[1], { data, metadata }: StoredEvent): void {
  const { ticket, customer } = data as OutcomeData;
  const run = endOf(ticket);
  const at = Math.min(metadata.occurredAt, metadata.recordedAt);
  const before = JSON.parse(rows.get(run)?.endings ?? '[]') as readonly Ending[];
  const endings = [...before, [at, type] as const].sort(([a], [b]) => a - b);
  const excluded = isCancelledBy(endings) ? 1 : 0;
  const row = uncounted({ customer, ticket, run, metric: '' }, excluded);
  rows.set(run, { ...row, endings: JSON.stringify(endings) });
  for (const other of rows.values()) if (other.ticket === ticket) other.excluded = excluded;
}

/** What has ended has no effect on what ends it otherwise; only a cancelling is taken back. */
function isCancelledBy(endings: readonly Ending[]): boolean {
  let ended: Ending[1] | undefined;
  for (const [, type] of endings) {
    if (type !== 'TicketRestored') ended ??= type;
    else if (ended === 'TicketCancelled') ended = undefined;
  }
  return ended === 'TicketCancelled';
}

function take(rows: Map<string, VerdictsTable>, event: StoredEvent): void {
  const outcome = event.data as OutcomeData;
  if (isEnding(event.type)) {
    end(rows, event.type, event);
    return;
  }
  const { run, ticket, terms } = outcome;
  const excluded = rows.get(endOf(ticket))?.excluded ?? 0;
  const verdict = verdicts[event.type as OutcomeType] ?? 'open';
  const known = rows.get(run);
  if (known === undefined && verdict === 'open') return; // most of what happens is no verdict on anything
  if (known !== undefined && event.type === 'SlaDeadlineMoved') {
    move(known, outcome);
    return;
  }
  const row = known ?? uncounted(outcome, excluded);
  row.plan = terms.plan.code; // a run may go on under another
  row.verdict = verdict;
  row.month = monthOf(verdict === 'metLate' ? (outcome.dueAt ?? outcome.at) : outcome.at, outcome.timeZone);
  if (event.type === 'SlaBreachWithdrawn') row.withdrawals += 1;
  rows.set(run, row);
}

/** A breach that stands on the same deadline under another plan counts there. */
function move(row: VerdictsTable, { terms, previousDueAt, timeZone }: OutcomeData): void {
  row.plan = terms.plan.code;
  if (row.verdict === 'breached' && previousDueAt !== null) row.month = monthOf(previousDueAt, timeZone);
}

const months = new Map<string, string>();

/** `YYYY-MM` of an instant in a zone. Months begin on quarters of an hour in every zone, so those are remembered. */
function monthOf(at: number, zone: string): string {
  const key = `${zone} ${Math.floor(at / 900_000)}`;
  let month = months.get(key);
  if (month === undefined) {
    if (months.size > 50_000) months.clear();
    month = DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM');
    months.set(key, month);
  }
  return month;
}

type Column = 'met' | 'met_late' | 'breached' | 'cancelled';

function columnOf({ verdict, excluded }: VerdictsTable): Column | undefined {
  if (verdict === 'open') return undefined;
  if (excluded === 1) return 'cancelled';
  return verdict === 'metLate' ? 'met_late' : (verdict as Column);
}

/** Adds to the summary what the rows say now, less what they said before. */
async function count(
  tx: Tx,
  before: ReadonlyMap<string, VerdictsTable>,
  now: ReadonlyMap<string, VerdictsTable>,
): Promise<void> {
  const changes = new Map<string, SummaryTable>();
  const add = (row: VerdictsTable | undefined, sign: 1 | -1) => {
    if (row === undefined || row.month === '') return;
    const { plan, metric, month } = row;
    const key = JSON.stringify([plan, metric, month]);
    const change = changes.get(key) ?? {
      plan,
      metric,
      month,
      met: 0,
      met_late: 0,
      breached: 0,
      cancelled: 0,
      withdrawn: 0,
    };
    const column = columnOf(row);
    if (column !== undefined) change[column] += sign;
    change.withdrawn += sign * row.withdrawals;
    changes.set(key, change);
  };
  for (const [run, row] of now) {
    add(before.get(run), -1);
    add(row, 1);
  }
  for (const change of changes.values()) {
    const { plan, metric, month } = change;
    const row = await tx
      .selectFrom('sla_summary')
      .selectAll()
      .where('plan', '=', plan)
      .where('metric', '=', metric)
      .where('month', '=', month)
      .executeTakeFirst();
    const sum = (column: Column | 'withdrawn') => (row?.[column] ?? 0) + change[column];
    await upsert(
      tx,
      'sla_summary',
      ['plan', 'metric', 'month'],
      [
        {
          ...{ plan, metric, month, met: sum('met'), met_late: sum('met_late'), breached: sum('breached') },
          ...{ cancelled: sum('cancelled'), withdrawn: sum('withdrawn') },
        },
      ],
    );
  }
}
