import { type Instant } from '../../src/business-time/calendar.js';
import { type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { type Metric } from '../../src/catalogue/domain/plan.js';
import { feedTypes } from '../../src/feed/domain/feed-event.js';
import { type TicketCommand } from '../../src/tickets/domain/facts.js';
import { Hours } from '../model/hours.js';
import { lifeOf } from '../model/naive-ticket-state.js';
import { type Fact, viewOf } from '../model/naive-ticket.js';
import { always, asked, plans } from './promises.js';

/** An outcome in the log, as far as it is looked at here. */
interface Outcome {
  readonly run: string;
  readonly metric: Metric;
  readonly dueAt: Instant | null;
}

const isOutcome = (event: StoredEvent) => event.type.startsWith('Sla');
const saidIn = (event: StoredEvent) => event.data as Outcome;

/** How often each write is in the log, by its mark. */
export function timesRecorded(log: readonly StoredEvent[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const event of log) {
    const mark = event.metadata.onBehalfOf;
    if (!isOutcome(event) && mark !== undefined) times.set(mark, (times.get(mark) ?? 0) + 1);
  }
  return times;
}

/** What a listener is to have heard, in order: the ids of events on the feed, about one promise or all. */
export function feedIn(log: readonly StoredEvent[], metric: string | undefined): readonly string[] {
  const types: readonly string[] = feedTypes;
  const isWanted = (event: StoredEvent) =>
    types.includes(event.type) && (metric === undefined || asked[saidIn(event).metric] === metric);
  return log.filter(isWanted).map(({ id }) => id);
}

/** The breaches recorded, each as often as it was. */
export const breachesIn = (log: readonly StoredEvent[]): readonly string[] =>
  log
    .filter(({ type }) => type === 'SlaBreached')
    .map((event) => `${saidIn(event).run} ${saidIn(event).dueAt ?? '?'}`)
    .sort();

const commands: Readonly<Record<string, (data: Record<string, unknown>) => object>> = {
  TicketOpened: ({ type, ...data }) => ({ type: 'OpenTicket', ticketType: type, ...data }),
  FirstResponseSent: () => ({ type: 'RecordFirstResponse' }),
  FollowUpSent: () => ({ type: 'RecordFollowUp' }),
  CustomerReplied: () => ({ type: 'RecordCustomerReply' }),
  TicketPaused: ({ reason }) => ({ type: 'PauseTicket', reason }),
  TicketResumed: ({ reason }) => ({ type: 'ResumeTicket', reason: reason ?? undefined }),
  InternalNoteAdded: ({ text }) => ({ type: 'AddInternalNote', text }),
  TicketResolved: ({ publicReply }) => ({ type: 'ResolveTicket', publicReply }),
  TicketReopened: () => ({ type: 'ReopenTicket' }),
};

const dayMs = 86_400_000;

/** The clocks that run out within a day where no more is said, as the naive model has it: one breach each. */
export function runOut(log: readonly StoredEvent[], now: Instant): readonly string[] {
  const hours = new Hours(always, now - 2 * dayMs, 5);
  const end = now + dayMs;
  const tickets = new Map<string, Fact[]>();
  for (const event of log) {
    if (!event.stream.startsWith('ticket-') || isOutcome(event)) continue;
    const data = event.data as Record<string, unknown> & {
      readonly terms: { readonly plan: { readonly code: string } };
    };
    const plan = plans.find(({ code }) => code === data.terms.plan.code);
    const command = commands[event.type]?.(data) as TicketCommand | undefined;
    if (plan === undefined || command === undefined) throw new Error(`${event.type} is not what the writers say`);
    const terms = { plan, planVersion: 1, hours, calendar: 'always', calendarVersion: 1, own: [] };
    const at = Math.min(event.metadata.occurredAt, event.metadata.recordedAt);
    const facts = tickets.get(event.stream) ?? [];
    facts.push({ id: event.id, at, command, isPerson: true, terms });
    tickets.set(event.stream, facts);
  }
  const late = [...tickets.values()].flatMap((facts) => {
    const life = lifeOf(facts, end);
    return life === undefined ? [] : life.runs.map((run) => viewOf(run, life.opening, end));
  });
  return late.flatMap(({ run, breachedAt }) => (breachedAt === null ? [] : [`${run} ${breachedAt}`])).sort();
}
