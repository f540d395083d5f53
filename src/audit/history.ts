import { type Scope } from '../auth/scope.js';
import { type Asker } from '../auth/asker.js';
import { type Catalogue } from '../catalogue/catalogue.js';
import { type EventStore, type StoredEvent } from '../event-sourcing/event-store.js';
import { groupBy } from '../event-sourcing/group-by.js';
import { type Notice, type TicketNoticeCode } from '../event-sourcing/notice.js';
import { noticesOfOpening } from '../tickets/opening-notices.js';
import { type FactEvent } from '../tickets/domain/ticket-event-types.js';
import { calendarsOf, type PinnedVersions } from '../clocks/pinned-versions.js';
import { type JudgedAgain } from '../tickets/domain/facts.js';
import { type OutcomeData } from '../tickets/domain/ticket-clocks.js';
import { evolve, unopened } from '../tickets/domain/ticket.js';
import { noticesOf } from '../tickets/domain/notices.js';
import { ticketEvents } from '../tickets/ticket-events.js';

/** Which part of a ticket's stream is wanted. */
export interface HistoryQuestion {
  readonly scope: Scope;
  readonly id: string;
  /** The revision of the first event; `end`: of the last. */
  readonly from: number | 'end';
  /** How many events at most. */
  readonly limit: number;
}

/** An event in a form that crosses between threads at little cost: what it says is JSON. */
export interface HistoryRow extends Omit<StoredEvent, 'data'> {
  readonly data: string;
}

/** Reads histories where it holds up nobody. @throws Rejection as {@link Reads} */
export interface Histories {
  history(question: HistoryQuestion, asker: Asker): Promise<readonly HistoryRow[]>;
}

/**
 * A part of a ticket's stream, in the order of recording; none where there is no such ticket that the reader may see. No
 * other events are read, wherever in the stream it is.
 * @param goOn throws where nobody waits for it any more
 */
export async function historyPart(
  store: EventStore,
  { scope, id, from, limit }: HistoryQuestion,
  goOn: () => void,
): Promise<readonly HistoryRow[]> {
  const rows: HistoryRow[] = [];
  for await (const event of ticketEvents(store, scope, id, { from, limit })) {
    goOn();
    rows.push({ ...event, data: JSON.stringify(event.data) });
  }
  return rows;
}

/** A recorded event, with what a reader should know of it where it is a fact, as the ticket stands now. */
export interface HistoryEntry {
  readonly event: StoredEvent;
  readonly notices: readonly TicketNoticeCode[];
}

/**
 * All of a ticket's stream, in the order of recording, with notices that no read model is needed for. It is read twice, so
 * that what its events say is not held.
 */
export async function* wholeHistory(
  { store, catalogue }: { readonly store: EventStore; readonly catalogue: Catalogue },
  id: string,
): AsyncGenerator<HistoryEntry, void, undefined> {
  let ticket = unopened;
  let limit = 0;
  for await (const event of ticketEvents(store, 'everyone', id)) {
    ticket = evolve(ticket, event);
    limit += 1;
  }
  await catalogue.load(ticket.pinned);
  const found = groupBy(
    noticesOf(ticket.facts, (plan) => catalogue.plan(plan)),
    ({ fact }) => fact,
  );
  for await (const event of ticketEvents(store, 'everyone', id, { limit })) {
    const own = (found.get(event.id) ?? []).map(({ code }) => code);
    const ofOpening = (await openingNotices(event, catalogue)).map(({ code }) => code);
    yield { event, notices: [...own, ...ofOpening] };
  }
}

/** What a reader should know of an opening. */
export async function openingNotices(
  { type, data, metadata }: Pick<StoredEvent, 'type' | 'data' | 'metadata'>,
  catalogue: Catalogue,
): Promise<readonly Notice<'defaultPlan' | 'joinedCustomer'>[]> {
  if (type !== 'TicketOpened') return [];
  const opening = data as Extract<FactEvent, { type: 'TicketOpened' }>['data'];
  const { joinedFrom = null } = opening;
  return noticesOfOpening(catalogue, {
    ...opening,
    joinedFrom,
    openedAt: Math.min(metadata.occurredAt, metadata.recordedAt),
  });
}

const iso = (at: number | null) => (at === null ? 'paused' : new Date(at).toISOString());

/** What an event says, in a line. */
export function summaryOf(event: StoredEvent): string {
  if (event.type.startsWith('Sla')) return outcomeSummary(event.type, event.data as OutcomeData);
  const { ticket: _ticket, customer, terms, import: _import, ...fields } = event.data as Record<string, unknown>;
  const words = Object.entries(fields).flatMap(([key, value]) => wordsOf(key, value));
  const owner = event.type === 'TicketOpened' ? [`customer ${String(customer)}`] : [];
  const under = event.type === 'PlanReapplied' ? [versionsSummary(terms as PinnedVersions)] : [];
  return [...owner, ...under, ...words].join(', ');
}

const versionsSummary = (pinned: PinnedVersions) =>
  [pinned.plan, ...calendarsOf(pinned)].map(({ code, version }) => `${code} v${version}`).join(', ');

function judgementSummary({ versions, class: as }: JudgedAgain): string {
  const known = versions.map(({ from, terms }) => `from ${iso(from)} ${versionsSummary(terms)}`);
  return [`answered too: ${known.join('; ')}`, ...(as === undefined ? [] : [`as ${as.type} ${as.priority}`])].join(
    ', ',
  );
}

const instants: ReadonlySet<string> = new Set([
  ...['messageAt', 'unansweredSince', 'until'],
  ...['preferredFrom', 'preferredUntil', 'startsAt', 'endedAt'],
]);

function wordsOf(key: string, value: unknown): readonly string[] {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return [];
  if (key === 'opening') return Object.entries(value).flatMap(([part, own]) => wordsOf(part, own));
  if (key === 'was')
    return [
      `was: ${Object.entries(value)
        .flatMap(([field, own]) => wordsOf(field, own))
        .join(', ')}`,
    ];
  if (key === 'answered') return [judgementSummary(value as JudgedAgain)];
  if (instants.has(key)) return [`${key} ${iso(value as number)}`];
  if (key === 'guarantee') {
    const { kind, reason } = value as { readonly kind: string; readonly reason: string | null };
    return [reason === null ? kind : `${kind} (${reason})`];
  }
  return [`${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`];
}

function outcomeSummary(type: string, outcome: OutcomeData): string {
  const { metric, layout, at, dueAt, previousDueAt, reason, terms } = outcome;
  const isMet = type === 'SlaMet' || type === 'SlaMetLate';
  const was = type === 'SlaDeadlineMoved' ? ` (was ${iso(previousDueAt)})` : '';
  const deadline = isMet ? `at ${iso(at)}, due ${iso(dueAt)}` : `due ${iso(dueAt)}${was}`;
  const why = reason === null ? '' : `, ${reason}`;
  return `${metric}, ${deadline}${why} (layout ${layout}, ${terms.plan.code} v${terms.plan.version})`;
}

/** What a notice says, in a word or two. */
export const noticesInWords: Readonly<Record<TicketNoticeCode, string>> = {
  withoutEffect: 'without effect',
  automaticReply: 'answers nobody',
  automaticMessage: 'ends no wait',
  startsNothing: 'starts no clock',
  splitOff: 'counts in the ticket split off',
  pausesNothing: 'pauses no clock',
  callNotPromised: 'best effort',
  clampedToOpening: 'counts at the opening',
  clampedToRecording: 'counts when it was recorded',
  defaultPlan: 'default plan',
  joinedCustomer: 'of the customer that its own was joined to',
  alreadySo: 'already so',
  openedBefore: 'opened before',
};
