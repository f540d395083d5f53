import { isDeepStrictEqual } from 'node:util';
import { type Instant } from '../../business-time/calendar.js';
import { isOlder } from '../../plans/domain/reapply.js';
import { layOut } from '../../sla/domain/lay-out.js';
import { isLive } from '../../sla/domain/run.js';
import { type Versions } from '../../sla/domain/versions.js';
import { type ApplyRevision, type CommandContext } from './commands.js';
import { deriveId } from './derive-id.js';
import { type FactEvent } from './events.js';
import { type Fact } from './facts.js';
import { lifeAt, objection } from './life.js';
import { evolve, type Ticket } from './ticket.js';
import { toFactEvent } from './to-fact-event.js';

/** Whether a fact leaves the ticket, or a clock on it, under other versions than before; or adds or ends a clock. */
export function changesTerms(before: Ticket, after: Ticket, at: Instant, versions: Versions): boolean {
  const standing = ({ facts }: Ticket) => [
    lifeAt(facts, at)?.terms,
    layOut(facts, versions, at).map(({ id, terms, end }) => [id, terms, end === null]),
  ];
  return !isDeepStrictEqual(standing(before), standing(after));
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
  const isChosen = (fact: Fact) => fact.type === 'PlanReapplied' && fact.data.because === 'reapplied' && fact.at > from;
  const chosenAt = ticket.facts.find(isChosen)?.at ?? Infinity;
  const later = ticket.facts.map(({ at }) => at).filter((at) => at > from && at < chosenAt);
  const events: FactEvent[] = [];
  let reached = ticket;
  for (const at of new Set([from, ...later])) {
    const life = lifeAt(reached.facts, at);
    if (life === undefined || objection(life, 'PlanReapplied') !== undefined) continue;
    // What the revision left as it was, a breach that stands, no later fact brings it to.
    if (at > from && !tookHold(reached.facts, at, command, versions)) continue;
    const factId = deriveId('revision', context.ticket, of, code, String(version), String(at));
    // It was got to before; what somebody chose in that very instant came after it.
    if (reached.facts.some(({ id }) => id === factId)) continue;
    const order = { ...command, context: { ...context, factId, occurredAt: at } };
    const event = toFactEvent(order, ticket.customer, life, versions);
    const after = evolve(reached, event);
    if (!changesTerms(reached, after, at, versions)) continue;
    events.push(event);
    reached = after;
  }
  return events;
}

/** Whether an older version than a revision's took hold of a ticket, or of a clock on it, at an instant. */
function tookHold(facts: readonly Fact[], at: Instant, revision: ApplyRevision, versions: Versions): boolean {
  const before = heldBy(
    facts.filter((fact) => fact.at < at),
    at,
    revision,
    versions,
  );
  return heldBy(facts, at, revision, versions).some((held) => !before.includes(held));
}

/** What of a ticket a revision could reach: itself and the clocks that go on, where they are under an older version. */
function heldBy(facts: readonly Fact[], at: Instant, revision: ApplyRevision, versions: Versions): readonly string[] {
  const life = lifeAt(facts, at);
  if (life === undefined || objection(life, 'PlanReapplied') !== undefined) return [];
  const { of } = revision;
  const clocks = layOut(facts, versions, at).filter((run) => isLive(run) && isOlder(run.terms[of], revision));
  return [...(isOlder(life.terms[of], revision) ? ['ticket'] : []), ...clocks.map(({ id }) => id)];
}
