import { type Instant } from '../../business-time/calendar.js';
import { type Rejection } from '../../event-sourcing/rejection.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type Words } from '../../catalogue/domain/words.js';
import { type PinnedVersions, type VersionRef } from '../../clocks/pinned-versions.js';
import { type Received, type TicketCommand } from './facts.js';

/** Nobody sends it: it records what fell due, and nothing else. */
export interface Settle {
  readonly type: 'Settle';
}

/** A version that applies to open tickets; it comes into force when the command occurred. */
export interface ApplyRevision extends VersionRef {
  readonly type: 'ApplyRevision';
  readonly of: 'plan' | 'calendar';
}

/** Comes from a ticket that was merged into this one. */
export interface ReceiveMerge extends Received {
  readonly type: 'ReceiveMerge';
  readonly from: string;
}

/** Nobody outside sends it: what Pledge itself reports to a ticket. */
export type InternalCommand = Settle | ApplyRevision | ReceiveMerge;

export type AnyTicketCommand = TicketCommand | InternalCommand;

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
  /** The versions that were in force for the customer at any instant, as known now; for what judges a history again. */
  readonly knownAt?: (at: Instant) => PinnedVersions;
  /** The words of the desk, as known now. Left out where nobody says any: what Pledge itself tells a ticket has none. */
  readonly words?: Words;
  /** Set for history: judged only up to what it says itself, clamped to the opening, any age. */
  readonly import?: { readonly id: string; readonly startedAt: Instant; readonly judgedFrom?: Instant };
  /** May record facts more than 30 days old. */
  readonly mayBackdate: boolean;
  /** The id of its customer that an opening named, where that was joined to another by then. */
  readonly joinedFrom?: string;
  /** What other tickets, as they stood just before, have against it. */
  readonly objection?: Rejection;
}

export type TicketCommandInContext = AnyTicketCommand & { readonly context: CommandContext };
