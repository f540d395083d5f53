import { type Notice, notice, type TicketNoticeCode } from '../../event-sourcing/notice.js';
import { type VersionRef } from '../../clocks/pinned-versions.js';
import { metrics, type Plan } from '../../catalogue/domain/plan.js';
import { type Fact } from './facts.js';
import { isOpen } from './recalculate.js';
import { changes, isAlreadySo, isLink, isReply, isUnderWay, objectionTo, type TicketState } from './ticket-state.js';

/** What of a fact counts for nothing, or otherwise than it was said. */
export type FactNoticeCode = Exclude<TicketNoticeCode, 'defaultPlan' | 'joinedCustomer' | 'alreadySo' | 'openedBefore'>;

/** Something that a reader should know of a fact. */
export interface FactNotice {
  /** The id of its event. */
  readonly fact: string;
  readonly code: FactNoticeCode;
}

/** A version of a plan, where it is known. */
export type PlanOf = (ref: VersionRef) => Plan | undefined;

/**
 * What a reader should know of a fact, by how the ticket stood before it. The one place that says so: for the answer to
 * whoever reported it, for lists, for the history and for replays.
 */
export function noticesOn(before: TicketState | undefined, fact: Fact, planOf: PlanOf): readonly FactNoticeCode[] {
  const meaning = meaningless(before, fact, planOf);
  if (fact.clamped === undefined) return meaning === undefined ? none : [meaning];
  return meaning === undefined ? [fact.clamped] : [fact.clamped, meaning];
}

const none: readonly [] = [];

/** Why a fact does not do what it says; undefined: it does. */
function meaningless(before: TicketState | undefined, fact: Fact, planOf: PlanOf): FactNoticeCode | undefined {
  if (before === undefined || isLink(before, fact)) return undefined;
  if (objectionTo(before, fact) !== undefined || isAlreadySo(before, fact)) return 'withoutEffect';
  switch (fact.type) {
    case 'FirstResponseSent':
    case 'FollowUpSent':
    case 'CallHeld':
      if (!isReply(fact)) return 'automaticReply';
      return isUnderWay(before) ? undefined : 'startsNothing';
    case 'CallAttempted':
      return fact.actor.kind === 'person' ? undefined : 'automaticReply';
    case 'CallRequested':
      return fact.data.guarantee.kind === 'bestEffort' ? 'callNotPromised' : undefined;
    case 'TicketResolved':
      return fact.data.publicReply && !isReply(fact) ? 'automaticReply' : undefined;
    case 'CustomerReplied':
      if (fact.actor.kind === 'automatic') return 'automaticMessage';
      if (fact.isSplitOff) return 'splitOff';
      return isUnderWay(before) ? undefined : 'startsNothing';
    case 'TicketPaused':
      return pausesNothing(before, fact, planOf(fact.terms.plan)) ? 'pausesNothing' : undefined;
    default:
      return undefined;
  }
}

/** Whether clocks run on a ticket, and none of them stands still for a wait. */
function pausesNothing(
  state: TicketState,
  { data }: Extract<Fact, { type: 'TicketPaused' }>,
  plan: Plan | undefined,
): boolean {
  if (plan === undefined || state.guarantee.kind === 'bestEffort') return false;
  return !metrics.some((metric) => isOpen(metric, state, plan) && plan.pauses[metric]?.includes(data.reason) === true);
}

/** What a reader should know of some facts, which come in order of occurrence. */
export function noticesOf(facts: readonly Fact[], planOf: PlanOf): readonly FactNotice[] {
  const notices: FactNotice[] = [];
  for (const { fact, before } of changes(facts))
    for (const code of noticesOn(before, fact, planOf)) notices.push({ fact: fact.id, code });
  return notices;
}

export const noticeOf = ({ fact, code }: FactNotice): Notice => notice(code, fact);
