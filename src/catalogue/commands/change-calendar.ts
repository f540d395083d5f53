import { type CalendarDefinition } from '../../business-time/calendar.js';
import { type CalendarSource } from '../../business-time/holiday-sources.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type CalendarCommand, calendarDecider, type CalendarHistory } from '../domain/calendar-decider.js';
import { expectWanted } from '../../event-sourcing/handle-command.js';
import { calendarStream, type NamedCalendar } from '../domain/catalogue-events.js';
import { refused } from '../domain/expect-sound-plan.js';
import { type CatalogueRequest, type CataloguePorts, type Changed, record } from './catalogue-ports.js';

/** A calendar as people write it; its holidays may come from elsewhere. */
export interface CalendarChange extends Omit<NamedCalendar, 'definition'> {
  readonly definition: CalendarSource;
}

type Revision = Extract<CalendarCommand, { type: 'ReviseCalendar' }>;

export type CalendarRequest =
  | { readonly type: 'DefineCalendar'; readonly calendar: CalendarChange }
  | (CatalogueRequest<Revision, 'changes'> & {
      /** What is left out stays, of the definition too. */
      readonly changes: { readonly name?: string; readonly definition?: Partial<CalendarSource> };
    });

/**
 * Defines or revises a calendar. Holidays are resolved to dates here, once.
 * @throws Rejection what {@link calendarDecider} refuses, and what resolving holidays does
 */
export async function changeCalendar(
  ports: CataloguePorts,
  command: CalendarRequest,
  actor: Actor,
  signal?: AbortSignal,
): Promise<Changed<CalendarHistory>> {
  const code = command.type === 'DefineCalendar' ? command.calendar.code : command.code;
  const resolvedCommand = await withHolidays(ports, command, signal);
  expectWanted(signal);
  return record(ports, calendarStream(code), calendarDecider, (change) => ({ ...resolvedCommand, ...change }), actor);
}

async function withHolidays(
  ports: CataloguePorts,
  command: CalendarRequest,
  signal: AbortSignal | undefined,
): Promise<CatalogueRequest<CalendarCommand>> {
  if (command.type === 'DefineCalendar') {
    const { calendar } = command;
    return { ...command, calendar: { ...calendar, definition: await resolved(ports, calendar.definition, signal) } };
  }
  const { definition, ...rest } = command.changes;
  if (definition === undefined) return { ...command, changes: rest };
  const last = (await ports.catalogue.calendarHistory(command.code)).at(-1)?.content.definition;
  if (last === undefined) return { ...command, changes: rest }; // the decider says so
  return { ...command, changes: { ...rest, definition: await resolved(ports, revised(last, definition), signal) } };
}

/** Holidays from further sources are known for as long as those say, whatever was known before. */
function revised(last: CalendarDefinition, changes: Partial<CalendarSource>): CalendarSource {
  const { holidaysKnownFrom: _from, holidaysKnownUntil: _until, ...unbounded } = last;
  return { ...(changes.holidaysFrom === undefined ? last : unbounded), ...changes };
}

async function resolved(
  { time, resolveHolidays }: CataloguePorts,
  source: CalendarSource,
  signal: AbortSignal | undefined,
): Promise<CalendarDefinition> {
  const thisYear = new Date(time.now()).getUTCFullYear();
  try {
    return await resolveHolidays(source, thisYear, signal);
  } catch (error) {
    throw refused(error);
  }
}
