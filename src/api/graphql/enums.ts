import { registerEnumType } from '@nestjs/graphql';
import { constantCase } from '../../parsing/constant-case.js';
import { noticeMeanings } from '../../event-sourcing/notice.js';

/** A GraphQL enum of a domain's values, each with its description: `firstResponse` reads FIRST_RESPONSE. */
export function enumOf<Value extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Value, string>>,
) {
  const entries = Object.entries<string>(values);
  const members = Object.fromEntries(entries.map(([value]) => [constantCase(value), value])) as Record<string, Value>;
  const valuesMap = Object.fromEntries(entries.map(([value, text]) => [constantCase(value), { description: text }]));
  registerEnumType(members, { name, description, valuesMap });
  return members;
}

export const TicketStatusEnum = enumOf('TicketStatus', 'The status of a ticket.', {
  open: 'Being worked on.',
  waiting: 'Open, and waiting for at least one reason.',
  resolved: 'Resolved; it can be reopened.',
  closed: 'Closed; it can be reopened.',
  cancelled: 'Cancelled as spam or a duplicate.',
  merged: 'Merged into another ticket, which continues for it.',
});

export const PauseReasonEnum = enumOf('PauseReason', 'Why a ticket waits.', {
  waitingForCustomer: "For the customer; the customer's reply ends it.",
  waitingForThirdParty: 'For a third party, for example a vendor.',
  scheduled: 'For a date agreed on.',
  onHold: 'Put on hold by a person.',
});

export const CancelReasonEnum = enumOf('CancelReason', 'Why a ticket was cancelled.', {
  spam: 'It was not a request.',
  duplicate: 'Another ticket is about the same.',
});

export const OriginEnum = enumOf('Origin', 'Who asked for the ticket.', {
  customerRequest: 'The customer: a first response is promised.',
  phoneRequest: 'The customer by phone: that call is the first reply, and starts the follow-up.',
  noRequest: 'Nobody: the desk opened it for itself; no first response is promised.',
});

export const GuaranteeKindEnum = enumOf('GuaranteeKind', 'Whether clocks run on a ticket.', {
  guaranteed: 'The plan makes a promise for such tickets.',
  bestEffort: 'The ticket is handled like any other, but has no clocks.',
});

export const BestEffortReasonEnum = enumOf('BestEffortReason', 'Why a ticket has no promise.', {
  planWithoutPromise: 'The plan promises no times.',
  typeNotCovered: 'The plan does not cover this type of ticket.',
  channelNotCovered: 'The plan does not cover this channel.',
  beforeJudgedFrom: 'Imported history from before the instant that judging starts at.',
});

export const ClockStateEnum = enumOf('ClockState', 'The state of a clock.', {
  running: 'It runs.',
  paused: 'Paused while the ticket waits.',
  breached: 'Late and still unanswered, paused or not.',
  met: 'Answered in time.',
  metLate: 'Answered late.',
  cancelled: 'Ended without a verdict.',
});

export const ClockCancelReasonEnum = enumOf('ClockCancelReason', 'Why a clock ended without a verdict.', {
  closed: 'The ticket was closed without a reply.',
  cancelled: 'The ticket was cancelled.',
  merged: 'The ticket was merged into another.',
  lostPromise: 'The new type or priority of the ticket has no such promise.',
  superseded: 'A late fact showed that the clock never started.',
  unreachable: 'The desk called three times and reached nobody.',
  customerAbsent: 'The customer was not there at the time agreed on.',
  customerCancelled: 'The customer called it off.',
});

export const SideEnum = enumOf('Side', 'Whose doing something was.', {
  us: 'Of the desk.',
  customer: 'Of the customer.',
});

export const CallAttemptEnum = enumOf('CallAttempt', 'Why a call reached nobody.', {
  noAnswer: 'Nobody answered.',
  busy: 'The line was busy.',
  voicemail: 'A machine answered.',
});

export const ActorKindEnum = enumOf('ActorKind', 'The kind of actor; only a reply by a person is a response.', {
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
  eachReply: 'Each reply of the desk: a repeating update interval.',
  nextReply: 'The oldest unanswered customer reply.',
});

export const SatisfiedByEnum = enumOf('ResolutionSatisfiedBy', 'What satisfies a resolution.', {
  resolved: 'Resolving.',
  closed: 'Closing.',
});

export const BenefitEnum = enumOf('Benefit', 'A benefit of a plan besides answers to tickets.', {
  onlineLearning: 'Online learning resources.',
  paidOnBoarding: 'On-boarding packages may be bought.',
  customerSuccess: 'A customer success team, with quarterly check-ins.',
});

export const NoticeCodeEnum = enumOf('NoticeCode', 'What somebody should know of something accepted.', noticeMeanings);

export const SlaEventKindEnum = enumOf('SlaEventKind', 'The outcome of a clock.', {
  SlaAtRisk: "The plan's share of its time is used.",
  SlaBreached: 'Its deadline passed.',
  SlaBreachWithdrawn: 'A late fact or a recalculation withdrew a breach.',
  SlaMet: 'It was answered in time.',
  SlaMetLate: 'It was answered late.',
});

export const WebhookStateEnum = enumOf('WebhookState', 'Whether a webhook receives events.', {
  enabled: 'It receives the events that match its filter.',
  disabled: 'It receives nothing now; it receives the events from meanwhile when it is enabled again.',
  removed: 'It was removed.',
});

export const WebhookDisabledReasonEnum = enumOf('WebhookDisabledReason', 'Why a webhook is disabled.', {
  asked: 'Somebody disabled it.',
  gone: 'Its endpoint answered 410 (Gone).',
});

export const DeliveryStateEnum = enumOf('WebhookDeliveryState', 'The state of the delivery of an event.', {
  waiting: 'It waits for delivery.',
  delivered: 'It was accepted.',
  deadLettered: 'It was not accepted within three days; a replay sends it again.',
});

export const WorkEnum = enumOf('Work', 'A kind of background work.', {
  deadlines: 'Records what is due on a ticket.',
  revisions: 'Recalculates a ticket under a revision that applies to open tickets.',
  mergePropagations: 'Carries a merge or split over to the other ticket.',
});

export const CatalogueChangeEnum = enumOf('CatalogueChangeKind', 'What was done to a part of the catalogue.', {
  PlanDefined: 'The plan was defined.',
  PlanRevised: 'The plan has a new version.',
  PlanRetired: 'The plan accepts no new customers.',
  CalendarDefined: 'The calendar was defined.',
  CalendarRevised: 'The calendar has a new version.',
  CustomerEnrolled: 'The customer was put on a plan.',
  CustomerPlanChanged: 'The customer went to another plan, or has another name.',
  CustomerCalendarSet: "The customer got a calendar of its own, or the plan's again.",
  CustomerEnrolmentEnded: 'The customer is on no plan from then on.',
  WordDefined: 'The word was defined.',
  WordRevised: 'The word has another name or rank.',
  WordRetired: 'New tickets refuse the word; those that have it keep it.',
  WordRestored: 'The word is in use again, as if it had never been retired.',
});

export const WordListEnum = enumOf('WordList', 'What the words of a desk are for.', {
  type: 'What a ticket is about.',
  channel: 'How a message was sent.',
  priority: 'How urgent a ticket is.',
});

export const RecordedEnum = enumOf('RecordOutcome', 'The result of one event of the request.', {
  recorded: 'It is in the log now.',
  alreadySo: 'The ticket was already in this state, or the event was already recorded.',
  rejected: 'It was refused and changed nothing.',
});
