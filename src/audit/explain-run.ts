import { type Instant, type Target } from '../business-time/calendar.js';
import { type Scope } from '../auth/scope.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { type Catalogue } from '../catalogue/catalogue.js';
import { type Metric } from '../catalogue/domain/plan.js';
import { type VersionRef } from '../clocks/pinned-versions.js';
import { clockOf, type ClockState } from '../clocks/clock.js';
import { type TicketClock, type TicketMovedBecause } from '../tickets/domain/ticket-clocks.js';
import { layOut } from '../tickets/domain/layout.js';
import { spansOf } from '../clocks/paused.js';
import { stepsOn } from '../clocks/run.js';
import { stateAt } from '../tickets/domain/ticket-state.js';
import { evolve, unopened } from '../tickets/domain/ticket.js';
import { ticketEvents } from '../tickets/ticket-events.js';

/** Why a run ended as it did. Lengths are milliseconds of open time. */
export interface RunExplained {
  readonly run: string;
  readonly metric: Metric;
  readonly state: ClockState;
  readonly plan: VersionRef;
  readonly calendar: VersionRef;
  readonly timeZone: string;
  readonly target: Target;
  readonly targetMs: number;
  /** The ticket's, when the run started and when it was last judged. */
  readonly priorities: readonly [string, string];
  readonly startedAt: Instant;
  /** The deadline as it was laid out at first, and each time it moved. */
  readonly deadlines: readonly {
    readonly at: Instant;
    readonly because: TicketMovedBecause | null;
    readonly dueAt: Instant | null;
  }[];
  readonly dueAt: Instant | null;
  readonly satisfiedAt: Instant | null;
  readonly cancelledBecause: TicketClock['cancelReason'];
  readonly elapsedMs: number;
  readonly pauses: readonly { readonly from: Instant; readonly to: Instant; readonly openMs: number }[];
}

/** Explains a run by its ticket's facts, laid out again under the versions that they pin. */
export async function explainRun(
  { store, catalogue }: { readonly store: EventStore; readonly catalogue: Catalogue },
  scope: Scope,
  ticketId: string,
  runId: string,
): Promise<RunExplained> {
  let ticket = unopened;
  for await (const event of ticketEvents(store, scope, ticketId)) ticket = evolve(ticket, event);
  const { facts, horizon, recorded } = ticket;
  await catalogue.load(facts.map(({ terms }) => terms));
  const run = layOut(facts, catalogue, horizon).find(({ id }) => id === runId);
  if (run === undefined) throw new Error(`ticket ${ticketId} has no run ${runId}`);
  const time = clockOf(run, horizon, recorded.get(runId));
  const { metric, state, terms, timeZone, target, targetMs, startedAt, dueAt, satisfiedAt, cancelReason } = time;
  const priorityAt = (at: Instant) => stateAt(facts, at)?.priority ?? '';
  return {
    ...{ run: runId, metric, state, ...terms, timeZone, target, targetMs, startedAt, dueAt, satisfiedAt },
    ...{ cancelledBecause: cancelReason, elapsedMs: time.elapsedMs },
    priorities: [priorityAt(startedAt), priorityAt(run.end?.at ?? horizon)],
    deadlines: [run.firstStep, ...stepsOn(run)].map(({ at, because, dueAt: due }) => ({ at, because, dueAt: due })),
    pauses: spansOf(run.paused).map(({ from, to }) => ({ from, to, openMs: run.calendar.between(from, to) })),
  };
}
