import { sql } from 'kysely';
import { type ReadModel, type Tx } from '../../read-models/read-model.js';
import { pairsAmong, upsert } from '../../read-models/rows.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { type ImportFinished, type ImportStarted } from '../domain/import-events.js';
import { type PlanEvent } from '../../catalogue/domain/catalogue-events.js';
import { type Plan } from '../../catalogue/domain/plan.js';
import { isSameVersion } from '../../clocks/pinned-versions.js';
import { type TicketClock } from '../domain/ticket-clocks.js';
import { type OutcomeType, outcomeTypes } from '../../clocks/outcome.js';
import { type OutcomeData } from '../domain/ticket-clocks.js';
import { clockAfter, nextOf } from '../../clocks/recorded-clock.js';
import { type FactEvent } from '../domain/ticket-event-types.js';
import { factOf } from '../domain/fact-of.js';
import { factTypes } from '../domain/facts.js';
import { judgementIn } from '../domain/judge-again.js';
import { noticesOn, type PlanOf } from '../domain/notices.js';
import { stopsChanged } from '../domain/stops.js';
import { after } from '../domain/ticket-state.js';
import { noticesShown } from '../domain/ticket-view.js';
import { compact, isIdle } from './kept-facts.js';
import { plansOf } from './plans-of.js';
import { type ClocksTable, type ImportsTable, type PlansTable, ticketTables } from './ticket-tables.js';
import { keyOf, loadRows, newRow, saveRows, type TicketRow } from './ticket-rows.js';

type PlanVersion = Extract<PlanEvent, { type: 'PlanDefined' | 'PlanRevised' }>;
type ImportEvent = ImportStarted | ImportFinished;

/** Tickets, their clocks, the imports that brought them, and how the versions of plans rank that they are sorted by. */
export const ticketsProjection: ReadModel = {
  name: 'tickets',
  version: 9,
  tables: ticketTables,
  types: [...factTypes, ...outcomeTypes, 'ImportStarted', 'ImportFinished', 'PlanDefined', 'PlanRevised'],
  async apply(events, tx) {
    const batch = await load(events, tx);
    for (const event of events) take(batch, event);
    await save(batch, tx);
  },
};

interface Batch {
  readonly tickets: Map<string, TicketRow>;
  readonly clocks: Map<string, { readonly ticket: string; readonly clock: TicketClock }>;
  readonly imports: Map<string, ImportsTable>;
  readonly plans: PlansTable[];
  /** Those that the batch's waits began under. */
  readonly planOf: PlanOf;
}

const outcomes: ReadonlySet<string> = new Set(outcomeTypes);

/** The rows that a batch touches. */
async function load(events: readonly StoredEvent[], tx: Tx): Promise<Batch> {
  const ids = new Set<string>();
  const changed = new Set<string>();
  const runs: [ticket: string, run: string][] = [];
  for (const { type, data } of events) {
    const { ticket, run } = data as { readonly ticket?: string; readonly run?: string };
    if (ticket === undefined) continue;
    ids.add(ticket);
    if (!outcomes.has(type)) changed.add(ticket);
    else if (run !== undefined) runs.push([ticket, run]);
  }
  const tickets = await loadRows(tx, ids, changed);
  const others = runs.filter(([ticket, run]) => tickets.get(ticket)?.clocks.has(run) === false);
  const found = tx
    .selectFrom('clocks')
    .select(['run', 'ticket', 'clock'])
    .where(sql<boolean>`(ticket, run) IN ${pairsAmong(others)}`);
  for (const { run, ticket, clock } of await found.execute())
    tickets.get(ticket)?.clocks.set(run, JSON.parse(clock) as TicketClock);
  const plans: PlansTable[] = [];
  const waits = events.filter(({ type }) => type === 'TicketPaused') as readonly (StoredEvent & FactEvent)[];
  const known = await plansOf(
    tx,
    waits.map(({ data }) => data.terms.plan),
  );
  const planOf: PlanOf = (ref) => {
    const row = plans.find((plan) => isSameVersion(plan, ref));
    return row === undefined ? known(ref) : (JSON.parse(row.plan) as Plan);
  };
  return { tickets, clocks: new Map(), imports: new Map(), plans, planOf };
}

function take({ tickets, clocks, imports, plans, planOf }: Batch, event: StoredEvent): void {
  if (event.type === 'ImportStarted' || event.type === 'ImportFinished') {
    const { import: id } = (event as ImportEvent).data;
    const source = event.metadata.source ?? '';
    imports.set(id, { id, source, unfinished: event.type === 'ImportStarted' ? 1 : 0 });
  } else if (event.type === 'PlanDefined' || event.type === 'PlanRevised') {
    const { data } = event as StoredEvent & PlanVersion;
    const { code, version, rank } = data;
    plans.push({ code, version, rank, plan: JSON.stringify(data) });
  } else if (outcomes.has(event.type)) {
    const outcome = event.data as OutcomeData;
    const ticket = tickets.get(outcome.ticket);
    if (ticket === undefined) throw new Error(`an outcome of ticket ${outcome.ticket}, which was never opened`);
    const clock = clockAfter(ticket.clocks.get(outcome.run), event.type as OutcomeType, outcome);
    ticket.clocks.set(outcome.run, clock);
    clocks.set(outcome.run, { ticket: outcome.ticket, clock });
  } else {
    takeFact(tickets, event as StoredEvent & FactEvent, planOf);
  }
}

function takeFact(tickets: Batch['tickets'], event: StoredEvent & FactEvent, planOf: PlanOf): void {
  const { ticket: id, customer } = event.data;
  const row = tickets.get(id) ?? newRow(id, customer);
  tickets.set(id, row);
  const fact = compact(factOf(event, event.revision, row.state?.openedAt));
  if (isIdle(fact)) return;
  // What comes late changes what the facts after it mean, a split what its message means, and a judgement all before it:
  // they are told anew, together, when the batch is saved.
  row.isLate ||= fact.at < row.lastAt || fact.type === 'TicketSplit' || judgementIn(fact) !== undefined;
  const notices = row.isLate ? [] : noticesOn(row.state, fact, planOf);
  row.added.push({ fact, notices });
  if (row.isLate) return;
  const before = row.state;
  row.state = after(before, fact);
  for (const stop of stopsChanged(before, row.state, fact.at)) row.stops.set(keyOf(stop), stop);
  row.lastAt = fact.at;
  if (notices.length > 0 && row.notices.length < noticesShown)
    row.notices = [...row.notices, ...notices.map((code) => ({ fact: fact.id, code }))];
}

async function save({ tickets, clocks, imports, plans }: Batch, tx: Tx): Promise<void> {
  await upsert(tx, 'plans', ['code', 'version'], plans);
  await upsert(tx, 'imports', ['id'], [...imports.values()]);
  await holdOrRelease([...imports.values()], tx);
  const unfinished = await tx.selectFrom('imports').select('id').where('unfinished', '=', 1).execute();
  const held: ReadonlySet<string | null> = new Set(unfinished.map(({ id }) => id));
  await saveRows(tx, tickets);
  const importOf = (ticket: string) => {
    const row = tickets.get(ticket);
    return row?.known?.import ?? row?.state?.import?.id ?? null;
  };
  const clockRows = [...clocks].map(([run, { ticket, clock }]): ClocksTable => {
    const by = importOf(ticket);
    const next = nextOf(clock);
    const [next_at, held_at] = held.has(by) ? [null, next] : [next, null];
    const { metric, startedAt } = clock;
    const json = JSON.stringify(clock);
    return { ticket, run, metric, started_at: startedAt, clock: json, import: by, next_at, held_at };
  });
  await upsert(tx, 'clocks', ['ticket', 'run'], clockRows);
}

/** Deadlines that were brought by imports: watched once these are finished, and not while they are taken up again. */
async function holdOrRelease(imports: readonly ImportsTable[], tx: Tx): Promise<void> {
  for (const { id, unfinished } of imports) {
    const change =
      unfinished === 1
        ? sql`UPDATE clocks SET held_at = next_at, next_at = NULL WHERE import = ${id} AND next_at IS NOT NULL`
        : sql`UPDATE clocks SET next_at = held_at, held_at = NULL WHERE import = ${id} AND held_at IS NOT NULL`;
    await change.execute(tx);
  }
}
