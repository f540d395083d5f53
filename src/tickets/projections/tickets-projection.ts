import { sql } from 'kysely';
import { among, upsert } from '../../database/rows.js';
import { type Tx } from '../../database/read-models.js';
import { type ClocksTable, type ImportsTable, type TicketsTable } from '../../database/schema.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { type Projection } from '../../event-sourcing/projector.js';
import { type ImportFinished, type ImportStarted } from '../../imports/events.js';
import { type Clock } from '../../sla/domain/clock.js';
import { type OutcomeData, type OutcomeType, outcomeTypes } from '../../sla/domain/outcome.js';
import { clockAfter, nextOf } from '../../sla/domain/recorded-clock.js';
import { type FactEvent } from '../domain/events.js';
import { factOf } from '../domain/fact-of.js';
import { type Fact, factTypes } from '../domain/facts.js';
import { after, insert, type Life, lifeAt } from '../domain/life.js';
import { queueOf } from './queue-of.js';

/** Tickets, their clocks, and the imports that brought them. */
export const ticketsProjection: Projection<Tx> = {
  name: 'tickets',
  version: 3,
  types: [...factTypes, ...outcomeTypes, 'ImportStarted', 'ImportFinished'],
  async apply(events, tx) {
    const batch = await load(events, tx);
    for (const event of events) take(batch, event);
    await save(batch, tx);
  },
};

/** What a row says that no fact of the batch changes. */
type Known = Pick<TicketsTable, 'status' | 'import' | 'due_at' | 'queued'>;

interface TicketRow {
  readonly id: string;
  readonly customer: string;
  /** Undefined for a new ticket. */
  readonly known: Known | undefined;
  /** Read only where the batch has a fact of it: most of what happens to a ticket is what becomes of its clocks. */
  facts: readonly Fact[];
  life: Life | undefined;
  readonly clocks: Map<string, Clock>;
}

interface Batch {
  readonly tickets: Map<string, TicketRow>;
  readonly clocks: Map<string, { readonly ticket: string; readonly clock: Clock }>;
  readonly imports: Map<string, ImportsTable>;
}

const outcomes: ReadonlySet<string> = new Set(outcomeTypes);

/** The rows that a batch touches. */
async function load(events: readonly StoredEvent[], tx: Tx): Promise<Batch> {
  const ids = new Set<string>();
  const changed = new Set<string>();
  for (const { type, data } of events) {
    const { ticket } = data as { readonly ticket?: string };
    if (ticket === undefined) continue;
    ids.add(ticket);
    if (!outcomes.has(type)) changed.add(ticket);
  }
  const tickets = new Map<string, TicketRow>();
  const rows = await tx
    .selectFrom('tickets')
    .select(['id', 'customer', 'status', 'import', 'due_at', 'queued'])
    .where('id', 'in', among(ids))
    .execute();
  for (const { id, customer, ...known } of rows)
    tickets.set(id, { id, customer, known, facts: [], life: undefined, clocks: new Map() });
  const withFacts = tx.selectFrom('tickets').select(['id', 'facts']).where('id', 'in', among(changed));
  for (const { id, facts } of await withFacts.execute()) {
    const row = tickets.get(id);
    if (row === undefined) continue;
    row.facts = JSON.parse(facts) as Fact[];
    row.life = lifeAt(row.facts, Infinity);
  }
  const clocks = await tx
    .selectFrom('clocks')
    .select(['run', 'ticket', 'clock'])
    .where('ticket', 'in', among(tickets.keys()))
    .execute();
  for (const { run, ticket, clock } of clocks) tickets.get(ticket)?.clocks.set(run, JSON.parse(clock) as Clock);
  return { tickets, clocks: new Map(), imports: new Map() };
}

function take({ tickets, clocks, imports }: Batch, event: StoredEvent): void {
  if (event.type === 'ImportStarted' || event.type === 'ImportFinished') {
    const { import: id } = (event as ImportStarted | ImportFinished).data;
    const source = event.metadata.source ?? '';
    imports.set(id, { id, source, unfinished: event.type === 'ImportStarted' ? 1 : 0 });
  } else if (outcomes.has(event.type)) {
    const said = event.data as OutcomeData;
    const ticket = tickets.get(said.ticket);
    if (ticket === undefined) throw new Error(`an outcome of ticket ${said.ticket}, which was never opened`);
    const clock = clockAfter(ticket.clocks.get(said.run), event.type as OutcomeType, said);
    ticket.clocks.set(said.run, clock);
    clocks.set(said.run, { ticket: said.ticket, clock });
  } else {
    takeFact(tickets, event as StoredEvent & FactEvent);
  }
}

function takeFact(tickets: Batch['tickets'], event: StoredEvent & FactEvent): void {
  const { ticket: id, customer } = event.data;
  const unknown = { known: undefined, facts: [], life: undefined, clocks: new Map<string, Clock>() };
  const row = tickets.get(id) ?? { id, customer, ...unknown };
  tickets.set(id, row);
  const fact = compact(factOf(event, event.revision, row.life?.openedAt));
  const last = row.facts.at(-1);
  row.facts = insert(row.facts, fact);
  row.life = last === undefined || last.at <= fact.at ? after(row.life, fact) : lifeAt(row.facts, Infinity);
}

/** A fact as the row keeps it: what the ticket's life follows from, and no more. Few facts set the ticket's terms. */
function compact(fact: Fact): Fact {
  const {
    ticket: _ticket,
    customer: _customer,
    terms: _terms,
    text: _text,
    ...data
  } = fact.data as Record<string, unknown>;
  const { id, type, at, clamped, order, actor, terms } = fact;
  const kept = {
    id,
    type,
    at,
    clamped,
    order,
    actor: { kind: actor.kind },
    data,
    ...(type === 'TicketOpened' || type === 'PlanReapplied' ? { terms } : {}),
  };
  return kept as unknown as Fact;
}

async function save({ tickets, clocks, imports }: Batch, tx: Tx): Promise<void> {
  await upsert(tx, 'imports', ['id'], [...imports.values()]);
  await holdOrRelease([...imports.values()], tx);
  const unfinished = await tx.selectFrom('imports').select('id').where('unfinished', '=', 1).execute();
  const held: ReadonlySet<string | null> = new Set(unfinished.map(({ id }) => id));
  await upsert(tx, 'tickets', ['id'], [...tickets.values()].flatMap(toRow));
  await updateQueue([...tickets.values()], tx);
  const importOf = (ticket: string) => {
    const row = tickets.get(ticket);
    return row?.known?.import ?? row?.life?.import?.id ?? null;
  };
  const clockRows = [...clocks].map(([run, { ticket, clock }]): ClocksTable => {
    const by = importOf(ticket);
    const next = nextOf(clock);
    const [next_at, held_at] = held.has(by) ? [null, next] : [next, null];
    return { ticket, run, metric: clock.metric, clock: JSON.stringify(clock), import: by, next_at, held_at };
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

/** Tickets of which no fact was heard, where what became of their clocks changes their place in the queue. */
async function updateQueue(tickets: readonly TicketRow[], tx: Tx): Promise<void> {
  const moved = tickets.flatMap(({ id, known, life, clocks }) => {
    if (known === undefined || life !== undefined) return [];
    const { due_at: due, queued } = queueOf(known.status, clocks.values());
    return due === known.due_at && queued === known.queued ? [] : [{ id, due, queued }];
  });
  if (moved.length === 0) return;
  await sql`
    UPDATE tickets SET due_at = moved.value ->> 'due', queued = moved.value ->> 'queued'
    FROM json_each(${JSON.stringify(moved)}) moved WHERE tickets.id = moved.value ->> 'id'`.execute(tx);
}

function toRow({ id, customer, facts, life, clocks }: TicketRow): TicketsTable[] {
  if (life === undefined) return [];
  const { reference, status, type, channel, priority, subject, assignee, team } = life;
  return [
    {
      id,
      reference,
      customer,
      facts: JSON.stringify(facts),
      status,
      type,
      channel,
      priority,
      subject,
      guarantee: life.guarantee.kind,
      plan: life.terms.plan.code,
      plan_version: life.terms.plan.version,
      assignee,
      team,
      import: life.import?.id ?? null,
      opened_at: life.openedAt,
      ...queueOf(status, clocks.values()),
    },
  ];
}
