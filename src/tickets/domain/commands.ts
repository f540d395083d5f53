import { type Instant } from '../../business-time/calendar.js';
import { type Rejection } from '../../event-sourcing/rejection.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type Channel, type PauseReason, type TicketType } from '../../catalogue/domain/plan.js';
import { type PinnedVersions, type VersionRef } from '../../clocks/pinned-versions.js';
import { type CancelReason, type Origin, type Received, type TicketSource } from './facts.js';

/** What a sender may say of a ticket: the verbs of its life, as data. */
export type TicketCommand =
  | {
      readonly type: 'OpenTicket';
      readonly reference?: string;
      readonly customer: string;
      readonly plan?: string;
      readonly ticketType: TicketType;
      readonly channel: Channel;
      readonly priority?: string;
      readonly subject: string;
      readonly application?: string;
      readonly users?: readonly string[];
      readonly origin?: Origin;
      /** The ticket that it is split off from. */
      readonly splitFrom?: string;
      readonly from?: TicketSource;
    }
  | { readonly type: 'RecordFirstResponse'; readonly channel?: Channel }
  | { readonly type: 'RecordFollowUp'; readonly channel?: Channel }
  | { readonly type: 'RecordCustomerReply'; readonly channel?: Channel }
  | { readonly type: 'PauseTicket'; readonly reason: PauseReason }
  | { readonly type: 'ResumeTicket'; readonly reason?: PauseReason }
  | { readonly type: 'AssignTicket'; readonly assignee: string | null; readonly team?: string | null }
  | { readonly type: 'ReclassifyTicket'; readonly ticketType?: TicketType; readonly priority?: string }
  /** Lays its clocks out anew under the versions in force, or under the version named of its plan. */
  | { readonly type: 'ReapplyPlan'; readonly version?: number }
  | { readonly type: 'AddInternalNote'; readonly text: string }
  | { readonly type: 'ResolveTicket'; readonly publicReply?: boolean }
  | { readonly type: 'CloseTicket' }
  | { readonly type: 'ReopenTicket' }
  | { readonly type: 'CancelTicket'; readonly reason: CancelReason }
  | { readonly type: 'MergeTicket'; readonly into: string }
  /** Opens a ticket of its own for a message of the customer's; what is left out is as in the old one. */
  | {
      readonly type: 'SplitTicket';
      readonly into: string;
      readonly messageAt: Instant;
      readonly reference?: string;
      readonly ticketType?: TicketType;
      readonly channel?: Channel;
      readonly priority?: string;
      readonly subject?: string;
      readonly application?: string;
      readonly users?: readonly string[];
      /** Where the new ticket comes from. */
      readonly from?: TicketSource;
    };

/** Said by nobody: records what fell due, and nothing else. */
export interface Settle {
  readonly type: 'Settle';
}

/** A version that applies to open tickets; it comes into force when the command occurred. */
export interface ApplyRevision extends VersionRef {
  readonly type: 'ApplyRevision';
  readonly of: 'plan' | 'calendar';
}

/** Handed over by a ticket that was merged into this one. */
export interface ReceiveMerge extends Received {
  readonly type: 'ReceiveMerge';
  readonly from: string;
}

/** Said by nobody outside: what Pledge itself tells a ticket. */
export type InternalCommand = Settle | ApplyRevision | ReceiveMerge;

/** Under what a command is judged. Time, ids and versions come in; the decider knows no clock. */
export interface CommandContext {
  readonly ticket: string;
  /** Given by the source or derived from its content or idempotency key, so that twice is once. */
  readonly factId: string;
  readonly now: Instant;
  readonly occurredAt: Instant;
  readonly actor: Actor;
  readonly onBehalfOf?: Actor;
  readonly source?: string;
  readonly correlationId?: string;
  /** Digest of what was asked; left out where the fact's id derives from its content. */
  readonly commandHash?: string;
  /** The versions in force for the customer at `occurredAt`, as known now. */
  readonly terms: PinnedVersions;
  /** Set for history: judged only up to what it says itself, clamped to the opening, any age. */
  readonly import?: { readonly id: string; readonly startedAt: Instant; readonly judgedFrom?: Instant };
  /** May record facts more than 30 days old. */
  readonly mayBackdate: boolean;
  /** What other tickets, as they stood just before, have against it. */
  readonly objection?: Rejection;
}

export type TicketCommandInContext = (TicketCommand | InternalCommand) & { readonly context: CommandContext };
