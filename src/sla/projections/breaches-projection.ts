import { type Tx } from '../../database/read-models.js';
import { chunks, upsert } from '../../database/rows.js';
import { type BreachesTable } from '../../database/schema.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { type Projection } from '../../event-sourcing/projector.js';
import { type OutcomeData } from '../domain/outcome.js';

/** Every breach that was recorded, with what became of it. */
export const breachesProjection: Projection<Tx> = {
  name: 'breaches',
  version: 1,
  types: ['SlaBreached', 'SlaBreachWithdrawn', 'SlaMetLate'],
  async apply(events, tx) {
    const rows = await load(events, tx);
    for (const event of events) take(rows, event);
    await upsert(tx, 'breaches', ['id'], [...rows.values()]);
  },
};

async function load(events: readonly StoredEvent[], tx: Tx): Promise<Map<string, BreachesTable>> {
  const runs = [...new Set(events.map(({ data }) => (data as OutcomeData).run))];
  const rows = new Map<string, BreachesTable>();
  for (const part of chunks(runs, 1)) {
    const found = await tx.selectFrom('breaches').selectAll().where('run', 'in', part).execute();
    for (const row of found) rows.set(row.id, row);
  }
  return rows;
}

function take(rows: Map<string, BreachesTable>, event: StoredEvent): void {
  const said = event.data as OutcomeData;
  if (event.type === 'SlaBreached') {
    rows.set(event.id, breach(event.id, said, event.metadata.recordedAt));
    return;
  }
  const standing = [...rows.values()].find((row) => row.run === said.run && row.withdrawn_at === null);
  if (standing === undefined) return;
  if (event.type === 'SlaMetLate') standing.answered_at = said.at;
  else {
    standing.withdrawn_at = event.metadata.recordedAt;
    standing.withdrawn_because = said.reason;
  }
}

function breach(id: string, said: OutcomeData, detectedAt: number): BreachesTable {
  const { run, layout, metric, ticket, reference, subject, customer, type, priority, assignee, team, at } = said;
  return {
    ...{ id, run, layout, metric, ticket, reference, subject, customer, type, priority, assignee, team },
    ...{ plan: said.terms.plan.code, time_zone: said.timeZone, due_at: at, detected_at: detectedAt },
    ...{ withdrawn_at: null, withdrawn_because: null, answered_at: null, historic: said.historic ? 1 : 0 },
  };
}
