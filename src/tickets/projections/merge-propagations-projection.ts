import { type Tx } from '../../read-models/read-models.js';
import { among, upsert } from '../../read-models/rows.js';
import { type HandOversTable } from '../../read-models/schema.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { type Projection } from '../../event-sourcing/projection-processor.js';
import { type FactEvent } from '../domain/events.js';
import { factTypes } from '../domain/facts.js';

/**
 * What tickets that were merged or split have still to say to others: the state of the policy that does it. A merged
 * ticket says it again after every fact more, for a late one may show that it stood otherwise.
 */
export const mergePropagationsProjection: Projection<Tx> = {
  name: 'handOvers',
  version: 2,
  types: factTypes,
  async apply(events, tx) {
    const facts = events as readonly (StoredEvent & FactEvent)[];
    const rows = await load(facts, tx);
    const changed = new Set<HandOversTable>();
    for (const fact of facts) for (const row of take(rows, fact)) changed.add(row);
    await upsert(tx, 'hand_overs', ['ticket', 'target'], [...changed]);
  },
};

/** Rows by the ticket that has something to say. */
type Rows = Map<string, HandOversTable[]>;

async function load(facts: readonly FactEvent[], tx: Tx): Promise<Rows> {
  const rows: Rows = new Map();
  if ((await tx.selectFrom('hand_overs').select('ticket').limit(1).executeTakeFirst()) === undefined) return rows;
  const ids = new Set(facts.flatMap((fact) => [fact.data.ticket, saidBy(fact) ?? []].flat()));
  const found = await tx.selectFrom('hand_overs').selectAll().where('ticket', 'in', among(ids)).execute();
  for (const row of found) {
    const own = rows.get(row.ticket);
    if (own === undefined) rows.set(row.ticket, [row]);
    else own.push(row);
  }
  return rows;
}

/** The ticket that a fact was handed over by. */
const saidBy = ({ type, data }: FactEvent): string | undefined =>
  type === 'MergeReceived' ? data.from : type === 'TicketOpened' ? data.splitFrom : undefined;

/** The rows that a fact changes. */
function take(rows: Rows, fact: StoredEvent & FactEvent): readonly HandOversTable[] {
  const { type, data, revision } = fact;
  const { ticket } = data;
  const own = rows.get(ticket) ?? [];
  if (type === 'TicketMerged' || type === 'TicketSplit') {
    rows.set(ticket, own);
    const kind = type === 'TicketMerged' ? 'merge' : 'split';
    const row = own.find(({ target }) => target === data.into);
    if (row === undefined) own.push({ ticket, target: data.into, kind, revision, handed: -1, said: null });
    else if (row.kind !== kind) row.kind = row.handed < 0 ? 'splitAndMerge' : 'merge';
  }
  const said = type === 'MergeReceived' ? JSON.stringify([data.stands, data.unansweredSince]) : null;
  const told = (rows.get(saidBy(fact) ?? '') ?? []).filter(({ target }) => target === ticket);
  // Hearing the same again is no news to hand on: merged in a circle, tickets would talk for ever.
  const isNews = said === null || told.some((row) => row.said !== said);
  for (const row of isNews ? own : []) if (row.kind !== 'split') row.revision = revision;
  for (const row of told) {
    if (type === 'MergeReceived') row.handed = data.revision;
    else if (row.kind === 'split') row.handed = row.revision;
    else row.kind = 'merge'; // it is opened, and has still to hear of the merge
    row.said = said;
  }
  return [...own, ...told];
}
