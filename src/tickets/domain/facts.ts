import { type Instant, type Span } from '../../business-time/calendar.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type Channel, type PauseReason, type TicketType } from '../../catalogue/domain/plan.js';
import { type Call } from './call.js';
import { type PinnedVersions } from '../../clocks/pinned-versions.js';
import { type Guarantee } from '../../catalogue/domain/promise.js';
import { type Reapplication } from '../../catalogue/domain/reapplied-terms.js';

/** Who wanted the ticket: the customer; the customer by phone, heard and answered in that call; or nobody, it is ours. */
export const origins = ['customerRequest', 'phoneRequest', 'noRequest'] as const;
export type Origin = (typeof origins)[number];

export const cancelReasons = ['spam', 'duplicate'] as const;
export type CancelReason = (typeof cancelReasons)[number];

/** Who moved, cancelled or missed a call. */
export const sides = ['us', 'customer'] as const;
export type Side = (typeof sides)[number];

/** Why a call reached nobody. */
export const attempts = ['noAnswer', 'busy', 'voicemail'] as const;
export type Attempt = (typeof attempts)[number];

/** Where a ticket comes from: a system, and what the ticket is called there. */
export interface TicketSource {
  readonly source: string;
  readonly externalId: string;
}

/** What a sender may ask to be recorded of a ticket: the verbs of its life, as data. A fact comes of each. */
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
  | { readonly type: 'PauseTicket'; readonly reason: PauseReason; readonly until?: Instant }
  | { readonly type: 'ResumeTicket'; readonly reason?: PauseReason }
  | { readonly type: 'AssignTicket'; readonly assignee: string | null; readonly team: string | null }
  | { readonly type: 'ReclassifyTicket'; readonly ticketType?: TicketType; readonly priority?: string }
  /** What was said of it and was wrong is put right; what is left out stays. */
  | ({ readonly type: 'CorrectTicket' } & Correction)
  /**
   * Recalculates its clocks under the versions in force, or under the version named of its plan. With `answered`, what is
   * answered is judged again too: by the class of now, or with `keepsClasses` by the class that it had then.
   */
  | {
      readonly type: 'ReapplyPlan';
      readonly version?: number;
      readonly answered?: true;
      readonly keepsClasses?: true;
    }
  | { readonly type: 'AddInternalNote'; readonly text: string }
  | { readonly type: 'ResolveTicket'; readonly publicReply?: boolean }
  | { readonly type: 'CloseTicket' }
  | { readonly type: 'ReopenTicket' }
  | { readonly type: 'CancelTicket'; readonly reason: CancelReason }
  /** Takes back a cancelling. */
  | { readonly type: 'RestoreTicket' }
  | { readonly type: 'MergeTicket'; readonly into: string }
  /** The customer wants to be called; asked again, it names another time. */
  | { readonly type: 'RequestCall'; readonly preferredFrom?: Instant; readonly preferredUntil?: Instant }
  | { readonly type: 'ScheduleCall'; readonly startsAt: Instant; readonly with?: string }
  | { readonly type: 'MoveCall'; readonly startsAt: Instant; readonly by: Side }
  /** We called and reached nobody. */
  | { readonly type: 'RecordCallAttempt'; readonly outcome: Attempt }
  /** It occurred when it began. */
  | { readonly type: 'RecordCallHeld'; readonly endedAt: Instant; readonly with?: string }
  | { readonly type: 'CancelCall'; readonly by: Side }
  | { readonly type: 'RecordCallMissed'; readonly by: Side }
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

/** What each fact of a ticket says, beside what {@link Common} says. */
export interface FactData {
  TicketOpened: {
    /** What people see. */
    readonly reference: string;
    readonly type: TicketType;
    readonly channel: Channel;
    readonly priority: string;
    readonly subject: string;
    readonly application: string | null;
    /** The users involved, as the customer names them. */
    readonly users: readonly string[];
    readonly origin: Origin;
    readonly guarantee: Guarantee;
    /** The plan named when it was opened, in place of the customer's own. */
    readonly namedPlan: string | null;
    /** The import that brought it, and when that began. */
    readonly import: { readonly id: string; readonly startedAt: Instant } | null;
    /** The ticket that it was split off from; left out where it was none. */
    readonly splitFrom?: string;
    /** The customer that was named, where it was joined to another by then. */
    readonly joinedFrom?: string;
    /** Left out where nobody said, as of tickets whose senders chose their ids. */
    readonly from?: TicketSource;
  };
  FirstResponseSent: { readonly channel: Channel | null };
  FollowUpSent: { readonly channel: Channel | null };
  CustomerReplied: { readonly channel: Channel | null };
  /** With `until` the wait ends by itself then. */
  TicketPaused: { readonly reason: PauseReason; readonly until?: Instant };
  /** Without a reason every wait ends. With `until` the wait that was to last until then has ended by itself. */
  TicketResumed: { readonly reason: PauseReason | null; readonly until?: Instant };
  TicketAssigned: { readonly assignee: string | null; readonly team: string | null };
  TicketReclassified: { readonly type: TicketType; readonly priority: string; readonly guarantee: Guarantee };
  /** What was wrong, as it is right; and as it had been until then. */
  TicketCorrected: Correction & { readonly was: Correction };
  /** Its clocks are recalculated under the versions that it pins. With `answered` all that was recorded before is judged again. */
  PlanReapplied: { readonly because: Reapplication; readonly guarantee: Guarantee; readonly answered?: JudgedAgain };
  InternalNoteAdded: { readonly text: string };
  TicketResolved: { readonly publicReply: boolean };
  TicketClosed: object;
  TicketReopened: object;
  TicketCancelled: { readonly reason: CancelReason };
  /** Its cancelling was a mistake: all goes on as if it had not been. */
  TicketRestored: object;
  /** Another ticket goes on for both. */
  TicketMerged: { readonly into: string };
  /** The customer asks to be called: at once, or within a time. */
  CallRequested: {
    readonly preferredFrom: Instant | null;
    readonly preferredUntil: Instant | null;
    /** Whether its plan promises the call. */
    readonly guarantee: Guarantee;
  };
  CallScheduled: { readonly startsAt: Instant; readonly with: string | null };
  CallMoved: { readonly startsAt: Instant; readonly by: Side };
  CallAttempted: { readonly outcome: Attempt };
  /** It began when it occurred. */
  CallHeld: { readonly endedAt: Instant; readonly with: string | null };
  CallCancelled: { readonly by: Side };
  CallMissed: { readonly by: Side };
  /** Another ticket was merged into it. Said again where that one turns out to have stood otherwise. */
  MergeReceived: Received & { readonly from: string };
  /** A message of the customer's became a ticket of its own. */
  TicketSplit: { readonly into: string; readonly messageAt: Instant; readonly opening: SplitOpening };
}

/** What people see of a ticket, and what clocks do not go by. */
export interface Correction {
  readonly subject?: string;
  readonly reference?: string;
  readonly application?: string | null;
  readonly users?: readonly string[];
}

/** By what a ticket's history is judged again: what was known when somebody asked for it. */
export interface JudgedAgain {
  /** What governs from each instant on, in their order; the first of them before it, too. */
  readonly versions: readonly KnownVersions[];
  /** The class that all is judged by; left out where each clock is judged by the class that the ticket had then. */
  readonly class?: TicketClass;
}

/** The versions in force from an instant on, and what they promised the ticket. */
export interface KnownVersions {
  readonly from: Instant;
  readonly terms: PinnedVersions;
  readonly guarantee: Guarantee;
}

/** What promises go by. */
export interface TicketClass {
  readonly type: TicketType;
  readonly priority: string;
}

/** What a ticket knows of another that was merged into it. */
export interface Received {
  /** Whether it was; a late fact may show that it had ended before. */
  readonly stands: boolean;
  /** The oldest request in it that nobody had answered by then. */
  readonly unansweredSince: Instant | null;
  /** How far the other's stream had been read. */
  readonly revision: number;
  /** The fact that merged it; left out in events from before it was said. */
  readonly merge?: string;
  /** When that request's clock stood still there; left out where it never did. */
  readonly pauses?: readonly Span[];
  /** The other requests in it that nobody had answered by then; left out where there was none. */
  readonly others?: readonly HandedRequest[];
  /** The call that its customer waited for then; left out where it waited for none. */
  readonly call?: HandedCall;
}

/** A call that goes along with a ticket that is merged. */
export interface HandedCall extends Call {
  /** When its call-back stood still there; left out where it never did. */
  readonly pauses?: readonly Span[];
}

/** A request that is handed over with the oldest one. */
export interface HandedRequest {
  /** The ticket that it was made in. */
  readonly ticket: string;
  readonly since: Instant;
  readonly pauses?: readonly Span[];
}

/** The ticket that a split opens. */
export interface SplitOpening {
  readonly reference: string;
  readonly type: TicketType;
  readonly channel: Channel;
  readonly priority: string;
  readonly subject: string;
  readonly application: string | null;
  readonly users: readonly string[];
  readonly from?: TicketSource;
}

export type FactType = keyof FactData;

export const factTypes = [
  'TicketOpened',
  'FirstResponseSent',
  'FollowUpSent',
  'CustomerReplied',
  'TicketPaused',
  'TicketResumed',
  'TicketAssigned',
  'TicketReclassified',
  'TicketCorrected',
  'PlanReapplied',
  'InternalNoteAdded',
  'TicketResolved',
  'TicketClosed',
  'TicketReopened',
  'TicketCancelled',
  'TicketRestored',
  'TicketMerged',
  'MergeReceived',
  'TicketSplit',
  'CallRequested',
  'CallScheduled',
  'CallMoved',
  'CallAttempted',
  'CallHeld',
  'CallCancelled',
  'CallMissed',
] as const satisfies readonly FactType[];

const isReported = (type: FactType): type is ReportedType => type !== 'MergeReceived';

export const reportedTypes: readonly ReportedType[] = factTypes.filter(isReported);

/** What people and other systems report; the rest tickets say to each other. */
export type ReportedType = Exclude<FactType, 'MergeReceived'>;

/** What every event of a ticket says. */
export interface Common {
  readonly ticket: string;
  readonly customer: string;
}

/** Why a fact counts at another instant than its source says. */
export type Clamped = 'clampedToOpening' | 'clampedToRecording';

/** What of a fact rules go by; the text of a note none does, and it may be long. */
export type KeptData<Type extends FactType> = Type extends 'InternalNoteAdded' ? object : FactData[Type];

/** A fact as the clocks see it. */
export type Fact = {
  [Type in FactType]: {
    readonly id: string;
    readonly type: Type;
    /** When it counts: as said, but not after its recording and not before the opening. */
    readonly at: Instant;
    readonly clamped: Clamped | undefined;
    /** A message that was split off: it counts in another ticket alone. */
    readonly isSplitOff: boolean;
    /** The class that clocks are judged by at this fact, where its history was judged again by another than it had. */
    readonly judgedAs: TicketClass | undefined;
    /** Its place in the log; the order of facts at the same instant. */
    readonly order: number;
    /** Who did it. */
    readonly actor: Actor;
    readonly terms: PinnedVersions;
    /** A digest of the command it came from, where that may be repeated. */
    readonly commandHash: string | undefined;
    readonly data: KeptData<Type>;
  };
}[FactType];
