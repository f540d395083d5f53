import { isDeepStrictEqual } from 'node:util';
import { type Instant } from '../../src/business-time/calendar.js';
import { type Metric, metrics } from '../../src/catalogue/domain/plan.js';
import { type ReceiveMerge } from '../../src/tickets/domain/commands.js';
import { isUnderWay, live, start } from './naive-clocks.js';
import {
  calendarsOf,
  type Class,
  type CountedIn,
  countedOf,
  dueAt,
  type Fact,
  isLate,
  type Life,
  type Relayout,
  type Run,
  targetOf,
  type Terms,
} from './naive-ticket.js';

/** Type or priority changed: what runs is laid out anew, what was met or breached stays. */
export function reclassified(life: Life, fact: Fact, after: Class): void {
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
export function reapplied(life: Life, fact: Fact, termsAfter: (before: Terms) => Terms): void {
  for (const run of live(life)) {
    const terms = termsAfter(run.terms);
    if (isSame(terms, run.terms)) continue;
    const anew: Run = { ...run, terms, class: life.class, movedByMergeAt: undefined };
    const isPromised = targetOf(terms.plan, run.metric, life.opening, life.class) !== undefined;
    // Of calendars that it is not counted in it makes no difference which version it is under.
    if (isPromised && isCountedAlike(run, anew, life)) run.terms = terms;
    else if (targetOf(terms.plan, run.metric, life.opening, life.class) === undefined) {
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

const isSame = (a: Terms, b: Terms) =>
  a.plan === b.plan &&
  isDeepStrictEqual(
    calendarsOf(a).map(({ calendar, calendarVersion }) => [calendar, calendarVersion]),
    calendarsOf(b).map(({ calendar, calendarVersion }) => [calendar, calendarVersion]),
  );

function isCountedAlike(a: Run, b: Run, { opening }: Life): boolean {
  const [was, is] = [countedOf(a, opening), countedOf(b, opening)];
  return a.terms.plan === b.terms.plan && was.hours === is.hours && isDeepStrictEqual(was.target, is.target);
}

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
export function revised(before: Terms, anew: Terms, { of, code, version }: Relayout): Terms {
  if (of === 'plan') {
    if (before.plan.code !== code || before.planVersion >= version) return before;
    // Of a calendar that it is under already it brings no newer version.
    const kept = <Counted extends CountedIn>(counted: Counted): Counted => {
      const known = calendarsOf(before).find(({ calendar }) => calendar === counted.calendar);
      return { ...counted, ...(known && inCalendar(known)) };
    };
    return { ...kept(anew), own: anew.own.map(kept) };
  }
  const renewed = <Counted extends CountedIn>(counted: Counted): Counted =>
    counted.calendar === code && counted.calendarVersion < version ? { ...counted, ...inCalendar(anew) } : counted;
  return { ...renewed(before), own: before.own.map(renewed) };
}

const inCalendar = ({ hours, calendar, calendarVersion }: CountedIn): CountedIn => ({
  hours,
  calendar,
  calendarVersion,
});

/**
 * Another ticket was merged into it. What runs of its first response answers the oldest request that nobody had answered,
 * whichever ticket it came in. What was breached stays, unless a merge of that very instant had breached it.
 */
export function heard(life: Life, said: ReceiveMerge, at: Instant): void {
  life.received.set(said.from, said);
  const asked = [...life.received.values()].flatMap(({ unansweredSince }) => unansweredSince ?? []);
  for (const run of live(life, 'firstResponse')) {
    const startedAt = Math.min(run.ownStart, ...asked);
    if (startedAt === run.startedAt) continue;
    if (isLate(run, life.opening, at) && run.movedByMergeAt !== at) continue;
    run.startedAt = startedAt;
    run.movedByMergeAt = at;
  }
}
