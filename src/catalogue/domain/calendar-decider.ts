import { expectModest } from '../../business-time/calendar-limits.js';
import { compileCalendar } from '../../business-time/compile-calendar.js';
import { type CalendarDefinition, type Instant } from '../../business-time/calendar.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type CalendarEvent, type NamedCalendar } from './catalogue-events.js';
import { refused } from './expect-sound-plan.js';
import { expectAfterLast, type History, same, type RecordedChange, withVersion } from './version-history.js';

export type CalendarHistory = History<NamedCalendar, CalendarEvent['type']>;

/** What may be done to a calendar. Without an `effectiveFrom` it holds from the command on. */
export type CalendarCommand = RecordedChange &
  (
    | { readonly type: 'DefineCalendar'; readonly calendar: NamedCalendar }
    | {
        readonly type: 'ReviseCalendar';
        readonly code: string;
        /** What is left out stays as it was. */
        readonly changes: Partial<Omit<NamedCalendar, 'code'>>;
        readonly effectiveFrom: Instant | undefined;
        readonly appliesToOpenTickets: boolean;
      }
  );

/** A calendar is defined once, from the beginning of time, and revised from then on. One that cannot be compiled is refused. */
export const calendarDecider: Decider<CalendarHistory, CalendarCommand, CalendarEvent> = {
  initial: [],
  evolve,
  decide,
};

function evolve(history: CalendarHistory, event: CalendarEvent): CalendarHistory {
  switch (event.type) {
    case 'CalendarDefined':
    case 'CalendarRevised': {
      const { code, name, definition, ...version } = event.data;
      return withVersion(history, event, { ...version, content: { code, name, definition } });
    }
    default:
      return history;
  }
}

function decide(command: CalendarCommand, history: CalendarHistory): readonly CalendarEvent[] {
  const { id, metadata } = command;
  if (command.type === 'DefineCalendar') {
    const { calendar } = command;
    if (same(history[0]?.content, calendar)) return [];
    if (history.length > 0) {
      throw new Rejection('CALENDAR_EXISTS', `code: calendar ${calendar.code} already exists.`);
    }
    expectSound(calendar.definition, metadata.occurredAt);
    return [{ id, type: 'CalendarDefined', data: { ...calendar, version: 1, effectiveFrom: null }, metadata }];
  }
  const last = history.at(-1);
  if (last === undefined) throw calendarNotFound(command.code);
  const calendar: NamedCalendar = { ...last.content, ...command.changes };
  if (same(last.content, calendar)) return [];
  const effectiveFrom = command.effectiveFrom ?? metadata.occurredAt;
  expectAfterLast(history, effectiveFrom);
  if (command.changes.definition !== undefined) expectSound(calendar.definition, effectiveFrom);
  const { appliesToOpenTickets } = command;
  const revision = { version: last.version + 1, effectiveFrom, appliesToOpenTickets };
  return [{ id, type: 'CalendarRevised', data: { ...calendar, ...revision }, metadata }];
}

/** A calendar that is larger than any desk's, or does not open within ten years, is a mistake. */
function expectSound(definition: CalendarDefinition, at: Instant): void {
  try {
    expectModest(definition);
    compileCalendar(definition).nextOpening(at);
  } catch (error) {
    throw refused(error);
  }
}

export const calendarNotFound = (code: string): Rejection =>
  new Rejection('CALENDAR_NOT_FOUND', `calendar: there is no calendar ${code}.`);
