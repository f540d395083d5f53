import { type Instant } from '../../business-time/calendar.js';
import { heedWaits, isLive, lapse, lastStep, satisfy, takeOver } from '../../clocks/run.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { type Fact, type HandedCall, type Received } from './facts.js';
import { agreedOf, isOfCall } from './agreed.js';
import { noCall } from './call.js';
import { requestsIn } from './handed-requests.js';
import { recalculate } from './recalculate.js';
import { type TicketRun, type TicketSubject } from './ticket-clocks.js';
import { oldest, type TicketState } from './ticket-state.js';
import { liveOf, promised, type Transition, waitsOf } from './transition.js';

type Reception = Extract<Fact, { type: 'MergeReceived' }>;

/**
 * Another ticket was merged into it. Where its own first response is unanswered too, that one answers both, from the earlier
 * opening. Else the other's request has a first response of its own here.
 */
export function received(transition: Transition, fact: Reception): readonly TicketRun[] {
  const { status } = transition.state;
  const runs = answeringAll(transition);
  if (status === 'cancelled' || status === 'merged') return runs;
  return withCall(withRequests(runs, transition, fact.data.from, fact.data), transition, fact.data.from, fact.data);
}

/** A ticket that was restored: what was merged into it meanwhile is as if it had not been cancelled. */
export function receivedAgain(transition: Transition): readonly TicketRun[] {
  const { state } = transition;
  let runs = answeringAll(transition);
  for (const [from, message] of state.received)
    if (requestsIn(from, message).some(({ since }) => !isAnswered(since, state)))
      runs = withRequests(runs, transition, from, message);
  for (const [from, message] of state.received)
    if (!runs.some((run) => run.from === from && isOfCall(run.metric)))
      runs = withCall(runs, transition, from, message);
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
  return recalculate(shared, shared, state, fact, 'merged');
}

/** Since when the oldest request waits that the ticket's own first response answers too. */
function sharedSince(runs: readonly TicketRun[], { received: all, receivedSince }: TicketState): Instant | null {
  const apart = new Set(runs.filter(isOfRequest).map(({ from }) => from));
  if (apart.size === 1) return receivedSince; // as most are: none has a run of its own
  return oldest([...all].map(([from, { unansweredSince }]) => (apart.has(from) ? null : unansweredSince)));
}

const isOfRequest = ({ metric }: TicketRun) => !isOfCall(metric);

const isAnswered = (since: Instant, { lastReplyAt }: TicketState) => lastReplyAt !== null && lastReplyAt >= since;

/**
 * The runs with those of another ticket's requests, as they were told last; without, where nobody waits for an answer. Each
 * keeps its own promise. The oldest goes by the id of the merge, any other by its own ticket too.
 */
function withRequests(
  runs: readonly TicketRun[],
  transition: Transition,
  from: string,
  told: Received,
): readonly TicketRun[] {
  const { fact, state, firstReplyFrom } = transition;
  const rest = runs.filter((run) => run.from !== from || !isOfRequest(run));
  const isKnown = rest.length < runs.length;
  if (!told.stands || told.unansweredSince === null) return rest;
  if (!isKnown && liveOf(runs, 'firstResponse') !== undefined) return runs;
  if (isKnown && fact.type !== 'MergeReceived') return runs;
  const under = promised(state.terms, 'firstResponse', transition);
  if (under === undefined) return rest;
  const start = { metric: 'firstResponse', fact, under } as const;
  const { merge = deriveId('request', from) } = told;
  const requests = requestsIn(from, told).map(({ ticket, since, pauses = [] }, i): TicketRun => {
    const id = i === 0 ? merge : deriveId('request', merge, ticket);
    const run: TicketRun = takeOver<TicketSubject>({ from, fact: id, since, pauses }, start);
    const reply = firstReplyFrom(since);
    if (reply === undefined) return heedWaits(lapse(run, fact.at), state.waits, fact);
    return satisfy(lapse(run, reply.at), reply);
  });
  return [...rest, ...requests];
}

/** The runs with those of the call that came with another ticket, as it was told last: each from its own start, with its pauses. */
function withCall(
  runs: readonly TicketRun[],
  transition: Transition,
  from: string,
  { stands, call, merge = '' }: Received,
): readonly TicketRun[] {
  const { fact, state } = transition;
  const rest = runs.filter((run) => run.from !== from || !isOfCall(run.metric));
  if (!stands || call === undefined) return rest;
  const taken = (metric: 'callBack' | 'appointment', since: Instant | null, isOpen: boolean): readonly TicketRun[] => {
    const under = promised(state.terms, metric, transition);
    if (since === null || !isOpen || under === undefined) return [];
    // While nobody reaches the customer it stands still, before the merge as after it.
    const { unreachedSince } = metric === 'callBack' ? state.call : noCall;
    const { pauses = [] }: Pick<HandedCall, 'pauses'> = metric === 'callBack' ? call : {};
    const ended = pauses.filter((pause) => unreachedSince === null || pause.from < unreachedSince);
    const start = { metric, fact, under, agreed: agreedOf(metric, call) };
    const run = takeOver<TicketSubject>({ from, fact: merge, since, pauses: ended }, start);
    const still = { id: fact.id, at: Math.min(unreachedSince ?? fact.at, fact.at) };
    return [lapse(heedWaits(lapse(run, still.at), waitsOf(run, state), still), fact.at)];
  };
  return [
    ...rest,
    ...taken('callBack', call.requestedAt, state.call.requestedAt === call.requestedAt),
    ...taken('appointment', call.agreedAt, state.call.startsAt === call.startsAt),
  ];
}
