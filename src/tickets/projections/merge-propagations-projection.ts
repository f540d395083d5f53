import { sql } from 'kysely';
import { type ReadModel, type Tx } from '../../read-models/read-model.js';
import { among, upsert } from '../../read-models/rows.js';
import { type Json } from '../../read-models/schema.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { groupBy } from '../../event-sourcing/group-by.js';
import { type Received } from '../domain/facts.js';
import { type FactEvent } from '../domain/ticket-event-types.js';
import { factTypes } from '../domain/facts.js';

/** What a merged or split ticket has to tell another. */
export interface MergePropagationsTable {
  ticket: string;
  target: string;
  /** `merge`, `split`, or `splitAndMerge`: merged into what was split off from it, before that was opened. */
  kind: string;
  /** In the ticket's stream, of the last fact that the other has to hear of. */
  revision: number;
  /** How far the other has been told; -1: of nothing yet. */
  told: number;
  /** What it was told last; null: nothing yet. */
  content: Json | null;
}

declare module '../../read-models/schema.js' {
  interface Schema {
    merge_propagations: MergePropagationsTable;
  }
}

/**
 * What tickets that were merged or split have still to say to others: the state of the policy that does it. A merged
 * ticket says it again after every fact more, for a late one may show that it stood otherwise.
 */
export const mergePropagationsProjection: ReadModel = {
  name: 'mergePropagations',
  version: 4,
  tables: {
    merge_propagations: {
      visible: 'none',
      create: [
        sql`CREATE TABLE merge_propagations (
          ticket TEXT NOT NULL, target TEXT NOT NULL, kind TEXT NOT NULL, revision INTEGER NOT NULL,
          told INTEGER NOT NULL, content TEXT, PRIMARY KEY (ticket, target)
        )`,
        sql`CREATE INDEX merge_propagations_due ON merge_propagations (ticket) WHERE told < revision`,
      ],
    },
  },
  types: factTypes,
  async apply(events, tx) {
    const facts = events as readonly (StoredEvent & FactEvent)[];
    const rows = await load(facts, tx);
    const changed = new Set<MergePropagationsTable>();
    for (const fact of facts) for (const row of take(rows, fact)) changed.add(row);
    await upsert(tx, 'merge_propagations', ['ticket', 'target'], [...changed]);
  },
};

/** Rows by the ticket that has something to say. */
type Rows = Map<string, MergePropagationsTable[]>;

async function load(facts: readonly FactEvent[], tx: Tx): Promise<Rows> {
  if ((await tx.selectFrom('merge_propagations').select('ticket').limit(1).executeTakeFirst()) === undefined)
    return new Map();
  const ids = new Set(facts.flatMap((fact) => [fact.data.ticket, tellerOf(fact) ?? []].flat()));
  const found = await tx.selectFrom('merge_propagations').selectAll().where('ticket', 'in', among(ids)).execute();
  return groupBy(found, ({ ticket }) => ticket);
}

/** The ticket that a fact tells of. */
const tellerOf = ({ type, data }: FactEvent): string | undefined =>
  type === 'MergeReceived' ? data.from : type === 'TicketOpened' ? data.splitFrom : undefined;

/** What a merge tells, for the same to be known again. */
const toldIn = ({ stands, unansweredSince, others, call }: Received): string =>
  JSON.stringify([stands, unansweredSince, others, ...(call === undefined ? [] : [call])]);

/** The rows that a fact changes. */
function take(rows: Rows, fact: StoredEvent & FactEvent): readonly MergePropagationsTable[] {
  const { type, data, revision } = fact;
  const { ticket } = data;
  const own = rows.get(ticket) ?? [];
  if (type === 'TicketMerged' || type === 'TicketSplit') {
    rows.set(ticket, own);
    const kind = type === 'TicketMerged' ? 'merge' : 'split';
    const row = own.find(({ target }) => target === data.into);
    if (row === undefined) own.push({ ticket, target: data.into, kind, revision, told: -1, content: null });
    else if (row.kind !== kind) row.kind = row.told < 0 ? 'splitAndMerge' : 'merge';
  }
  const content = type === 'MergeReceived' ? toldIn(data) : null;
  const told = (rows.get(tellerOf(fact) ?? '') ?? []).filter(({ target }) => target === ticket);
  // Hearing the same again is no news to pass on: merged in a circle, tickets would talk for ever.
  const isNews = content === null || told.some((row) => row.content !== content);
  for (const row of isNews ? own : []) if (row.kind !== 'split') row.revision = revision;
  for (const row of told) {
    if (type === 'MergeReceived') row.told = data.revision;
    else if (row.kind === 'split') row.told = row.revision;
    else row.kind = 'merge'; // it is opened, and has still to hear of the merge
    row.content = content;
  }
  return [...own, ...told];
}
