import { sql } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import { type Tx } from '../../read-models/read-model.js';
import { among, pairsAmong, upsert } from '../../read-models/rows.js';
import { type TicketsTable } from './ticket-tables.js';
import { type VersionRef } from '../../clocks/pinned-versions.js';
import { type TicketClock } from '../domain/ticket-clocks.js';
import { nextToEnd } from '../domain/ended-waits.js';
import { type FactNotice } from '../domain/notices.js';
import { type TicketState } from '../domain/ticket-state.js';
import { type Stop } from '../domain/stops.js';
import { stateFromJson, stateToJson } from '../domain/ticket-state-json.js';
import { noticesShown } from '../domain/ticket-view.js';
import { readClocks } from '../read-clocks.js';
import { keepFacts, type KeptFact, tellAnew } from './kept-facts.js';
import { queueOf } from './queue-of.js';
import { wordKey } from '../../parsing/word.js';

/** What a row says that no fact of the batch changes. */
type Known = Pick<TicketsTable, 'status' | 'import' | 'due_at' | 'queued'>;

export interface TicketRow {
  readonly id: string;
  readonly customer: string;
  /** Undefined for a new ticket. */
  readonly known: Known | undefined;
  /** Read only where the batch has a fact of it: most of what happens to a ticket is what becomes of its clocks. */
  state: TicketState | undefined;
  /** The last of its facts in order of occurrence. */
  lastAt: Instant;
  /** The first of its notices. */
  notices: readonly FactNotice[];
  /** The facts of the batch. */
  readonly added: KeptFact[];
  /** What the batch changed of its stops, by {@link keyOf}; all of them once it is told anew. */
  stops: Map<string, Stop>;
  /** A fact has come that occurred before others: the ticket is to be told anew. */
  isLate: boolean;
  /** Those of the batch, and the last ones. */
  readonly clocks: Map<string, TicketClock>;
}

/** What tells a stop of a ticket from its others. */
export const keyOf = ({ kind, from }: Stop): string => `${kind} ${from}`;

/** A ticket of which nothing is known yet. */
export const newRow = (id: string, customer: string, known?: Known): TicketRow => ({
  id,
  customer,
  known,
  state: undefined,
  lastAt: -Infinity,
  notices: [],
  added: [],
  stops: new Map(),
  isLate: false,
  clocks: new Map(),
});

/** The rows of some tickets; of those that facts came of, how they stand. */
export async function loadRows(
  tx: Tx,
  ids: ReadonlySet<string>,
  changed: ReadonlySet<string>,
): Promise<Map<string, TicketRow>> {
  const rows = new Map<string, TicketRow>();
  const found = tx
    .selectFrom('tickets')
    .select(['id', 'customer', 'status', 'import', 'due_at', 'queued'])
    .where('id', 'in', among(ids));
  for (const { id, customer, ...known } of await found.execute()) rows.set(id, newRow(id, customer, known));
  const standing = tx
    .selectFrom('tickets')
    .select(['id', 'state', 'last_at', 'notices'])
    .where('id', 'in', among(changed));
  for (const { id, state, last_at: lastAt, notices } of await standing.execute()) {
    const row = rows.get(id);
    if (row === undefined) continue;
    Object.assign(row, { state: stateFromJson(state), lastAt, notices: JSON.parse(notices) as FactNotice[] });
  }
  for (const [id, clocks] of await readClocks(tx, [...rows.keys()]))
    for (const clock of clocks) rows.get(id)?.clocks.set(clock.run, clock);
  return rows;
}

export async function saveRows(tx: Tx, tickets: ReadonlyMap<string, TicketRow>): Promise<void> {
  await keepFacts(tx, new Map([...tickets].map(([id, { added }]) => [id, added])));
  for (const row of tickets.values()) if (row.isLate) await putAnew(row, tx);
  await saveStops(tx, tickets.values());
  const rows = [...tickets.values()];
  const rankOf = await ranks(
    tx,
    rows.flatMap(({ state }) => state?.terms.plan ?? []),
  );
  await upsert(
    tx,
    'tickets',
    ['id'],
    rows.flatMap((row) => toRow(row, rankOf)),
  );
  await updateQueue(rows, tx);
}

async function putAnew(row: TicketRow, tx: Tx): Promise<void> {
  const { stops, ...told } = await tellAnew(tx, row.id);
  Object.assign(row, told, { stops: new Map(stops.map((stop) => [keyOf(stop), stop])) });
  await tx.deleteFrom('stops').where('ticket', '=', row.id).execute();
}

async function saveStops(tx: Tx, rows: Iterable<TicketRow>): Promise<void> {
  const stops = [...rows].flatMap(({ id: ticket, stops }) =>
    [...stops.values()].map(({ kind, from, to }) => ({ ticket, kind, from_at: from, to_at: to })),
  );
  await upsert(tx, 'stops', ['ticket', 'kind', 'from_at'], stops);
}

type RankOf = (ref: VersionRef) => number;

/** How versions of plans rank. */
async function ranks(tx: Tx, refs: readonly VersionRef[]): Promise<RankOf> {
  const keyOf = ({ code, version }: VersionRef) => JSON.stringify([code, version]);
  const wanted = new Map(refs.map((ref) => [keyOf(ref), [ref.code, ref.version] as const]));
  const found = tx
    .selectFrom('plans')
    .selectAll()
    .where(sql<boolean>`(code, version) IN ${pairsAmong(wanted.values())}`);
  const known = new Map((await found.execute()).map((row) => [keyOf(row), row.rank]));
  return (ref) => known.get(keyOf(ref)) ?? 0;
}

/** Tickets of which no fact was heard, where what became of their clocks changes their place in the queue. */
async function updateQueue(tickets: readonly TicketRow[], tx: Tx): Promise<void> {
  const moved = tickets.flatMap(({ id, known, state, clocks }) => {
    if (known === undefined || state !== undefined) return [];
    const { due_at: due, queued } = queueOf(known.status, clocks.values());
    return due === known.due_at && queued === known.queued ? [] : [{ id, due, queued }];
  });
  if (moved.length === 0) return;
  await sql`
    UPDATE tickets SET due_at = moved.value ->> 'due', queued = moved.value ->> 'queued'
    FROM json_each(${JSON.stringify(moved)}) moved WHERE tickets.id = moved.value ->> 'id'`.execute(tx);
}

function toRow({ id, customer, state, lastAt, notices, clocks }: TicketRow, rankOf: RankOf): TicketsTable[] {
  if (state === undefined) return [];
  const { reference, status, type, channel, priority, subject, assignee, team } = state;
  return [
    {
      id,
      reference,
      customer,
      status,
      type: wordKey(type),
      channel: wordKey(channel),
      priority: wordKey(priority),
      text: `${subject}\n${reference}`.toLowerCase(),
      guarantee: state.guarantee.kind,
      plan: state.terms.plan.code,
      assignee,
      team,
      import: state.import?.id ?? null,
      opened_at: state.openedAt,
      place: -rankOf(state.terms.plan),
      ...queueOf(status, clocks.values()),
      wakes_at: nextToEnd(state)?.until ?? null,
      last_at: lastAt,
      notices: JSON.stringify(notices.slice(0, noticesShown)),
      state: stateToJson(state),
    },
  ];
}
