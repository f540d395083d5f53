import {
  type Channel,
  type Metric,
  type PauseReason,
  type Plan,
  type TicketType,
} from '../../catalogue/domain/plan.js';
import { type Reapplication } from '../../catalogue/domain/reapplied-terms.js';
import { type Clock } from '../../clocks/clock.js';
import { type MovedBecause, type RunData } from '../../clocks/outcome.js';
import { type Outcome, type Vanished } from '../../clocks/outcomes.js';
import { type Recorded } from '../../clocks/recorded-run.js';
import { type Run } from '../../clocks/run.js';

/** A ticket, as clocks know it. */
export interface TicketSubject {
  readonly metric: Metric;
  readonly wait: PauseReason;
  readonly plan: Plan;
  readonly moved: 'reclassified' | 'merged' | Reapplication | CallMoved;
  readonly cancelled: 'cancelled' | 'merged' | 'lostPromise' | 'unreachable' | 'customerAbsent' | 'customerCancelled';
}

/** Why what was agreed on is due at another time; `movedAtShortNotice`: by us, with less than a business day of notice. */
type CallMoved = 'customersTime' | 'movedByCustomer' | 'movedByUs' | 'movedAtShortNotice';

export type TicketRun = Run<TicketSubject>;
export type TicketClock = Clock<TicketSubject>;
export type TicketOutcome = Outcome<TicketSubject, OutcomeData>;
export type TicketMovedBecause = MovedBecause<TicketSubject>;
/** What the event store says of a ticket's run so far. */
export type RecordedTicketRun = Recorded<TicketSubject, OutcomeData>;
export type VanishedTicketRun = Vanished<TicketSubject, OutcomeData>;

/** What every outcome of a ticket carries. */
export interface OutcomeData extends RunData<TicketSubject> {
  readonly ticket: string;
  readonly reference: string;
  readonly subject: string;
  readonly customer: string;
  /** The ticket as it stood at the instant of the outcome. */
  readonly type: TicketType;
  readonly priority: string;
  readonly assignee: string | null;
  readonly team: string | null;
  /** How the ticket reached us; absent in events from before it was kept, and in what takes one of them back. */
  readonly channel?: Channel;
}
