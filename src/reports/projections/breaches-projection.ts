import { sql } from 'kysely';
import { ofCustomer, type ReadModel, type Tx } from '../../read-models/read-model.js';
import { among, upsert } from '../../read-models/rows.js';
import { type Flag, type InstantColumn } from '../../read-models/schema.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { wordKey } from '../../parsing/word.js';
import { type OutcomeData } from '../../tickets/domain/ticket-clocks.js';

/** A breach, one row each time one was recorded. */
export interface BreachesTable {
  run: string;
  id: string;
  layout: number;
  metric: string;
  ticket: string;
  reference: string;
  subject: string;
  customer: string;
  plan: string;
  type: string;
  priority: string;
  assignee: string | null;
  team: string | null;
  /** Null in breaches from before events had it. */
  channel: string | null;
  /** The three by {@link wordKey}, for filters. */
  type_key: string;
  priority_key: string;
  channel_key: string | null;
  time_zone: string;
  due_at: InstantColumn;
  detected_at: InstantColumn;
  withdrawn_at: InstantColumn | null;
  withdrawn_because: string | null;
  answered_at: InstantColumn | null;
  historic: Flag;
}

declare module '../../read-models/schema.js' {
  interface Schema {
    breaches: BreachesTable;
  }
}

/** Every breach that was recorded, with what became of it. */
export const breachesProjection: ReadModel = {
  name: 'breaches',
  version: 5,
  tables: {
    breaches: {
      visible: ofCustomer,
      create: [
        sql`CREATE TABLE breaches (
          run TEXT NOT NULL, id TEXT NOT NULL, layout INTEGER NOT NULL, metric TEXT NOT NULL, ticket TEXT NOT NULL,
          reference TEXT NOT NULL, subject TEXT NOT NULL, customer TEXT NOT NULL, plan TEXT NOT NULL, type TEXT NOT NULL,
          priority TEXT NOT NULL, assignee TEXT, team TEXT, channel TEXT, type_key TEXT NOT NULL, priority_key TEXT NOT NULL,
          channel_key TEXT, time_zone TEXT NOT NULL,
          due_at INTEGER NOT NULL, detected_at INTEGER NOT NULL, withdrawn_at INTEGER, withdrawn_because TEXT, answered_at INTEGER,
          historic INTEGER NOT NULL, PRIMARY KEY (run, id)
        )`,
        sql`CREATE INDEX breaches_due ON breaches (due_at, id)`,
      ],
    },
  },
  types: ['SlaBreached', 'SlaBreachWithdrawn', 'SlaMetLate'],
  async apply(events, tx) {
    const runs = await load(events, tx);
    for (const event of events) take(runs, event);
    await upsert(tx, 'breaches', ['run', 'id'], [...runs.values()].flat());
  },
};

/** The breaches of each run that the events are about, in the order in which they were recorded. */
type Runs = Map<string, BreachesTable[]>;

async function load(events: readonly StoredEvent[], tx: Tx): Promise<Runs> {
  const runs: Runs = new Map(events.map(({ data }) => [(data as OutcomeData).run, []]));
  const known = tx.selectFrom('breaches').selectAll().where('run', 'in', among(runs.keys()));
  for (const row of await known.orderBy('layout').execute()) runs.get(row.run)?.push(row);
  return runs;
}

function take(runs: Runs, event: StoredEvent): void {
  const outcome = event.data as OutcomeData;
  const own = runs.get(outcome.run) ?? [];
  const standing = own.find((row) => row.withdrawn_at === null);
  if (event.type === 'SlaBreached') {
    // Said again of a run that turned out not to be answered, it is the breach that stands.
    if (standing === undefined) own.push(breach(event.id, outcome, event.metadata.recordedAt));
    else standing.answered_at = null;
    return;
  }
  if (standing === undefined) return;
  if (event.type === 'SlaMetLate') standing.answered_at = outcome.at;
  else {
    standing.withdrawn_at = event.metadata.recordedAt;
    standing.withdrawn_because = outcome.reason;
  }
}

function breach(id: string, outcome: OutcomeData, detectedAt: number): BreachesTable {
  const {
    run,
    layout,
    metric,
    ticket,
    reference,
    subject,
    customer,
    type,
    priority,
    assignee,
    team,
    channel = null,
    at,
  } = outcome;
  return {
    run,
    id,
    layout,
    metric,
    ticket,
    reference,
    subject,
    customer,
    plan: outcome.terms.plan.code,
    type,
    priority,
    assignee,
    team,
    channel,
    type_key: wordKey(type),
    priority_key: wordKey(priority),
    channel_key: channel === null ? null : wordKey(channel),
    time_zone: outcome.timeZone,
    due_at: at,
    detected_at: detectedAt,
    withdrawn_at: null,
    withdrawn_because: null,
    answered_at: null,
    historic: outcome.historic ? 1 : 0,
  };
}
