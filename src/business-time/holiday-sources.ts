import { type CalendarDefinition, type Holiday, InvalidCalendar } from './calendar.js';
import { type Years } from './years.js';

/** The public holidays of a country, or of a part of one by its ISO 3166-2 code without the country: `BY` in `DE`. */
export interface CountryHolidays {
  readonly country: string;
  readonly region?: string;
}

/** The events of an iCalendar file, given by its text. */
export interface ICalendarHolidays {
  readonly icalendar: string;
}

/** Where holidays come from, and for which years: by default last year’s to those in five years. */
export type HolidaySource = (CountryHolidays | ICalendarHolidays) & {
  readonly firstYear?: number;
  readonly lastYear?: number;
};

/** A definition as people write it: its holidays may come from elsewhere. */
export interface CalendarSource extends CalendarDefinition {
  readonly holidaysFrom?: readonly HolidaySource[];
}

/**
 * The definition with its holidays as dates. That is what is kept: a later release of the data they come from never
 * moves an old deadline.
 * @throws InvalidCalendar `MALFORMED`, `UNKNOWN_COUNTRY`, `UNKNOWN_REGION`, `INVALID_YEARS`, `MALFORMED_ICALENDAR`
 */
export async function resolveHolidays(source: CalendarSource, thisYear: number): Promise<CalendarDefinition> {
  const { holidaysFrom, ...definition } = source;
  if (holidaysFrom === undefined) return definition;
  if (!Array.isArray(holidaysFrom)) throw new InvalidCalendar('MALFORMED', 'holidaysFrom', 'must be a list.');
  const found: Holiday[] = [...(definition.holidays ?? [])];
  const known: string[] = definition.holidaysKnownUntil === undefined ? [] : [definition.holidaysKnownUntil];
  for (const [i, from] of (holidaysFrom as readonly unknown[]).entries()) {
    const { holidays, knownUntil } = await holidaysOf(from, source.timeZone, thisYear, `holidaysFrom[${i}]`);
    found.push(...holidays);
    known.push(`${knownUntil}-12-31`);
  }
  const [first] = known.sort();
  return {
    ...definition,
    holidays: withoutDoubles(found),
    ...(first === undefined ? {} : { holidaysKnownUntil: first }),
  };
}

async function holidaysOf(from: unknown, timeZone: string, thisYear: number, field: string) {
  if (typeof from !== 'object' || from === null) throw new InvalidCalendar('MALFORMED', field, 'must be an object.');
  const source = from as Partial<CountryHolidays & ICalendarHolidays> & Pick<HolidaySource, 'firstYear' | 'lastYear'>;
  const years = yearsOf(source, thisYear, field);
  // Their data are large, and most calendars need neither.
  if (typeof source.country === 'string') {
    const { countryHolidays } = await import('./country-holidays.js');
    return { holidays: countryHolidays(source.country, source.region, years, field), knownUntil: years.last };
  }
  if (typeof source.icalendar === 'string') {
    const { icalendarHolidays } = await import('./icalendar-holidays.js');
    const holidays = icalendarHolidays(source.icalendar, timeZone, years, `${field}.icalendar`);
    // A file of this year’s days says nothing of the next.
    const lastYear = holidays.reduce(
      (last, holiday) => Math.max(last, Number(dateOf(holiday).slice(0, 4))),
      years.first,
    );
    return { holidays, knownUntil: lastYear };
  }
  throw new InvalidCalendar('MALFORMED', field, 'must have a country or an icalendar.');
}

function yearsOf(
  { firstYear, lastYear }: { readonly firstYear?: number; readonly lastYear?: number },
  thisYear: number,
  field: string,
): Years {
  const first = firstYear ?? thisYear - 1;
  const last = lastYear ?? Math.max(first, thisYear) + 5;
  const isSound = Number.isInteger(first) && Number.isInteger(last) && first >= 1900 && last <= 2200 && first <= last;
  if (isSound) return { first, last };
  throw new InvalidCalendar('INVALID_YEARS', field, `${first} to ${last} are no years from 1900 to 2200.`);
}

export const dateOf = (holiday: Holiday): string => (typeof holiday === 'string' ? holiday : holiday.date);

/** In order of dates. A day that is off as a whole needs no more said. */
function withoutDoubles(holidays: readonly Holiday[]): readonly Holiday[] {
  const whole = new Set(holidays.filter(isWhole).map(dateOf));
  const seen = new Set<string>();
  return holidays
    .filter((holiday) => isWhole(holiday) || !whole.has(dateOf(holiday)))
    .filter((holiday) => {
      const key = isWhole(holiday) ? dateOf(holiday) : JSON.stringify(holiday);
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => (dateOf(a) < dateOf(b) ? -1 : dateOf(a) > dateOf(b) ? 1 : 0));
}

const isWhole = (holiday: Holiday) => typeof holiday === 'string' || holiday.hours === undefined;
