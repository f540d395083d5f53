import { registerEnumType } from '@nestjs/graphql';

/** `firstResponse` and `FirstResponse` read FIRST_RESPONSE. */
const screaming = (value: string) => value.replace(/(?!^)([A-Z])/g, '_$1').toUpperCase();

/** A GraphQL enum of a domain's values, each with its description: `firstResponse` reads FIRST_RESPONSE. */
function enumOf<Value extends string>(name: string, description: string, values: Readonly<Record<Value, string>>) {
  const entries = Object.entries<string>(values);
  const members = Object.fromEntries(entries.map(([value]) => [screaming(value), value])) as Record<string, Value>;
  const valuesMap = Object.fromEntries(entries.map(([value, text]) => [screaming(value), { description: text }]));
  registerEnumType(members, { name, description, valuesMap });
  return members;
}

export const MetricEnum = enumOf('Metric', 'What a promise is about.', {
  firstResponse: 'From the opening to our first reply by a person.',
  followUp: 'From each reply of ours to the next, until the ticket is resolved.',
  resolution: 'From the opening to resolving.',
});

export const TicketTypeEnum = enumOf('TicketType', 'What a ticket is about.', {
  productBug: 'A bug caused by the software, not by one app.',
  productQuestion: 'A question about a feature in general.',
  appSpecificQuestion: "A question about one app's or project's configuration and workflow.",
  onBoarding: 'Remote training and help to start, sold in packages; best effort.',
});

export const ChannelEnum = enumOf('Channel', 'How something was said.', {
  reportIssue: 'The "Report an Issue" button.',
  email: 'By e-mail.',
  phone: 'A call, requested by e-mail.',
});

export const TicketStatusEnum = enumOf('TicketStatus', 'How a ticket stands.', {
  open: 'Being worked on.',
  waiting: 'Open, and waiting for at least one reason.',
  resolved: 'Resolved; a reopening takes it up again.',
  closed: 'Closed; a reopening takes it up again.',
  cancelled: 'Cancelled as spam or a duplicate.',
  merged: 'Merged into another ticket, which goes on for it.',
});

export const PauseReasonEnum = enumOf('PauseReason', 'Why a ticket waits.', {
  waitingForCustomer: "For the customer; the customer's reply ends it.",
  waitingForThirdParty: 'For somebody else, as a vendor.',
  scheduled: 'For a date agreed on.',
  onHold: 'On hold by hand.',
});

export const CancelReasonEnum = enumOf('CancelReason', 'Why a ticket was cancelled.', {
  spam: 'It was no request.',
  duplicate: 'Another ticket is about the same.',
});

export const OriginEnum = enumOf('Origin', 'Who wanted the ticket.', {
  customerRequest: 'The customer: our first response is promised.',
  phoneRequest: 'The customer, heard by phone: that call is our first reply, and starts the follow-up.',
  noRequest: 'Nobody, it is our own: no first response is promised.',
});

export const GuaranteeKindEnum = enumOf('GuaranteeKind', 'Whether clocks run on a ticket.', {
  guaranteed: 'The plan makes a promise for such tickets.',
  bestEffort: 'Served like any other, without clocks.',
});

export const BestEffortReasonEnum = enumOf('BestEffortReason', 'Why a ticket has no promise.', {
  planWithoutPromise: 'The plan promises no times.',
  typeNotCovered: 'The plan does not cover this type of ticket.',
  channelNotCovered: 'The plan does not cover this channel.',
  beforeJudgedFrom: 'Imported history from before the instant that judging starts at.',
});

export const ClockStateEnum = enumOf('ClockState', 'How a clock stands.', {
  running: 'It runs.',
  paused: 'It stands still while the ticket waits.',
  breached: 'Late and still unanswered, paused or not.',
  met: 'Answered in time.',
  metLate: 'Answered late.',
  cancelled: 'Ended without a verdict.',
});

export const ClockCancelReasonEnum = enumOf('ClockCancelReason', 'Why a clock ended without a verdict.', {
  closed: 'The ticket was closed in silence.',
  cancelled: 'The ticket was cancelled.',
  merged: 'The ticket was merged into another.',
  lostPromise: "The ticket's new class has no such promise.",
  superseded: 'A late fact showed that it never ran.',
});

export const ActorKindEnum = enumOf('ActorKind', 'What kind of actor; only what a person says is a response.', {
  person: 'A person.',
  automatic: 'An automatic reply, a bot, a survey.',
  system: 'Pledge itself.',
});

export const TargetUnitEnum = enumOf('TargetUnit', 'What a target is counted in.', {
  seconds: 'Seconds of business time.',
  minutes: 'Minutes of business time.',
  hours: 'Hours of business time.',
  businessDays: 'Business days, by a rule.',
});

export const DayRuleEnum = enumOf('DayRule', 'What "n business days" means.', {
  sameTime: 'The same local time, n business days later.',
  endOfDay: "The end of the n-th business day after the start's.",
  workingHours: "n times the calendar's nominal day of business time.",
});

export const FollowUpStartsEnum = enumOf('FollowUpStarts', 'What starts a follow-up.', {
  eachReply: 'Each reply of ours: a repeating update interval.',
  nextReply: 'The oldest unanswered customer reply.',
});

export const SatisfiedByEnum = enumOf('ResolutionSatisfiedBy', 'What satisfies a resolution.', {
  resolved: 'Resolving.',
  closed: 'Closing.',
});

export const BenefitEnum = enumOf('Benefit', 'What a plan gives beside answers to tickets.', {
  onlineLearning: 'Online learning resources.',
  paidOnBoarding: 'On-boarding packages may be bought.',
  customerSuccess: 'A customer success team, with quarterly check-ins.',
});

export const QualityFlagEnum = enumOf('QualityFlag', 'What a reader should know about a fact.', {
  withoutEffect: 'Where it stands in order of occurrence it makes no sense.',
  clampedToOpening: 'It is said to have occurred before the opening, and counts at the opening.',
  clampedToRecording: 'It is said to have occurred after it was recorded, and counts when it was recorded.',
});

export const SlaEventKindEnum = enumOf('SlaEventKind', 'What became of a clock.', {
  SlaAtRisk: "The plan's share of its time is used.",
  SlaBreached: 'Its deadline passed.',
  SlaBreachWithdrawn: 'A fact recorded late, or a new layout, took a breach back.',
  SlaMet: 'It was answered in time.',
  SlaMetLate: 'It was answered late.',
});

export const WebhookStateEnum = enumOf('WebhookState', 'Whether a webhook is sent anything.', {
  enabled: 'It is sent what it wants.',
  disabled: 'It is sent nothing; what is recorded meanwhile is sent when it is enabled.',
  removed: 'It is gone for good.',
});

export const DeliveryStateEnum = enumOf('WebhookDeliveryState', 'What became of an event on its way to a webhook.', {
  waiting: 'It is still to be delivered.',
  delivered: 'It was taken.',
  setAside: 'It was not taken for three days; a replay sends it again.',
});

export const WorkEnum = enumOf('Work', 'What is done behind, without being asked for.', {
  deadlines: 'What falls due on a ticket is recorded.',
  revisions: 'A ticket is laid out anew under a revision that applies to open tickets.',
  handOvers: 'A ticket that was merged or split tells the other.',
});

export const TicketEventKindEnum = enumOf('TicketEventKind', 'What happened to a ticket.', {
  TicketOpened: 'It was opened.',
  FirstResponseSent: 'We replied, for the first time as the sender sees it.',
  FollowUpSent: 'We replied again, as the sender sees it.',
  CustomerReplied: 'The customer wrote.',
  TicketPaused: 'It began to wait, for a reason.',
  TicketResumed: 'It no longer waits, for a reason or for all.',
  TicketAssigned: 'Somebody has it, or nobody any more.',
  TicketReclassified: 'Its type or priority changed.',
  PlanReapplied: 'Its clocks were laid out anew under other versions of plan and calendar.',
  InternalNoteAdded: 'We noted something among ourselves.',
  TicketResolved: 'It was resolved.',
  TicketClosed: 'It was closed.',
  TicketReopened: 'It was taken up again.',
  TicketCancelled: 'It was spam, or a duplicate.',
  TicketMerged: 'It was merged into another ticket.',
  TicketSplit: 'A message of it became a ticket of its own.',
});

export const CatalogueChangeEnum = enumOf('CatalogueChangeKind', 'What was done to a plan, a calendar or a customer.', {
  PlanDefined: 'The plan was defined.',
  PlanRevised: 'The plan has a new version.',
  PlanRetired: 'The plan takes no new customers.',
  CalendarDefined: 'The calendar was defined.',
  CalendarRevised: 'The calendar has a new version.',
  CustomerEnrolled: 'The customer was put on a plan.',
  CustomerPlanChanged: 'The customer went to another plan, or has another name.',
  CustomerCalendarSet: "The customer got a calendar of its own, or the plan's again.",
});

export const RecordedEnum = enumOf('RecordOutcome', 'What became of something said of a ticket.', {
  recorded: 'It is in the log now.',
  alreadySo: 'The ticket stood so already, or it had been said before.',
  rejected: 'It was refused and changed nothing.',
});
