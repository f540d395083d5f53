import { type Instant } from '../../business-time/calendar.js';
import { pledge } from '../../event-sourcing/system-actor.js';
import { type OutcomeData, type TicketOutcome } from './ticket-clocks.js';
import { elapsed } from '../../clocks/run.js';
import { type TicketRun } from './ticket-clocks.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { type OutcomeEvent } from './ticket-event-types.js';
import { openedAt, type Ticket } from './ticket.js';

/** What the events of one decision share. */
export interface Judgement {
  readonly id: string;
  readonly customer: string;
  readonly ticket: Ticket;
  readonly versions: Versions;
  readonly asOf: Instant;
  readonly now: Instant;
  readonly correlationId: string | undefined;
  /** The fact that brought it about; none where only time went by. */
  readonly factId: string | undefined;
}

const isRun = (run: TicketOutcome['run']): run is TicketRun => 'steps' in run;

/**
 * An outcome as an event. Its id derives from run, layout and kind, so that it is recorded at most once; a deadline may
 * move many times under one layout, so there the fact that moved it belongs to the id.
 */
export function outcomeEvent(outcome: TicketOutcome, judgement: Judgement): OutcomeEvent {
  const { type, id: run, layout, at, cause } = outcome;
  const { now, correlationId, factId } = judgement;
  return {
    id: deriveId(run, String(layout), type, ...(type === 'SlaDeadlineMoved' ? [cause] : [])),
    type,
    data: outcomeData(outcome, judgement),
    metadata: {
      actor: pledge,
      occurredAt: at,
      recordedAt: now,
      causationId: factId ?? cause,
      ...(correlationId === undefined ? {} : { correlationId }),
      schemaVersion: 1,
    },
  };
}

function outcomeData(outcome: TicketOutcome, judgement: Judgement): OutcomeData {
  const { id: ticketId, customer, ticket, versions, asOf } = judgement;
  const { run, id, layout, at, dueAt, pause, atRiskAt, cause, reason, previousDueAt } = outcome;
  const judged = { layout, at, dueAt, pause, atRiskAt, cause, reason, previousDueAt, asOf, tzdata: versions.tzdata };
  if (!isRun(run)) return { ...run.last, ...judged };
  // A run that counts from a ticket merged into this one may have fallen due before this one was opened.
  const { state } = ticket.standAt(Math.max(at, openedAt(ticket) ?? at), versions);
  if (state === undefined) throw new Error(`run ${id} of ticket ${ticketId} started before the ticket`);
  const { reference, subject, type, priority, assignee, team, channel } = state;
  const { metric, terms, target, targetMs, startedAt } = run;
  return {
    ticket: ticketId,
    reference,
    subject,
    customer,
    type,
    priority,
    assignee,
    team,
    channel,
    run: id,
    ...(run.from === null ? {} : { from: run.from }),
    ...(run.planSince === startedAt ? {} : { planSince: run.planSince }),
    metric,
    terms,
    timeZone: run.calendar.timeZone,
    target,
    targetMs,
    startedAt,
    elapsedMs: elapsed(run, at),
    historic: state.import !== null && at < state.import.startedAt,
    ...judged,
  };
}
