import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { wordKey } from '../../parsing/word.js';
import { type Channel, type Metric, type TicketType } from '../../catalogue/domain/plan.js';
import { type OutcomeType } from '../../clocks/outcome.js';
import { type OutcomeData } from '../../tickets/domain/ticket-clocks.js';

/** What agents hear of: each breach and warning, and what became of it. */
export const feedTypes = [
  'SlaAtRisk',
  'SlaBreached',
  'SlaBreachWithdrawn',
  'SlaMet',
  'SlaMetLate',
] as const satisfies readonly OutcomeType[];
export type FeedType = (typeof feedTypes)[number];

export type FeedEvent = StoredEvent<FeedType, OutcomeData>;

/** Which of them; what is left out, or empty, does not narrow. */
export interface FeedFilter {
  /** Of events. */
  readonly types?: readonly FeedType[];
  readonly ticketTypes?: readonly TicketType[];
  readonly teams?: readonly string[];
  /** An event from before channels were kept is by none of them. */
  readonly channels?: readonly Channel[];
  readonly metrics?: readonly Metric[];
  readonly plans?: readonly string[];
  readonly customers?: readonly string[];
  readonly assignees?: readonly string[];
  readonly priorities?: readonly string[];
  readonly ticket?: string;
  /** Also what took effect before the import that brought its ticket began. */
  readonly includeHistoric?: boolean;
}

/** Whether an event passes a filter. */
export function isWanted({ type, data: outcome }: FeedEvent, filter: FeedFilter): boolean {
  const { types, ticketTypes, metrics, plans, customers, assignees, ticket, includeHistoric = false } = filter;
  return (
    (includeHistoric || !outcome.historic) &&
    isAmong(types, type) &&
    isAmong(metrics, outcome.metric) &&
    isAmong(plans, outcome.terms.plan.code) &&
    isAmong(customers, outcome.customer) &&
    isAmong(assignees, outcome.assignee) &&
    isAmong(filter.teams, outcome.team) &&
    isWordAmong(filter.priorities, outcome.priority) &&
    isWordAmong(ticketTypes, outcome.type) &&
    isWordAmong(filter.channels, outcome.channel ?? null) &&
    (ticket === undefined || ticket === outcome.ticket)
  );
}

const isAmong = (wanted: readonly string[] | undefined, value: string | null) =>
  wanted === undefined || wanted.length === 0 || (value !== null && wanted.includes(value));

/** The keys of the words in a list of a filter, which is asked of every event. */
const keysOf = new WeakMap<readonly string[], ReadonlySet<string>>();

function isWordAmong(wanted: readonly string[] | undefined, value: string | null): boolean {
  if (wanted === undefined || wanted.length === 0) return true;
  const keys = keysOf.get(wanted) ?? new Set(wanted.map(wordKey));
  keysOf.set(wanted, keys);
  return value !== null && keys.has(wordKey(value));
}
