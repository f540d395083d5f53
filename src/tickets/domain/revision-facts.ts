import { isDeepStrictEqual } from 'node:util';
import { type Instant } from '../../business-time/calendar.js';
import { calendarsOf, isOlder, type PinnedVersions } from '../../clocks/pinned-versions.js';
import { isLive, lastStep } from '../../clocks/run.js';
import { type TicketRun } from './ticket-clocks.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { type ApplyRevision, type CommandContext } from './commands.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { type FactEvent } from './ticket-event-types.js';
import { type TicketState, objection } from './ticket-state.js';
import { type Ticket } from './ticket.js';
import { type TicketAt } from './timeline.js';
import { toFactEvent } from './to-fact-event.js';

/** Whether a fact at an instant leaves the ticket, or a clock on it, under other terms; or adds or ends a clock. */
export function changesTerms(before: Ticket, after: Ticket, at: Instant, versions: Versions): boolean {
  const [was, is] = [before.standAt(at, versions), after.standAt(at, versions)];
  const standing = (state: TicketState | undefined, runs: readonly TicketRun[]) => [
    state?.terms,
    new Map(runs.map(({ id, pinned, terms, target, end }) => [id, [pinned, terms, target, end === null]])),
  ];
  return !isDeepStrictEqual(standing(was.state, was.open), standing(is.state, [...is.over, ...is.open]));
}

/**
 * Whether a judgement of the whole history leaves the ticket, or any clock that it ever had, otherwise by an instant. What an
 * import left unjudged for its age stays so.
 */
export function changesVerdicts(before: Ticket, after: Ticket, by: Instant, versions: Versions): boolean {
  if (before.stateAt(by, versions)?.guarantee.reason === 'beforeJudgedFrom') return false;
  const judged = (ticket: Ticket) => [
    ticket.stateAt(by, versions)?.terms,
    ticket.stateAt(by, versions)?.guarantee,
    ticket.clocksAt(by, versions).map((run) => {
      const { id, startedAt, terms, target, breachedAt, end, overSince } = run;
      const { dueAt, atRiskAt } = lastStep(run);
      return { id, startedAt, terms, target, breachedAt, end, overSince, dueAt, atRiskAt };
    }),
  ];
  return !isDeepStrictEqual(judged(before), judged(after));
}

/**
 * The facts by which a revision reaches a ticket: one at the instant it comes into force, if the ticket was open then
 * under an older version; and one wherever later an older version took hold of it again – a fact recorded by somebody who
 * had not heard of the revision yet, a clock taken up by a reopening. None where it has been reached already, nor once
 * somebody has chosen a version for it.
 */
export function applyRevision(
  command: ApplyRevision & { readonly context: CommandContext },
  ticket: Ticket,
  versions: Versions,
): readonly FactEvent[] {
  const { context, of, code, version } = command;
  const from = context.occurredAt;
  const events: FactEvent[] = [];
  let reached = ticket;
  for (const at of instantsFrom(ticket, from)) {
    const { state } = reached.standAt(at, versions);
    if (state === undefined || objection(state, 'PlanReapplied') !== undefined) continue;
    // What the revision left as it was, a breach that stands, no later fact brings it to.
    if (at > from && !tookHold(reached, at, command, versions)) continue;
    const factId = deriveId('revision', context.ticket, of, code, String(version), String(at));
    // It was got to before; what somebody chose in that very instant came after it.
    if (reached.hashOf(factId) !== undefined) continue;
    const own = { ...command, context: { ...context, factId, occurredAt: at } };
    const event = toFactEvent(own, ticket.customer, state, versions);
    const after = reached.foresee(event);
    if (!changesTerms(reached, after, at, versions)) continue;
    events.push(event);
    reached = after;
  }
  return events;
}

/** An instant, and those of the facts after it, until somebody chose a version. */
function instantsFrom(ticket: Ticket, from: Instant): Iterable<Instant> {
  const instants = new Set([from]);
  let last: Instant | undefined;
  for (const { type, data, at } of ticket.factsFrom(from)) {
    if (at > from && type === 'PlanReapplied' && data.because === 'reapplied') {
      // Of the facts of that very instant, none counts.
      if (last === at) instants.delete(at);
      break;
    }
    last = at;
    instants.add(at);
  }
  return instants;
}

/** Whether an older version than a revision's took hold of a ticket, or of a clock on it, at an instant. */
function tookHold(ticket: Ticket, at: Instant, revision: ApplyRevision, versions: Versions): boolean {
  const before = heldBy(ticket.standBefore(at, versions), revision);
  return heldBy(ticket.standAt(at, versions), revision).some((held) => !before.includes(held));
}

/** What of a ticket a revision could reach: itself and the clocks that go on, where they are under an older version. */
function heldBy({ state, open }: TicketAt, revision: ApplyRevision): readonly string[] {
  if (state === undefined || objection(state, 'PlanReapplied') !== undefined) return [];
  const { of } = revision;
  const isHeld = (terms: PinnedVersions) =>
    (of === 'plan' ? [terms.plan] : calendarsOf(terms)).some((ref) => isOlder(ref, revision));
  const clocks = open.filter((run) => isLive(run) && isHeld(run.pinned));
  return [...(isHeld(state.terms) ? ['ticket'] : []), ...clocks.map(({ id }) => id)];
}
