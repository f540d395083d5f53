import { type Instant, type Target } from '../../business-time/calendar.js';
import { cancel, heedWaits, isLive, isRunning, laidTo, satisfy } from '../../clocks/run.js';
import { agreedOf, isOfCall } from './agreed.js';
import { type CallFact, keeps, mostAttempts } from './calls.js';
import { type Fact } from './facts.js';
import { type TicketRun } from './ticket-clocks.js';
import { liveOf, started, type Transition, waitsOf } from './transition.js';

type Of<Type extends CallFact['type']> = Extract<Fact, { readonly type: Type }>;

/** What a fact about a call does to the clocks, but for what it says as a reply. */
export function callEffect(transition: Transition, fact: CallFact): readonly TicketRun[] {
  if (transition.state.call === transition.before.call && fact.type !== 'CallHeld') return transition.runs;
  switch (fact.type) {
    case 'CallRequested':
      return requested(transition);
    case 'CallScheduled':
      return [...transition.runs, ...started(transition, 'appointment')];
    case 'CallMoved':
      return moved(transition, fact);
    case 'CallAttempted':
      return transition.runs.map((run) => attempted(run, transition));
    case 'CallHeld':
      return transition.runs.map((run) => (run.metric === 'callBack' ? satisfy(run, fact) : keep(run, transition)));
    case 'CallCancelled':
      return fact.data.by === 'us' ? givenUp(transition) : cancelled(transition);
    case 'CallMissed':
      return fact.data.by === 'us' ? givenUp(transition) : transition.runs.map((run) => absent(run, transition));
  }
}

/** The customer asks for a call, or names another time for the one that it has asked for. */
function requested(transition: Transition): readonly TicketRun[] {
  const { runs, fact, state } = transition;
  const known = liveOf(runs, 'callBack');
  if (known === undefined) return [...runs, ...started(transition, 'callBack')];
  const agreed = agreedOf('callBack', state.call);
  return runs.map((run) => {
    if (run !== known) return run;
    return agreed === null ? heeded(run, transition) : laidTo(run, agreed, waitsOf(run, state), fact, 'customersTime');
  });
}

/** A call-back stands still while the customer, whom nobody reached, is to say when it is there. */
export const heeded = (run: TicketRun, { state, fact }: Transition): TicketRun =>
  heedWaits(run, waitsOf(run, state), fact);

function moved(transition: Transition, fact: Of<'CallMoved'>): readonly TicketRun[] {
  const { runs, before, state } = transition;
  const agreed = agreedOf('appointment', state.call) ?? { from: null, until: null };
  const because = fact.data.by === 'customer' ? 'movedByCustomer' : noticeGiven(transition, before.call.startsAt);
  const known = runs.find((run) => isOpenAppointment(run) && run.agreed?.from === before.call.startsAt);
  const laid = runs.map((run) => {
    if (!isOpenAppointment(run)) return run;
    return run === known && isRunning(run)
      ? laidTo(run, agreed, waitsOf(run, state), fact, because)
      : lateIsOver(run, fact);
  });
  const anew = known !== undefined && isRunning(known) ? [] : started(transition, 'appointment');
  const all = [...laid, ...anew];
  return fact.data.by === 'us' ? all : all.map((run) => customersTime(run, transition, all));
}

const isOpenAppointment = (run: TicketRun) => run.metric === 'appointment' && isLive(run);

const businessDay: Target = { amount: 1, unit: 'businessDays', rule: 'sameTime' };

/** Why we moved what was agreed on: at short notice, where less than a business day was left. */
function noticeGiven({ fact, versions }: Transition, startsAt: Instant | null): 'movedByUs' | 'movedAtShortNotice' {
  const calendar = versions.calendar(fact.terms.calendar);
  return (startsAt ?? Infinity) < calendar.dueAt(fact.at, businessDay) ? 'movedAtShortNotice' : 'movedByUs';
}

/** The customer moved the call: the call-back waits for it too, and no longer for a word of the customer's. */
function customersTime(run: TicketRun, transition: Transition, runs: readonly TicketRun[]): TicketRun {
  if (run.metric !== 'callBack') return run;
  const { fact, state } = transition;
  const until = runs.find((other) => other.agreed?.from === state.call.startsAt)?.baseDueAt ?? state.call.startsAt;
  const agreed = { from: run.agreed?.from ?? null, until };
  return laidTo(run, agreed, waitsOf(run, state), fact, 'customersTime');
}

/** An appointment that is kept by a call or an attempt. */
const keep = (run: TicketRun, { fact }: Transition): TicketRun =>
  run.metric === 'appointment' && keeps(run.agreed?.from ?? fact.at, fact.at) ? satisfy(run, fact) : run;

function attempted(run: TicketRun, transition: Transition): TicketRun {
  return run.metric === 'appointment' ? keep(run, transition) : unreached(run, transition);
}

/** A call-back for which we called in vain: it stands still, and after some attempts nobody has to try again. */
function unreached(run: TicketRun, transition: Transition): TicketRun {
  if (run.metric !== 'callBack') return run;
  const { fact, before } = transition;
  const isLast = before.call.attempts + 1 >= mostAttempts;
  return isLast ? cancel(run, fact, 'unreachable') : heeded(run, transition);
}

const cancelled = ({ runs, fact }: Transition) =>
  runs.map((run) => (isOfCall(run.metric) ? cancel(run, fact, 'customerCancelled') : run));

/** We called it off, or were not there: what is late stays breached and is over; what is not due yet is still promised. */
const givenUp = ({ runs, fact, before }: Transition) =>
  before.call.startsAt === null ? runs : runs.map((run) => lateIsOver(run, fact));

const lateIsOver = (run: TicketRun, fact: Fact) =>
  run.metric === 'appointment' && !isRunning(run) ? cancel(run, fact, 'superseded') : run;

/** The customer was not there: never our breach, though it is said after the deadline. */
function absent(run: TicketRun, transition: Transition): TicketRun {
  const { fact } = transition;
  if (run.metric !== 'appointment') return unreached(run, transition);
  const isIt = isLive(run) && run.agreed?.from === transition.before.call.startsAt;
  return isIt ? cancel({ ...run, breachedAt: null }, fact, 'customerAbsent') : lateIsOver(run, fact);
}
