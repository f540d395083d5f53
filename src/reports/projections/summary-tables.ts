import { sql } from 'kysely';
import { ofCustomer, type Tables } from '../../read-models/read-model.js';
import { type Flag, type Json } from '../../read-models/schema.js';

/** The last word on each run that there ever was one on, for the summary to correct itself by. */
export interface VerdictsTable {
  customer: string;
  ticket: string;
  run: string;
  plan: string;
  metric: string;
  month: string;
  verdict: string;
  withdrawals: number;
  /** Its ticket was cancelled. */
  excluded: Flag;
  /** When its ticket was cancelled, restored or merged, where the row says so much of a ticket and nothing of a run. */
  endings: Json | null;
}

export interface SummaryTable {
  plan: string;
  metric: string;
  month: string;
  met: number;
  met_late: number;
  breached: number;
  cancelled: number;
  withdrawn: number;
}

declare module '../../read-models/schema.js' {
  interface Schema {
    verdicts: VerdictsTable;
    sla_summary: SummaryTable;
  }
}

export const summaryTables: Tables = {
  verdicts: {
    visible: ofCustomer,
    create: [
      sql`CREATE TABLE verdicts (
        customer TEXT NOT NULL, ticket TEXT NOT NULL, run TEXT NOT NULL, plan TEXT NOT NULL, metric TEXT NOT NULL,
        month TEXT NOT NULL, verdict TEXT NOT NULL, withdrawals INTEGER NOT NULL, excluded INTEGER NOT NULL,
        endings TEXT, PRIMARY KEY (customer, ticket, run)
      ) WITHOUT ROWID`,
    ],
  },
  sla_summary: {
    visible: 'none',
    create: [
      sql`CREATE TABLE sla_summary (
        plan TEXT NOT NULL, metric TEXT NOT NULL, month TEXT NOT NULL, met INTEGER NOT NULL, met_late INTEGER NOT NULL,
        breached INTEGER NOT NULL, cancelled INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
        PRIMARY KEY (plan, metric, month)
      )`,
    ],
  },
};
