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
  judgedClass,
  type Life,
  type Relayout,
  type Run,
  targetOf,
  type Terms,
} from './naive-ticket.js';

/** Type or priority changed: what runs is laid out anew, what was met or breached stays. */
export function reclassified(life: Life, fact: Fact, after: Class): void {
  const judged = fact.judgedAs ?? after;
  for (const run of live(life)) {
    if (isLate(run, life.opening, fact.at)) continue;
    if (targetOf(run.terms.plan, run.metric, life.opening, judged) === undefined)
      run.end = { at: fact.at, how: 'lostPromise' };
    else run.class = judged;
  }
  life.class = after;
  startWhatIsPromisedNow(life, fact);
}

/**
 * An explicit new layout, of what is breached too where it is unanswered. A revision leaves alone what it does not reach;
 * what somebody asks for is judged by what the ticket is now, its class as well.
 */
export function reapplied(life: Life, fact: Fact, termsAfter: (before: Terms) => Terms): void {
  const isAsked = fact.command.type === 'ReapplyPlan';
  for (const run of live(life)) {
    const terms = termsAfter(run.terms);
    if (isSame(terms, run.terms) && !(isAsked && isOtherwise(run, life))) continue;
    const judged = judgedClass(life);
    const anew: Run = { ...run, terms, class: judged, movedByMergeAt: undefined };
    const isPromised = targetOf(terms.plan, run.metric, life.opening, judged) !== undefined;
    // Of calendars that it is not counted in it makes no difference which version it is under.
    if (isPromised && isCountedAlike(run, anew, life)) run.terms = terms;
    else if (!isPromised) {
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

/** Whether a run is promised otherwise, now that the ticket is of another class than when the run was laid out. */
const isOtherwise = (run: Run, life: Life) =>
  JSON.stringify(targetOf(run.terms.plan, run.metric, life.opening, run.class)) !==
  JSON.stringify(targetOf(run.terms.plan, run.metric, life.opening, judgedClass(life)));

/** The clocks that a change creates start at the change. */
function startWhatIsPromisedNow(life: Life, fact: Fact): void {
  if (!isUnderWay(life)) return;
  const wants: Record<Metric, boolean> = {
    firstResponse: !life.hasReplied && (life.opening.origin ?? 'customerRequest') === 'customerRequest',
    followUp: life.hasReplied && (fact.terms.plan.followUpStarts === 'eachReply' || life.isAsked),
    resolution: true,
    callBack: false,
    appointment: false,
  };
  for (const metric of metrics) {
    const isThere = live(life, metric).some(({ from }) => from === undefined);
    if (wants[metric] && !isThere) start(life, metric, fact);
  }
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
 * Another ticket was merged into it. What runs of its own first response answers the oldest request that nobody had
 * answered, whichever ticket it came in; where nothing runs, the other's request has a clock of its own.
 */
export function heard(life: Life, said: ReceiveMerge, at: Instant): void {
  life.received.set(said.from, said);
  hearOf(life, said, at);
}

/** What was merged into it while it was cancelled by mistake. */
export function heardMeanwhile(life: Life, at: Instant): void {
  for (const said of life.received.values()) {
    const isThere = life.runs.some(({ from }) => from === said.from);
    const waits = asked(said).some(({ since }) => !life.replies.some((reply) => reply >= since));
    if (!isThere && (waits || said.unansweredSince === null)) hearOf(life, said, at);
  }
}

/** The requests that are told of, the oldest first. */
const asked = ({ unansweredSince: since, pauses = [], others = [] }: ReceiveMerge) =>
  since === null ? [] : [{ since, pauses }, ...others];

function hearOf(life: Life, said: ReceiveMerge, at: Instant): void {
  const own = live(life, 'firstResponse').find(({ from }) => from === undefined);
  const known = life.runs.filter(({ from }) => from === said.from);
  for (const run of known) life.runs.splice(life.runs.indexOf(run), 1);
  if (own !== undefined) moveToOldest(life, own, at);
  if (life.status === 'cancelled' || life.status === 'merged') return;
  if (known.length === 0 && own !== undefined) return;
  if (targetOf(life.terms.plan, 'firstResponse', life.opening, judgedClass(life)) === undefined) return;
  for (const [i, { since, pauses = [] }] of asked(said).entries()) {
    const answeredAt = life.replies.filter((reply) => reply >= since).sort((a, b) => a - b)[0];
    life.runs.push({
      ...{ id: `firstResponse:${said.from} ${i === 0 ? (said.merge ?? '?') : since}`, metric: 'firstResponse' },
      ...{ from: said.from, ownStart: since, startedAt: since },
      ...{ terms: life.terms, class: judgedClass(life), stops: [...pauses] },
      ...{ movedByMergeAt: undefined, stoppedSince: undefined },
      end: answeredAt === undefined ? undefined : { at: answeredAt, how: 'satisfied' },
    });
  }
}

/** What was breached stays, unless a merge of that very instant had breached it. */
function moveToOldest(life: Life, run: Run, at: Instant): void {
  const apart = new Set(life.runs.map(({ from }) => from));
  const shared = [...life.received.values()].filter(({ from }) => !apart.has(from));
  const startedAt = Math.min(run.ownStart, ...shared.flatMap(({ unansweredSince }) => unansweredSince ?? []));
  if (startedAt === run.startedAt) return;
  if (isLate(run, life.opening, at) && run.movedByMergeAt !== at) return;
  run.startedAt = startedAt;
  run.movedByMergeAt = at;
}
