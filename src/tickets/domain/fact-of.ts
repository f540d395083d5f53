import { type Instant } from '../../business-time/calendar.js';
import { doerOf } from '../../event-sourcing/event-store.js';
import { type FactEvent, type TicketEvent } from './ticket-event-types.js';
import { type Clamped, type Fact, type FactType, factTypes } from './facts.js';

const facts: ReadonlySet<string> = new Set(factTypes satisfies readonly FactType[]);

/** Whether an event says what happened, rather than what became of a clock. */
export const isFact = (event: TicketEvent): event is FactEvent => facts.has(event.type);

/**
 * When a fact counts: when its source says, but not after its recording (clocks run a little apart) and not before the
 * ticket's opening (imported logs say so at times).
 */
export const countsAt = (occurredAt: Instant, recordedAt: Instant, openedAt: Instant | undefined): Instant =>
  Math.max(openedAt ?? -Infinity, Math.min(occurredAt, recordedAt));

/** A recorded fact as the clocks see it. */
export function factOf(event: FactEvent, order: number, openedAt: Instant | undefined): Fact {
  const { id, type, data, metadata } = event;
  const { occurredAt, recordedAt, commandHash } = metadata;
  const at = countsAt(occurredAt, recordedAt, openedAt);
  const clamped: Clamped | undefined =
    at > occurredAt ? 'clampedToOpening' : at < occurredAt ? 'clampedToRecording' : undefined;
  const kept = type === 'InternalNoteAdded' ? nothing : data;
  const when = { at, clamped, isSplitOff: false, judgedAs: undefined, order };
  return { id, type, ...when, actor: doerOf(metadata), terms: data.terms, commandHash, data: kept } as Fact;
}

const nothing = {};
