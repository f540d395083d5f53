import { sql } from 'kysely';
import { type Tables } from '../../read-models/read-model.js';
import { type Flag, type InstantColumn, type Json } from '../../read-models/schema.js';

/** What a ticket and its clocks are under: of each plan and calendar the oldest version. */
export interface TicketsByVersionTable {
  ticket: string;
  versions: Json;
  /** Whether it is open, by the last word on it in order of occurrence; and when that was. */
  open: Flag;
  status_at: InstantColumn;
  /** When somebody last chose its versions: older revisions do not touch what starts afterwards. */
  chosen_at: InstantColumn | null;
}

/** A revision that applies to open tickets, and when it comes into force. */
export interface RevisionsTable {
  kind: string;
  code: string;
  version: number;
  at: InstantColumn;
}

/** A revision that a ticket is still to be recalculated under. */
export interface RecalculationsTable extends RevisionsTable {
  ticket: string;
}

declare module '../../read-models/schema.js' {
  interface Schema {
    tickets_by_version: TicketsByVersionTable;
    revisions: RevisionsTable;
    recalculations: RecalculationsTable;
  }
}

export const recalculationTables: Tables = {
  tickets_by_version: {
    visible: 'none',
    create: [
      sql`CREATE TABLE tickets_by_version (
        ticket TEXT PRIMARY KEY, versions TEXT NOT NULL, open INTEGER NOT NULL, status_at INTEGER NOT NULL, chosen_at INTEGER
      ) WITHOUT ROWID`,
    ],
  },
  revisions: {
    visible: 'none',
    create: [
      sql`CREATE TABLE revisions (
        kind TEXT NOT NULL, code TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (kind, code, version)
      )`,
    ],
  },
  recalculations: {
    visible: 'none',
    create: [
      sql`CREATE TABLE recalculations (
        ticket TEXT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (ticket, kind, code, version)
      )`,
      sql`CREATE INDEX recalculations_at ON recalculations (at)`,
    ],
  },
};
