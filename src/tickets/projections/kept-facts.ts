import { sql } from 'kysely';
import { type Tx } from '../../read-models/read-model.js';
import { pairsAmong, upsert } from '../../read-models/rows.js';
import { groupBy } from '../../event-sourcing/group-by.js';
import { plansOf } from './plans-of.js';
import { type FactsTable } from './ticket-tables.js';
import { type Fact } from '../domain/facts.js';
import { heedJudgements } from '../domain/judge-again.js';
import { type FactNotice, type FactNoticeCode, noticesOn } from '../domain/notices.js';
import { heedSplits } from '../domain/split-off.js';
import { type Stop, stopsChanged } from '../domain/stops.js';
import { after, type TicketState } from '../domain/ticket-state.js';

/** So many events of a ticket have their facts in one row: a fact more makes no more than that be written again. */
const eventsInPart = 128;

export const partOf = (revision: number): number => Math.floor(revision / eventsInPart);

/** A fact of a batch, and what a reader should know of it. */
export interface KeptFact {
  readonly fact: Fact;
  readonly notices: readonly FactNoticeCode[];
}

/** Whether a ticket's state, and what readers should know, is the same without a fact, wherever it stands. */
export const isIdle = ({ type, clamped }: Fact): boolean => type === 'InternalNoteAdded' && clamped === undefined;

/** A fact as it is kept: what the ticket's state and its notices follow from, and no more. Few facts need their terms. */
export function compact(fact: Fact): Fact {
  const {
    ticket: _ticket,
    customer: _customer,
    terms: _terms,
    text: _text,
    ...data
  } = fact.data as Record<string, unknown>;
  const { id, type, at, clamped, isSplitOff, order, actor, terms } = fact;
  const kept = {
    id,
    type,
    at,
    clamped,
    isSplitOff,
    order,
    actor: { kind: actor.kind },
    data,
    ...(withTerms.has(type) ? { terms } : {}),
  };
  return kept as unknown as Fact;
}

const withTerms: ReadonlySet<Fact['type']> = new Set(['TicketOpened', 'PlanReapplied', 'TicketPaused']);

/** Puts facts at the end of those that are kept of their tickets. */
export async function keepFacts(tx: Tx, added: ReadonlyMap<string, readonly KeptFact[]>): Promise<void> {
  const rows = new Map<string, FactsTable>();
  for (const [ticket, kept] of added) {
    for (const { fact, notices } of kept) {
      const part = partOf(fact.order);
      const key = `${part} ${ticket}`;
      const row = rows.get(key) ?? { ticket, part, facts: '', notices: '' };
      row.facts = joined(row.facts, JSON.stringify(fact));
      for (const code of notices) row.notices = joined(row.notices, noted(fact, code));
      rows.set(key, row);
    }
  }
  const keys = [...rows.values()].map(({ ticket, part }) => [ticket, part] as const);
  const known = tx
    .selectFrom('facts')
    .selectAll()
    .where(sql<boolean>`(ticket, part) IN ${pairsAmong(keys)}`);
  for (const before of await known.execute()) {
    const row = rows.get(`${before.part} ${before.ticket}`);
    if (row === undefined) continue;
    row.facts = joined(before.facts, row.facts);
    row.notices = joined(before.notices, row.notices);
  }
  await upsert(tx, 'facts', ['ticket', 'part'], [...rows.values()]);
}

/** What a ticket's facts come to. */
export interface FactTold {
  readonly state: TicketState | undefined;
  /** The last of them in order of occurrence. */
  readonly lastAt: number;
  /** In order of occurrence. */
  readonly notices: readonly FactNotice[];
  /** In order; of one that is there twice, the last counts. */
  readonly stops: readonly Stop[];
}

/** Tells a ticket anew from all its facts: one has come that occurred before others. What was noticed may be so no more. */
export async function tellAnew(tx: Tx, ticket: string): Promise<FactTold> {
  const rows = await tx.selectFrom('facts').selectAll().where('ticket', '=', ticket).orderBy('part').execute();
  const facts = rows.flatMap((row) => JSON.parse(`[${row.facts}]`) as Fact[]);
  const inOrder = heedSplits(heedJudgements(facts.toSorted((a, b) => a.at - b.at || a.order - b.order)));
  const waits = inOrder.filter(({ type }) => type === 'TicketPaused');
  const planOf = await plansOf(
    tx,
    waits.map(({ terms }) => terms.plan),
  );
  const notices: FactNotice[] = [];
  const byPart = new Map(rows.map(({ part }): [number, string[]] => [part, []]));
  const stops: Stop[] = [];
  let state: TicketState | undefined;
  for (const fact of inOrder) {
    for (const code of noticesOn(state, fact, planOf)) notices.push({ fact: fact.id, code });
    const before = state;
    state = after(before, fact);
    stops.push(...stopsChanged(before, state, fact.at));
  }
  const byFact = groupBy(notices, ({ fact }) => fact);
  for (const fact of facts)
    for (const { code } of byFact.get(fact.id) ?? []) byPart.get(partOf(fact.order))?.push(noted(fact, code));
  const changed = rows
    .map((row) => ({ ...row, notices: (byPart.get(row.part) ?? []).join(',') }))
    .filter((row, i) => row.notices !== rows[i]?.notices);
  await upsert(tx, 'facts', ['ticket', 'part'], changed);
  return { state, lastAt: inOrder.at(-1)?.at ?? -Infinity, notices, stops };
}

const noted = ({ order }: Fact, code: FactNoticeCode) => JSON.stringify([order, code]);

/** Lists without their brackets, one behind the other. */
const joined = (a: string, b: string) => (a === '' || b === '' ? a + b : `${a},${b}`);
