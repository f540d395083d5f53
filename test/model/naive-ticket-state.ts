import { type Instant } from '../../src/business-time/calendar.js';
import { isUnderWay, live, satisfy, standStill, start, takeUp } from './naive-clocks.js';
import { heard, heardMeanwhile, reapplied, reclassified, revised } from './naive-recalculation.js';
import { calendarsOf, type Class, type Fact, type Life, targetOf, type Terms } from './naive-ticket.js';

/** Facts in order of occurrence; at the same instant, as they were said. */
export const inOrder = (facts: readonly Fact[]): readonly Fact[] => [...facts].sort((a, b) => a.at - b.at);

/**
 * A ticket's life told from its facts in order of occurrence, from the beginning each time. What a fact that makes no
 * sense where it stands would have done is left out.
 */
export const lifeOf = (facts: readonly Fact[], until: Instant): Life | undefined =>
  told(
    inOrder(facts).filter(({ at }) => at <= until),
    until,
    saidElsewhere(facts),
  );

/** The life that a fact met. */
export function lifeBefore(facts: readonly Fact[], fact: Fact): Life | undefined {
  const all = inOrder(facts);
  return told(all.slice(0, all.indexOf(fact)), fact.at, saidElsewhere(facts));
}

/** Messages that became tickets of their own, each split taking the first of its instant that was left; as recorded. */
function saidElsewhere(facts: readonly Fact[]): ReadonlySet<Fact> {
  const taken = new Set<Fact>();
  facts.forEach(({ command: split }, i) => {
    if (split.type !== 'SplitTicket') return;
    const isMessage = ({ command, at }: Fact) =>
      at === split.messageAt && (command.type === 'OpenTicket' || command.type === 'RecordCustomerReply');
    const message = facts.slice(0, i).find((fact) => isMessage(fact) && !taken.has(fact));
    if (message !== undefined) taken.add(message);
  });
  return taken;
}

/** Waits that end by themselves do so at their own instants, the earliest first. */
function endWaits(life: Life, by: Instant): void {
  const ending = [...life.waits].flatMap(([reason, until]) =>
    until !== undefined && until <= by ? [{ reason, until }] : [],
  );
  for (const { reason, until } of ending.sort((a, b) => a.until - b.until)) {
    life.waits.delete(reason);
    if (isUnderWay(life)) life.status = life.waits.size > 0 ? 'waiting' : 'open';
    standStill(life, until);
  }
}

function told(facts: readonly Fact[], until: Instant, elsewhere: ReadonlySet<Fact>): Life | undefined {
  let life: Life | undefined;
  for (const fact of facts) {
    if (life !== undefined) endWaits(life, fact.at);
    if (elsewhere.has(fact) && fact.command.type === 'RecordCustomerReply') continue;
    if (fact.command.type === 'OpenTicket') life ??= opened(fact, fact.command);
    else if (life !== undefined && senseOf(life, fact) === 'changes') apply(life, fact);
  }
  if (life !== undefined) endWaits(life, until);
  return life;
}

type Sense = 'changes' | 'alreadySo' | 'refused';

/** Whether a fact makes sense of a ticket as it stands then; what is so already is so in every status. */
export function senseOf(life: Life, fact: Fact): Sense {
  const { command } = fact;
  if (command.type === 'ReapplyPlan' && command.answered === true) return 'changes';
  if (isAlreadySo(life, fact)) return 'alreadySo';
  if (['AddInternalNote', 'CorrectTicket', 'ReceiveMerge'].includes(command.type)) return 'changes';
  if (command.type === 'RestoreTicket') return life.status === 'cancelled' ? 'changes' : 'refused';
  if (command.type === 'OpenTicket' || life.status === 'cancelled' || life.status === 'merged') return 'refused';
  const refused = {
    PauseTicket: !isUnderWay(life),
    ResumeTicket: false,
    ReopenTicket: isUnderWay(life),
    ResolveTicket: life.status === 'closed',
    ReapplyPlan: life.status === 'closed',
    ApplyRevision: life.status === 'closed',
  } as const;
  return command.type in refused && refused[command.type as keyof typeof refused] ? 'refused' : 'changes';
}

function isAlreadySo(life: Life, fact: Fact): boolean {
  const { command } = fact;
  const { status, waits } = life;
  switch (command.type) {
    case 'PauseTicket':
      return waits.has(command.reason) && (command.until ?? waits.get(command.reason)) === waits.get(command.reason);
    case 'ResumeTicket':
      return command.reason === undefined ? waits.size === 0 : !waits.has(command.reason);
    case 'AssignTicket':
      return command.assignee === life.assignee && command.team === life.team;
    case 'ReclassifyTicket': {
      const { type, priority } = classAfter(life.class, command);
      return type === life.class.type && priority === life.class.priority;
    }
    case 'CorrectTicket':
      return command.subject === life.subject;
    case 'ResolveTicket':
      return status === 'resolved' && !(life.isUntold && tells(fact));
    case 'CloseTicket':
      return status === 'closed';
    case 'CancelTicket':
      return status === 'cancelled';
    case 'RestoreTicket':
      return status !== 'cancelled' && life.isRestored;
    case 'MergeTicket':
      return life.mergedInto === command.into;
    case 'SplitTicket':
      return life.splitInto.includes(command.into);
    case 'ReceiveMerge':
      return (life.received.get(command.from)?.revision ?? -1) >= command.revision; // the last word counts
    case 'ReapplyPlan':
      return !['closed', 'cancelled', 'merged'].includes(status) && changesNothing(life, fact, () => fact.terms);
    case 'ApplyRevision':
      return changesNothing(life, fact, (before) => revised(before, fact.terms, command));
    default:
      return false;
  }
}

function changesNothing(life: Life, fact: Fact, termsAfter: (before: Terms) => Terms): boolean {
  const tried = structuredLife(life);
  reapplied(tried, fact, termsAfter);
  return JSON.stringify(governs(tried)) === JSON.stringify(governs(life));
}

/** What a ticket and its clocks are under, and which of them go on. */
const governs = ({ terms, runs, opening }: Life) => [
  versionsOf(terms),
  ...runs.map((run) => [
    ...versionsOf(run.terms),
    targetOf(run.terms.plan, run.metric, opening, run.class),
    run.end === undefined,
  ]),
];

const versionsOf = (terms: Terms) => [
  ...[terms.plan.code, terms.planVersion],
  ...calendarsOf(terms).flatMap(({ calendar, calendarVersion }) => [calendar, calendarVersion]),
];

/** A life to try something on. */
const structuredLife = (life: Life): Life => ({
  ...life,
  waits: new Map(life.waits),
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
    openedAt: fact.at,
    class: { type: opening.ticketType, priority: opening.priority ?? 'normal' },
    judgedAs: fact.judgedAs,
    subject: opening.subject,
    ...{
      hasReplied: false,
      lastCustomerReplyAt: null,
      isAsked: false,
      isUntold: false,
      waits: new Map(),
      runs: [],
      assignee: null,
      team: null,
      terms: fact.terms,
    },
    ...{ replies: [], beforeCancel: undefined, isRestored: false },
    ...{ mergedInto: null, splitInto: [], received: new Map() },
  };
  const origin = opening.origin ?? 'customerRequest';
  if (origin !== 'noRequest') start(life, 'firstResponse', fact);
  start(life, 'resolution', fact);
  if (origin === 'phoneRequest') replied(life, fact); // heard and answered in the same call
  return life;
}

/** A reply of ours by a person. */
function replied(life: Life, fact: Fact): void {
  for (const run of life.runs) {
    if (run.metric === 'firstResponse' && run.end?.how === 'closed') takeUp(run, fact.at);
  }
  satisfy([...live(life, 'firstResponse'), ...live(life, 'followUp')], fact.at);
  life.hasReplied = true;
  life.replies.push(fact.at);
  life.isAsked = false;
  life.isUntold = false;
  if (isUnderWay(life) && fact.terms.plan.followUpStarts === 'eachReply') start(life, 'followUp', fact);
}

function apply(life: Life, fact: Fact): void {
  const { command, at } = fact;
  life.judgedAs = fact.judgedAs;
  switch (command.type) {
    case 'RecordFirstResponse':
    case 'RecordFollowUp':
      if (fact.isPerson) replied(life, fact);
      break;
    case 'RecordCustomerReply':
      if (!fact.isPerson) break; // out of office
      life.lastCustomerReplyAt = at;
      life.waits.delete('waitingForCustomer');
      if (life.hasReplied && isUnderWay(life)) {
        life.isAsked = true;
        if (fact.terms.plan.followUpStarts === 'nextReply' && live(life, 'followUp').length === 0)
          start(life, 'followUp', fact);
      }
      break;
    case 'PauseTicket':
      life.waits.set(command.reason, command.until);
      break;
    case 'ResumeTicket':
      if (command.reason === undefined) life.waits.clear();
      else life.waits.delete(command.reason);
      break;
    case 'AssignTicket':
      life.assignee = command.assignee;
      life.team = command.team;
      break;
    case 'ReclassifyTicket':
      reclassified(life, fact, classAfter(life.class, command));
      break;
    case 'CorrectTicket':
      life.subject = command.subject ?? life.subject;
      break;
    case 'ReapplyPlan':
      if (isEnded(life)) break; // only what came before is judged again
      reapplied(life, fact, () => fact.terms);
      break;
    case 'ApplyRevision':
      reapplied(life, fact, (before) => revised(before, fact.terms, command));
      break;
    case 'ResolveTicket':
      resolved(life, fact);
      break;
    case 'CloseTicket':
      closed(life, at);
      break;
    case 'ReopenTicket':
      reopened(life, fact);
      break;
    case 'CancelTicket':
      life.beforeCancel = { status: life.status, waits: [...life.waits] };
      ended(life, at, 'cancelled');
      break;
    case 'RestoreTicket':
      restored(life, at);
      break;
    case 'MergeTicket':
      ended(life, at, 'merged');
      life.mergedInto = command.into;
      break;
    case 'SplitTicket':
      life.splitInto.push(command.into);
      break;
    case 'ReceiveMerge':
      heard(life, command, at);
      break;
    default:
      break;
  }
  if (isUnderWay(life)) life.status = life.waits.size > 0 ? 'waiting' : 'open';
  standStill(life, at);
}

const isEnded = ({ status }: Life) => status === 'closed' || status === 'cancelled' || status === 'merged';

function ended(life: Life, at: Instant, how: 'cancelled' | 'merged'): void {
  for (const run of live(life)) run.end = { at, how };
  life.waits.clear();
  life.status = how;
}

/** Cancelled by mistake: all is as if it had not been. */
function restored(life: Life, at: Instant): void {
  for (const run of life.runs) if (run.end?.how === 'cancelled') run.end = undefined;
  life.status = life.beforeCancel?.status ?? 'open';
  for (const [reason, until] of life.beforeCancel?.waits ?? []) life.waits.set(reason, until);
  life.beforeCancel = undefined;
  life.isRestored = true;
  heardMeanwhile(life, at);
}

/** Whether a person told the customer of the resolving. */
const tells = ({ command, isPerson }: Fact) =>
  command.type === 'ResolveTicket' && command.publicReply !== false && isPerson;

/** What was resolved in silence stays so; when the customer is told, that is a reply of ours. */
function resolved(life: Life, fact: Fact): void {
  if (life.status === 'resolved') {
    replied(life, fact);
    return;
  }
  life.status = 'resolved';
  life.isUntold = true;
  if (tells(fact)) replied(life, fact);
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
  // A request that came in a ticket merged into this one waits on.
  for (const run of live(life)) if (run.from === undefined) run.end = { at, how: 'closed' };
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
