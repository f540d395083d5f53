import { type Versions } from '../../catalogue/domain/versions.js';
import { type Instant } from '../../business-time/calendar.js';
import { type PauseReason } from '../../catalogue/domain/plan.js';
import { type CommandContext, type TicketCommandInContext } from './commands.js';
import { type FactEvent } from './ticket-event-types.js';
import { type FactData, type FactType, type JudgedAgain } from './facts.js';
import { noTicket, reapplication, type TicketStanding } from './recorded-facts.js';
import { factAsked } from './reported-events.js';
import { type TicketState } from './ticket-state.js';

/** A wait that was to last until an instant has ended by itself; a ticket says so to itself. */
interface EndWait {
  readonly type: 'EndWait';
  readonly reason: PauseReason;
  readonly until: Instant;
  readonly context: CommandContext;
}

export type FactCommand = Exclude<TicketCommandInContext, { type: 'Settle' }> | EndWait;

type RecordedFact = readonly [type: FactType, data: FactData[FactType]];

/**
 * The fact that a command reports, as an event. `state` is the ticket as it stood when it occurred; whether the fact makes
 * sense then is not asked here.
 */
export function toFactEvent(
  command: FactCommand,
  owner: string | undefined,
  state: TicketState | undefined,
  versions: Versions,
  known?: JudgedAgain,
): FactEvent {
  const { context } = command;
  const { occurredAt, now, actor, terms, factId, commandHash, onBehalfOf, source, correlationId } = context;
  const customer = command.type === 'OpenTicket' ? command.customer : owner;
  if (customer === undefined) throw noTicket(context.ticket);

  const [type, recorded] = recordedOf(command, { state, versions, known });
  const metadata = {
    actor,
    occurredAt,
    recordedAt: now,
    schemaVersion: 1,
    ...(commandHash === undefined ? {} : { commandHash }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf: onBehalfOf.id, onBehalfOfKind: onBehalfOf.kind }),
    ...(source === undefined ? {} : { source }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
  return { id: factId, type, data: { ticket: context.ticket, customer, terms, ...recorded }, metadata } as FactEvent;
}

function recordedOf(command: FactCommand, standing: TicketStanding): RecordedFact {
  switch (command.type) {
    case 'ApplyRevision': {
      const because = command.of === 'plan' ? 'planRevised' : 'calendarRevised';
      return ['PlanReapplied', reapplication(because, command.context, standing)];
    }
    case 'ReceiveMerge': {
      const { type: _type, context: _context, ...received } = command;
      return ['MergeReceived', received];
    }
    case 'EndWait': {
      const { reason, until } = command;
      return ['TicketResumed', { reason, until }];
    }
    default:
      return factAsked(command, standing);
  }
}
