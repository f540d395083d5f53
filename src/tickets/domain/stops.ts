import { type Instant } from '../../business-time/calendar.js';
import { type PauseReason } from '../../catalogue/domain/plan.js';
import { isOfCall } from './agreed.js';
import { mayGoOn } from './layout.js';
import { type TicketClock } from './ticket-clocks.js';
import { isOver, type TicketState } from './ticket-state.js';

/** What of a call has ended, so that what is late of it is over: its request, or the time that was agreed on. */
type CallEnd = 'callBackOver' | 'appointmentOver';

/** Nobody reached the customer, who is to say when it is there: a call-back waits for that. */
type CallWait = 'unreached';

/** Why nobody worked on a ticket for a while: it waited, or it had ended, or what it owed had. */
export type StopKind = PauseReason | 'closed' | 'cancelled' | 'merged' | CallWait | CallEnd;

/** A while in which nobody worked on a ticket. */
export interface Stop {
  readonly kind: StopKind;
  readonly from: Instant;
  /** When it ended, or will by itself. Null: it goes on, and nobody knows until when. */
  readonly to: Instant | null;
}

/** The stops that a fact at an instant ends and begins, by the ticket before and after it. */
export function stopsChanged(
  before: TicketState | undefined,
  state: TicketState | undefined,
  at: Instant,
): readonly Stop[] {
  if (before?.waits === state?.waits && before?.status === state?.status && before?.call === state?.call) return none;
  const [was, is] = [stopsOf(before), stopsOf(state)];
  const isIn = (all: typeof was, { kind, from }: Stop) => all.get(kind)?.from === from;
  const isAlike = (a: Stop, b: Stop | undefined) => a.from === b?.from && a.to === b.to;
  // A cancelling ends only by being taken back, and then nothing is left of it.
  const end = (kind: StopKind) => (kind === 'cancelled' ? 0 : at);
  return [
    ...[...was.values()].filter((stop) => !isIn(is, stop)).map((stop) => ({ ...stop, to: end(stop.kind) })),
    ...[...is.values()].filter((stop) => !isAlike(stop, was.get(stop.kind))),
    ...endedMeanwhile(before, state, at),
    ...callsEnded(before, state, at),
  ];
}

/** The ends of a call's request, and of a time that was agreed on, at an instant. */
function callsEnded(before: TicketState | undefined, state: TicketState | undefined, at: Instant): readonly Stop[] {
  if (before === undefined || before.call === state?.call) return none;
  const ended = (kind: CallEnd): Stop => ({ kind, from: at, to: at });
  const { requestedAt, startsAt } = before.call;
  return [
    ...(requestedAt === null || state?.call.requestedAt === requestedAt ? [] : [ended('callBackOver')]),
    ...(startsAt === null || state?.call.startsAt === startsAt ? [] : [ended('appointmentOver')]),
  ];
}

/** The waits of a ticket that is restored which ended by themselves while it was cancelled. */
function endedMeanwhile(before: TicketState | undefined, state: TicketState | undefined, at: Instant): readonly Stop[] {
  if (before?.beforeCancel == null || state?.beforeCancel !== null) return none;
  const ended = [...before.beforeCancel.waits].filter(([, wait]) => isOver(wait, at));
  return ended.map(([kind, { since: from, until: to }]) => ({ kind, from, to }));
}

const none: readonly Stop[] = [];

/** The stops that go on, by their kind. */
function stopsOf(state: TicketState | undefined): ReadonlyMap<StopKind, Stop> {
  const waits = [...(state?.waits ?? [])].map(([kind, { since, until }]): Stop => ({ kind, from: since, to: until }));
  const stops = new Map<StopKind, Stop>(waits.map((stop) => [stop.kind, stop]));
  const add = (kind: StopKind, from: Instant | null) =>
    from === null ? stops : stops.set(kind, { kind, from, to: null });
  add('unreached', state?.call.unreachedSince ?? null);
  if (state?.status === 'closed') add('closed', state.closedAt);
  if (state?.status === 'cancelled') add('cancelled', state.cancelledAt);
  if (state?.status === 'merged') add('merged', state.mergedAt);
  return stops;
}

/** Whether a clock, as it was recorded, goes on being late unless its ticket stops. */
export const isLate = ({ state }: TicketClock): boolean => state === 'breached';

/**
 * A late clock, as it was recorded, with its ticket's stops since then: of those no outcome is recorded. It stands still
 * for the waits that its plan pauses it for, and while its ticket was closed; it is over once the ticket has ended. A
 * follow-up is not taken up again by a reopening. What was asked in a ticket that was merged into it goes on though it is
 * closed.
 */
export function withStops(clock: TicketClock, stops: readonly Stop[], pausedFor: readonly string[]): TicketClock {
  const began = Math.max(clock.measuredAt, clock.planSince);
  const isOfIt = ({ kind, from, to }: Stop) =>
    !(kind === 'closed' && (clock.from !== null || isOfCall(clock.metric))) &&
    (to === null || (to > began && to >= from));
  const since = stops.filter(isOfIt);
  const ended = mayGoOn(clock.metric) ? lastEnd(since) : firstEnd(since);
  const overAt = isOfCall(clock.metric) ? earlier(callEnd(clock, since), ended) : ended;
  const stands = since.filter(({ kind, to }) =>
    kind === 'closed' ? to !== null : pausedFor.includes(waitOf(clock, kind)),
  );
  return { ...clock, overAt, stops: stands.map(({ from, to }) => ({ from: Math.max(from, began), to })) };
}

/** The wait that a stop is for a clock: to a call-back, not to reach the customer is to wait for it. */
const waitOf = ({ metric }: TicketClock, kind: StopKind) =>
  kind === 'unreached' && metric === 'callBack' ? 'waitingForCustomer' : kind;

/** When what a call's clock was about has ended; null where it has not. */
const callEnd = ({ metric }: TicketClock, stops: readonly Stop[]): Instant | null =>
  stops
    .filter(({ kind }) => kind === `${metric}Over`)
    .reduce<Instant | null>((first, { from }) => earlier(first, from), null);

const earlier = (a: Instant | null, b: Instant | null) => (a === null || b === null ? (a ?? b) : Math.min(a, b));

const isEnd = ({ kind }: Stop) => kind === 'closed' || kind === 'cancelled' || kind === 'merged';

/** When the ticket first ended; null where it has not. */
const firstEnd = (stops: readonly Stop[]): Instant | null =>
  stops.filter(isEnd).reduce<Instant | null>((first, { from }) => Math.min(first ?? from, from), null);

/** Since when the ticket has ended and still is; null where it is not. What is closed may be cancelled or merged too. */
function lastEnd(stops: readonly Stop[]): Instant | null {
  const last = stops.find((stop) => isEnd(stop) && stop.to === null);
  if (last === undefined || last.kind === 'closed') return last?.from ?? null;
  return stops.find(({ kind, to }) => kind === 'closed' && to === last.from)?.from ?? last.from;
}
