import { sql } from 'kysely';
import { ofCustomer, type Tables, type Visible } from '../../read-models/read-model.js';
import { type Flag, type InstantColumn, type Json } from '../../read-models/schema.js';

/** A ticket as its facts leave it, and beside that what lists filter and sort by. */
export interface TicketsTable {
  id: string;
  reference: string;
  customer: string;
  status: string;
  /** Words of the desk by their keys, for the same word in any case is found; the state has them as recorded. */
  type: string;
  channel: string;
  priority: string;
  /** What is searched for a text: subject and reference in small letters. */
  text: string;
  guarantee: string;
  plan: string;
  assignee: string | null;
  team: string | null;
  import: string | null;
  opened_at: InstantColumn;
  /**
   * The soonest deadline of its live clocks, past where one was breached and is unanswered; the largest whole number there is
   * where nothing comes due.
   */
  due_at: InstantColumn;
  /** Its place among those that are due at the same instant: less the higher its plan ranks. */
  place: number;
  /** Whether it waits in the work queue. */
  queued: Flag;
  /** When the first of its waits ends by itself; null where none does. */
  wakes_at: InstantColumn | null;
  /** The last of its facts in order of occurrence. */
  last_at: InstantColumn;
  /** The first facts that a reader should know something of. */
  notices: Json;
  /** How it stands. */
  state: Json;
}

/** The facts of a ticket that its state follows from, so many of its events in a row. */
export interface FactsTable {
  ticket: string;
  /** Which of them: the revisions of the events, divided. */
  part: number;
  /** JSON of each, with commas between: what comes is put at the end. */
  facts: string;
  /** The same of `[revision, code]` of each notice. */
  notices: string;
}

/** A clock, one row a run: in full as JSON, and beside it what is searched for. */
export interface ClocksTable {
  ticket: string;
  run: string;
  metric: string;
  started_at: InstantColumn;
  clock: Json;
  import: string | null;
  /** When something falls due on it next: at risk, or a millisecond after the deadline; null when nothing will. */
  next_at: InstantColumn | null;
  /** The same in place of it while the import that brought its ticket is unfinished: imported history floods nobody. */
  held_at: InstantColumn | null;
}

/** A while in which nobody worked on a ticket: it waited, for a reason, or it had ended. */
export interface StopsTable {
  ticket: string;
  kind: string;
  from_at: InstantColumn;
  /** Null: it goes on. */
  to_at: InstantColumn | null;
}

export interface ImportsTable {
  id: string;
  source: string;
  unfinished: Flag;
}

/** The versions of plans: tickets are sorted by their rank, and clocks stand still as they have it. */
export interface PlansTable {
  code: string;
  version: number;
  rank: number;
  /** In full. */
  plan: Json;
}

declare module '../../read-models/schema.js' {
  interface Schema {
    tickets: TicketsTable;
    facts: FactsTable;
    clocks: ClocksTable;
    stops: StopsTable;
    imports: ImportsTable;
    plans: PlansTable;
  }
}

/** Asked of each row that is found: a list of all tickets of a customer may be long. */
const ofTicket: Visible = (column, theirs) =>
  sql`EXISTS (SELECT 1 FROM tickets AS theirs WHERE theirs.id = ${column('ticket')} AND theirs.customer IN ${theirs})`;

/** What lists filter by, at the end of the indexes that give their order: rows that are not wanted are never read. */
const filtered = sql`customer, status, type, channel, priority, plan, assignee, team, guarantee, text`;

export const ticketTables: Tables = {
  tickets: {
    visible: ofCustomer,
    create: [
      sql`CREATE TABLE tickets (
        id TEXT PRIMARY KEY, reference TEXT NOT NULL, customer TEXT NOT NULL, status TEXT NOT NULL, type TEXT NOT NULL,
        channel TEXT NOT NULL, priority TEXT NOT NULL, text TEXT NOT NULL, guarantee TEXT NOT NULL, plan TEXT NOT NULL,
        assignee TEXT, team TEXT, import TEXT, opened_at INTEGER NOT NULL, due_at INTEGER NOT NULL,
        place INTEGER NOT NULL, queued INTEGER NOT NULL, wakes_at INTEGER, last_at INTEGER NOT NULL, notices TEXT NOT NULL,
        state TEXT NOT NULL
      )`,
      sql`CREATE INDEX tickets_reference ON tickets (reference, opened_at)`,
      sql`CREATE INDEX tickets_customer ON tickets (customer, opened_at, id)`,
      sql`CREATE INDEX tickets_listed ON tickets (opened_at, id, due_at, ${filtered})`,
      sql`CREATE INDEX tickets_wakes ON tickets (wakes_at, id) WHERE wakes_at IS NOT NULL`,
      sql`CREATE INDEX tickets_queue ON tickets (due_at, place, opened_at, id, ${filtered}) WHERE queued = 1`,
      sql`CREATE INDEX tickets_queue_of_customer ON tickets (customer, due_at, place, opened_at, id) WHERE queued = 1`,
    ],
  },
  facts: {
    visible: ofTicket,
    create: [
      sql`CREATE TABLE facts (
        ticket TEXT NOT NULL, part INTEGER NOT NULL, facts TEXT NOT NULL, notices TEXT NOT NULL, PRIMARY KEY (ticket, part)
      ) WITHOUT ROWID`,
    ],
  },
  clocks: {
    visible: ofTicket,
    create: [
      sql`CREATE TABLE clocks (
        ticket TEXT NOT NULL, run TEXT NOT NULL, metric TEXT NOT NULL, started_at INTEGER NOT NULL, clock TEXT NOT NULL,
        import TEXT, next_at INTEGER, held_at INTEGER, PRIMARY KEY (ticket, run)
      )`,
      sql`CREATE INDEX clocks_latest ON clocks (ticket, metric, started_at, run)`,
      sql`CREATE INDEX clocks_next ON clocks (next_at, ticket) WHERE next_at IS NOT NULL`,
      sql`CREATE INDEX clocks_held ON clocks (import) WHERE held_at IS NOT NULL`,
    ],
  },
  stops: {
    visible: ofTicket,
    create: [
      sql`CREATE TABLE stops (
        ticket TEXT NOT NULL, kind TEXT NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER,
        PRIMARY KEY (ticket, kind, from_at)
      ) WITHOUT ROWID`,
    ],
  },
  imports: {
    visible: 'none',
    create: [sql`CREATE TABLE imports (id TEXT PRIMARY KEY, source TEXT NOT NULL, unfinished INTEGER NOT NULL)`],
  },
  plans: {
    visible: 'all',
    create: [
      sql`CREATE TABLE plans (code TEXT NOT NULL, version INTEGER NOT NULL, rank INTEGER NOT NULL, plan TEXT NOT NULL,
        PRIMARY KEY (code, version))`,
    ],
  },
};
