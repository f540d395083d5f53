import { type Upcaster, upcasting } from '../event-sourcing/upcast.js';
import { type RecordedType } from './recorded-event.js';

/**
 * Every type of event with what leads from each of its released versions to the next. What was released is never edited:
 * a change that old events do not bear adds a step here, a schema and a fixture (docs/events/README.md).
 */
export const upcasters = {
  TicketOpened: [],
  FirstResponseSent: [],
  FollowUpSent: [],
  CustomerReplied: [],
  TicketPaused: [],
  TicketResumed: [],
  TicketAssigned: [],
  TicketReclassified: [],
  PlanReapplied: [],
  InternalNoteAdded: [],
  TicketResolved: [],
  TicketClosed: [],
  TicketReopened: [],
  TicketCancelled: [],
  TicketMerged: [],
  MergeReceived: [],
  TicketSplit: [],

  SlaClockStarted: [],
  SlaDeadlineMoved: [],
  SlaAtRisk: [],
  SlaBreached: [],
  SlaBreachWithdrawn: [],
  SlaMet: [],
  SlaMetLate: [],
  SlaClockCancelled: [],

  PlanDefined: [],
  PlanRevised: [],
  PlanRetired: [],
  CalendarDefined: [],
  CalendarRevised: [],
  CustomerEnrolled: [],
  CustomerPlanChanged: [],
  CustomerCalendarSet: [],

  WebhookRegistered: [],
  WebhookChanged: [],
  WebhookDisabled: [],
  WebhookEnabled: [],
  WebhookSecretRotated: [],
  WebhookRemoved: [],

  ImportStarted: [],
  ImportFinished: [],
} as const satisfies Readonly<Record<RecordedType, readonly Upcaster[]>>;

/** Reads an event of any released version as its newest would say. */
export const upcast = upcasting(upcasters);
