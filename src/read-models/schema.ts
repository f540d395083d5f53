/** Milliseconds since 1970; a 64-bit integer column. */
type InstantColumn = number;
/** JSON as text. */
type Json = string;
/** 0 or 1. */
type Flag = number;

/** A ticket as its facts leave it, and beside that what lists filter and sort by. */
export interface TicketsTable {
  id: string;
  reference: string;
  customer: string;
  status: string;
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
  /** The last of its facts in order of occurrence. */
  last_at: InstantColumn;
  /** The first facts that a reader should know something of. */
  flags: Json;
  /** How it stands. */
  life: Json;
}

/** The facts of a ticket that its life follows from, so many of its events in a row. */
export interface FactsTable {
  ticket: string;
  /** Which of them: the revisions of the events, divided. */
  part: number;
  /** JSON of each, with commas between: what comes is put at the end. */
  facts: string;
  /** The same of `[revision, flag]` of each that a reader should know something of. */
  flags: string;
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

export interface ImportsTable {
  id: string;
  source: string;
  unfinished: Flag;
}

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
  time_zone: string;
  due_at: InstantColumn;
  detected_at: InstantColumn;
  withdrawn_at: InstantColumn | null;
  withdrawn_because: string | null;
  answered_at: InstantColumn | null;
  historic: Flag;
}

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
  /** When its ticket was cancelled or merged, where the row says so much of a ticket and nothing of a run. */
  ended_at: InstantColumn | null;
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

/** What was recorded of plans, calendars and customers: one row an event, for histories to be read from. */
export interface CatalogueTable {
  kind: string;
  code: string;
  /** The event's place in its stream, from 0. */
  revision: number;
  event: Json;
}

/** The versions of plans, for tickets to be sorted by. */
export interface PlansTable {
  code: string;
  version: number;
  rank: number;
}

/** What a ticket and its clocks are under: of each plan and calendar the oldest version. */
export interface GovernedTable {
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

/** A revision that a ticket is still to be laid out under. */
export interface RelayoutsTable extends RevisionsTable {
  ticket: string;
}

/** What a merged or split ticket has to say to another. */
export interface HandOversTable {
  ticket: string;
  target: string;
  /** `merge`, `split`, or `splitAndMerge`: merged into what was split off from it, before that was opened. */
  kind: string;
  /** In the ticket's stream, of the last fact that the other has to hear of. */
  revision: number;
  /** How far the other has heard; -1: of nothing yet. */
  handed: number;
  /** What it heard last; null: nothing yet. */
  said: Json | null;
}

export interface CheckpointsTable {
  name: string;
  version: number;
  position: string;
  /** What stood there in the log; null where an older version did not keep it. */
  mark: string | null;
}

/** The log that the rows are built from: one row. */
export interface LogTable {
  id: string;
}

/** The read models; every table can be built anew from the log. */
export interface Schema {
  tickets: TicketsTable;
  facts: FactsTable;
  clocks: ClocksTable;
  imports: ImportsTable;
  breaches: BreachesTable;
  verdicts: VerdictsTable;
  sla_summary: SummaryTable;
  catalogue: CatalogueTable;
  plans: PlansTable;
  governed: GovernedTable;
  revisions: RevisionsTable;
  relayouts: RelayoutsTable;
  hand_overs: HandOversTable;
  checkpoints: CheckpointsTable;
  log: LogTable;
}
