import { type Instant } from '../../business-time/calendar.js';
import { heedWaits, isLive, lapse, lastStep, satisfy, takeOver } from '../../clocks/run.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { type Fact, type Received } from './facts.js';
import { recalculate } from './recalculate.js';
import { type TicketRun, type TicketSubject } from './ticket-clocks.js';
import { oldest, type TicketState } from './ticket-state.js';
import { liveOf, promised, type Transition } from './transition.js';

type Reception = Extract<Fact, { type: 'MergeReceived' }>;

/**
 * Another ticket was merged into it. Where its own first response is unanswered too, that one answers both, from the earlier
 * opening. Else the other's request has a first response of its own here.
 */
export function received(transition: Transition, fact: Reception): readonly TicketRun[] {
  const { status } = transition.state;
  const runs = answeringAll(transition);
  if (status === 'cancelled' || status === 'merged') return runs;
  return withRequest(runs, transition, fact.data.from, fact.data);
}

/** A ticket that was restored: what was merged into it meanwhile is as if it had not been cancelled. */
export function receivedAgain(transition: Transition): readonly TicketRun[] {
  const { state } = transition;
  let runs = answeringAll(transition);
  for (const [from, message] of state.received)
    if (message.unansweredSince !== null && !isAnswered(message.unansweredSince, state))
      runs = withRequest(runs, transition, from, message);
  return runs;
}

/** The runs, with its own first response for all that it answers. */
const answeringAll = (transition: Transition): readonly TicketRun[] =>
  transition.runs.map((run) => (run.from === null ? answeringBoth(run, transition) : run));

/** Its own first response, from the oldest request on that is not answered by a run of its own. */
function answeringBoth(run: TicketRun, { runs, fact, state }: Transition): TicketRun {
  const startedAt = Math.min(run.firstStep.at, sharedSince(runs, state) ?? Infinity);
  if (run.metric !== 'firstResponse' || !isLive(run) || run.startedAt === startedAt) return run;
  // What was breached stays; but for what this very merge had breached before it was corrected.
  const { at, because } = lastStep(run);
  if (run.breachedAt !== null && (at !== fact.at || because !== 'merged')) return run;
  const shared = { ...run, startedAt };
  return recalculate(shared, shared, state.waits, fact, 'merged');
}

/** Since when the oldest request waits that the ticket's own first response answers too. */
function sharedSince(runs: readonly TicketRun[], { received: all, receivedSince }: TicketState): Instant | null {
  const apart = new Set(runs.map(({ from }) => from));
  if (apart.size === 1) return receivedSince; // as most are: none has a run of its own
  return oldest([...all].map(([from, { unansweredSince }]) => (apart.has(from) ? null : unansweredSince)));
}

const isAnswered = (since: Instant, { lastReplyAt }: TicketState) => lastReplyAt !== null && lastReplyAt >= since;

/** The runs with that of another ticket's request, as it was told last; without, where nobody waits for an answer. */
function withRequest(
  runs: readonly TicketRun[],
  transition: Transition,
  from: string,
  { merge = deriveId('request', from), stands, unansweredSince: since, pauses = [] }: Received,
): readonly TicketRun[] {
  const { fact, state, firstReplyFrom } = transition;
  const known = runs.find((run) => run.from === from);
  const others = known === undefined ? runs : runs.filter((run) => run !== known);
  if (!stands || since === null) return others;
  if (known === undefined && liveOf(runs, 'firstResponse') !== undefined) return runs;
  if (known !== undefined && fact.type !== 'MergeReceived') return runs;
  const under = promised(state.terms, 'firstResponse', transition);
  if (under === undefined) return others;
  const start = { metric: 'firstResponse', fact, under } as const;
  const run: TicketRun = takeOver<TicketSubject>({ from, fact: merge, since, pauses }, start);
  const reply = firstReplyFrom(since);
  return [
    ...others,
    reply === undefined ? heedWaits(lapse(run, fact.at), state.waits, fact) : satisfy(lapse(run, reply.at), reply),
  ];
}
