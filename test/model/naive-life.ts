import { type Instant } from '../../src/business-time/calendar.js';
import { type Metric, metrics } from '../../src/plans/domain/plan.js';
import {
  type Class,
  dueAt,
  type Fact,
  isLate,
  type Life,
  type Relayout,
  type Run,
  targetOf,
  type Terms,
} from './naive-ticket.js';

/**
 * A ticket's life told from its facts in order of occurrence, from the beginning each time. What a fact that makes no
 * sense where it stands would have done is left out.
 */
export function lifeOf(facts: readonly Fact[], until: Instant): Life | undefined {
  let life: Life | undefined;
  const inOrder = facts
    .map((fact, order) => ({ fact, order }))
    .sort((a, b) => a.fact.at - b.fact.at || a.order - b.order);
  for (const { fact } of inOrder) {
    if (fact.at > until) break;
    if (fact.order.type === 'OpenTicket') life ??= opened(fact, fact.order);
    else if (life !== undefined && senseOf(life, fact) === 'changes') apply(life, fact);
  }
  return life;
}

type Sense = 'changes' | 'alreadySo' | 'refused';

/** Whether a fact makes sense of a ticket as it stands then; what is so already is so in every status. */
export function senseOf(life: Life, fact: Fact): Sense {
  const { order } = fact;
  if (isAlreadySo(life, fact)) return 'alreadySo';
  if (order.type === 'AddInternalNote') return 'changes';
  if (order.type === 'OpenTicket' || life.status === 'cancelled') return 'refused';
  const refused = {
    PauseTicket: !isUnderWay(life),
    ResumeTicket: false,
    ReopenTicket: isUnderWay(life),
    ResolveTicket: life.status === 'closed',
    ReapplyPlan: life.status === 'closed',
    ApplyRevision: life.status === 'closed',
  } as const;
  return order.type in refused && refused[order.type as keyof typeof refused] ? 'refused' : 'changes';
}

function isAlreadySo(life: Life, fact: Fact): boolean {
  const { order } = fact;
  const { status, waits } = life;
  switch (order.type) {
    case 'PauseTicket':
      return waits.has(order.reason);
    case 'ResumeTicket':
      return order.reason === undefined ? waits.size === 0 : !waits.has(order.reason);
    case 'AssignTicket':
      return order.assignee === life.assignee && (order.team ?? null) === life.team;
    case 'ReclassifyTicket': {
      const { type, priority } = classAfter(life.class, order);
      return type === life.class.type && priority === life.class.priority;
    }
    case 'ResolveTicket':
      return status === 'resolved';
    case 'CloseTicket':
      return status === 'closed';
    case 'CancelTicket':
      return status === 'cancelled';
    case 'ReapplyPlan':
      return status !== 'closed' && status !== 'cancelled' && changesNothing(life, fact, () => fact.terms);
    case 'ApplyRevision':
      return changesNothing(life, fact, (before) => revised(before, fact.terms, order));
    default:
      return false;
  }
}

function changesNothing(life: Life, fact: Fact, termsAfter: (before: Terms) => Terms): boolean {
  const tried = structuredLife(life);
  reapplied(tried, fact, termsAfter);
  return JSON.stringify(governs(tried)) === JSON.stringify(governs(life));
}

/** What a ticket and its clocks are under. */
const governs = ({ terms, runs }: Life) =>
  [terms, ...runs.map((run) => run.terms)].map(({ plan, planVersion, calendar, calendarVersion }) => [
    ...[plan.code, planVersion, calendar, calendarVersion],
  ]);

/** A life to try something on. */
const structuredLife = (life: Life): Life => ({
  ...life,
  waits: new Set(life.waits),
  runs: life.runs.map((run) => ({ ...run, stops: [...run.stops] })),
});

const classAfter = (
  before: Class,
  said: { readonly ticketType?: Class['type']; readonly priority?: string },
): Class => ({
  type: said.ticketType ?? before.type,
  priority: said.priority ?? before.priority,
});

function opened(fact: Fact, opening: Life['opening']): Life {
  const life: Life = {
    status: 'open',
    opening,
    class: { type: opening.ticketType, priority: opening.priority ?? 'normal' },
    ...{ hasReplied: false, isAsked: false, waits: new Set(), runs: [], assignee: null, team: null, terms: fact.terms },
  };
  const origin = opening.origin ?? 'customerRequest';
  if (origin !== 'noRequest') start(life, 'firstResponse', fact);
  start(life, 'resolution', fact);
  if (origin === 'phoneRequest') replied(life, fact); // heard and answered in the same call
  return life;
}

/** Starts a clock where it is promised. */
function start(life: Life, metric: Metric, { id, at, terms }: Fact): void {
  if (targetOf(terms.plan, metric, life.opening, life.class) === undefined) return;
  const clock = { id: `${metric}:${id}`, metric, startedAt: at, terms, class: life.class };
  life.runs.push({ ...clock, stops: [], stoppedSince: undefined, end: undefined });
}

const live = (life: Life, metric?: Metric): Run[] =>
  life.runs.filter((run) => run.end === undefined && (metric === undefined || run.metric === metric));

/** Clocks stand still while the ticket waits for a reason that their plan pauses them for. */
function standStill(life: Life, at: Instant): void {
  for (const run of live(life)) {
    const stands = run.terms.plan.pauses[run.metric].some((reason) => life.waits.has(reason));
    if (stands) run.stoppedSince ??= at;
    else if (run.stoppedSince !== undefined) {
      run.stops.push({ from: run.stoppedSince, to: at });
      run.stoppedSince = undefined;
    }
  }
}

/** Takes up again what a silent close had ended; the span closed counts as a pause. */
function takeUp(run: Run, at: Instant): void {
  if (run.end === undefined) return;
  run.stops.push({ from: run.stoppedSince ?? run.end.at, to: at });
  run.stoppedSince = undefined;
  run.end = undefined;
}

const satisfy = (runs: readonly Run[], at: Instant) => {
  for (const run of runs) run.end = { at, how: 'satisfied' };
};

const isUnderWay = ({ status }: Life) => status === 'open' || status === 'waiting';

/** A reply of ours by a person. */
function replied(life: Life, fact: Fact): void {
  for (const run of life.runs) {
    if (run.metric === 'firstResponse' && run.end?.how === 'closed') takeUp(run, fact.at);
  }
  satisfy([...live(life, 'firstResponse'), ...live(life, 'followUp')], fact.at);
  life.hasReplied = true;
  life.isAsked = false;
  if (isUnderWay(life) && fact.terms.plan.followUpStarts === 'eachReply') start(life, 'followUp', fact);
}

function apply(life: Life, fact: Fact): void {
  const { order, at } = fact;
  switch (order.type) {
    case 'RecordFirstResponse':
    case 'RecordFollowUp':
      if (fact.isPerson) replied(life, fact);
      break;
    case 'RecordCustomerReply':
      life.waits.delete('waitingForCustomer');
      if (life.hasReplied && isUnderWay(life)) {
        life.isAsked = true;
        if (fact.terms.plan.followUpStarts === 'nextReply' && live(life, 'followUp').length === 0)
          start(life, 'followUp', fact);
      }
      break;
    case 'PauseTicket':
      life.waits.add(order.reason);
      break;
    case 'ResumeTicket':
      if (order.reason === undefined) life.waits.clear();
      else life.waits.delete(order.reason);
      break;
    case 'AssignTicket':
      life.assignee = order.assignee;
      life.team = order.team ?? null;
      break;
    case 'ReclassifyTicket':
      reclassified(life, fact, classAfter(life.class, order));
      break;
    case 'ReapplyPlan':
      reapplied(life, fact, () => fact.terms);
      break;
    case 'ApplyRevision':
      reapplied(life, fact, (before) => revised(before, fact.terms, order));
      break;
    case 'ResolveTicket':
      resolved(life, fact, order.publicReply ?? true);
      break;
    case 'CloseTicket':
      closed(life, at);
      break;
    case 'ReopenTicket':
      reopened(life, fact);
      break;
    case 'CancelTicket':
      for (const run of live(life)) run.end = { at, how: 'cancelled' };
      life.waits.clear();
      life.status = 'cancelled';
      break;
    default:
      break;
  }
  if (isUnderWay(life)) life.status = life.waits.size > 0 ? 'waiting' : 'open';
  standStill(life, at);
}

function resolved(life: Life, fact: Fact, publicReply: boolean): void {
  life.status = 'resolved';
  if (publicReply && fact.isPerson) replied(life, fact);
  satisfy(live(life, 'followUp'), fact.at);
  satisfy(
    live(life, 'resolution').filter(({ terms }) => terms.plan.resolutionSatisfiedBy === 'resolved'),
    fact.at,
  );
  life.isAsked = false;
  life.waits.clear();
}

function closed(life: Life, at: Instant): void {
  satisfy(
    live(life, 'resolution').filter(({ terms }) => terms.plan.resolutionSatisfiedBy === 'closed'),
    at,
  );
  for (const run of live(life)) {
    // A breached first response can still be met late.
    if (run.metric !== 'firstResponse' || !isLate(run, life.opening, at)) run.end = { at, how: 'closed' };
  }
  life.status = 'closed';
  life.isAsked = false;
  life.waits.clear();
}

function reopened(life: Life, fact: Fact): void {
  const resolution = life.runs.findLast(({ metric }) => metric === 'resolution');
  for (const run of life.runs) {
    if (run.metric !== 'followUp' && run.end?.how === 'closed') takeUp(run, fact.at);
  }
  life.status = 'open';
  if (life.hasReplied) start(life, 'followUp', fact);
  if (resolution?.end?.how === 'satisfied') start(life, 'resolution', fact);
}

/** Type or priority changed: what runs is laid out anew, what was met or breached stays. */
function reclassified(life: Life, fact: Fact, after: Class): void {
  for (const run of live(life)) {
    if (isLate(run, life.opening, fact.at)) continue;
    if (targetOf(run.terms.plan, run.metric, life.opening, after) === undefined)
      run.end = { at: fact.at, how: 'lostPromise' };
    else run.class = after;
  }
  life.class = after;
  startWhatIsPromisedNow(life, fact);
}

/** An explicit new layout, of what is breached too where it is unanswered. */
function reapplied(life: Life, fact: Fact, termsAfter: (before: Terms) => Terms): void {
  for (const run of live(life)) {
    const terms = termsAfter(run.terms);
    if (isSame(terms, run.terms)) continue;
    const anew: Run = { ...run, terms, class: life.class };
    if (targetOf(terms.plan, run.metric, life.opening, life.class) === undefined) {
      run.end = { at: fact.at, how: 'lostPromise' };
    } else if (!isLate(run, life.opening, fact.at) || !standsAsItIs(run, anew, life, fact.at)) Object.assign(run, anew);
  }
  const before = life.terms;
  life.terms = termsAfter(before);
  if (before.plan !== life.terms.plan) startWhatIsPromisedNow(life, fact);
}

/** A breach that falls on the same deadline under the new layout is left alone. */
const standsAsItIs = (run: Run, anew: Run, { opening }: Life, at: Instant) =>
  isLate(anew, opening, at) && dueAt(anew, opening, at) === dueAt(run, opening, at);

const isSame = (a: Terms, b: Terms) => a.plan === b.plan && a.hours === b.hours;

/** The clocks that a change creates start at the change. */
function startWhatIsPromisedNow(life: Life, fact: Fact): void {
  if (!isUnderWay(life)) return;
  const wants: Record<Metric, boolean> = {
    firstResponse: !life.hasReplied && (life.opening.origin ?? 'customerRequest') === 'customerRequest',
    followUp: life.hasReplied && (fact.terms.plan.followUpStarts === 'eachReply' || life.isAsked),
    resolution: true,
  };
  for (const metric of metrics) if (wants[metric] && live(life, metric).length === 0) start(life, metric, fact);
}

/** A revision reaches what is under an older version of its plan or calendar, and nothing else. */
function revised(before: Terms, anew: Terms, { of, code, version }: Relayout): Terms {
  if (of === 'plan') {
    if (before.plan.code !== code || before.planVersion >= version) return before;
    const sameCalendar = before.calendar === anew.calendar;
    return sameCalendar ? { ...before, plan: anew.plan, planVersion: anew.planVersion } : anew;
  }
  if (before.calendar !== code || before.calendarVersion >= version) return before;
  return { ...before, hours: anew.hours, calendarVersion: anew.calendarVersion };
}
