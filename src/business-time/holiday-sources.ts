import { type CalendarDefinition, type Holiday, InvalidCalendar } from './calendar.js';
import { expectModest, firstYear, lastYear, mostHolidays, tooLarge } from './calendar-limits.js';
import { type EventFilter, transparencies, type Transparency } from './icalendar-filter.js';
import { type FileHolidayOptions } from './icalendar-holidays.js';
import { isSpread, spreadHolidays, type WrittenHoliday } from './spread-holidays.js';
import { type Years } from './years.js';

/** The public holidays of a country, or of a part of one by its ISO 3166-2 code without the country: `BY` in `DE`. */
export interface CountryHolidays {
  readonly country: string;
  readonly region?: string;
}

/** The events of an iCalendar file, given by its text: all of them, or those that its filters keep. */
export interface ICalendarHolidays extends FileHolidayOptions {
  readonly icalendar: string;
}

/** Where holidays come from, and for which years: by default ten years back to five years ahead. */
export type HolidaySource = (CountryHolidays | ICalendarHolidays) & {
  readonly firstYear?: number;
  readonly lastYear?: number;
};

/** A definition as people write it: holidays may be ranges and yearly dates, and come from elsewhere. */
export interface CalendarSource extends Omit<CalendarDefinition, 'holidays'> {
  readonly holidays?: readonly WrittenHoliday[];
  readonly holidaysFrom?: readonly HolidaySource[];
}

const mostSources = 20;
/** Years that one source may cover. */
const mostYears = 50;
/** Years of all countries together; each takes some milliseconds. */
const mostCountryYears = 400;
/** Texts in one part of a filter. */
const mostPatterns = 50;
/** Characters of a file. */
const longestFile = 2_000_000;

/**
 * The definition with its holidays as dates. That is what is kept: a later release of the data they come from never
 * moves an old deadline. A date that is given hours is no holiday by a source. Files can be made to take seconds.
 * @throws InvalidCalendar `MALFORMED`, `UNKNOWN_COUNTRY`, `UNKNOWN_REGION`, `INVALID_YEARS`, `MALFORMED_ICALENDAR`,
 *   `NO_HOLIDAYS`, `CALENDAR_TOO_LARGE`
 */
export async function resolveHolidays(source: CalendarSource, thisYear: number): Promise<CalendarDefinition> {
  const { holidaysFrom, ...written } = source;
  const definition = withDates(written, thisYear);
  if (holidaysFrom === undefined) return definition;
  const sources = expectSources(holidaysFrom, thisYear);
  expectModest(definition);
  const found: Holiday[] = [];
  const from: string[] = definition.holidaysKnownFrom === undefined ? [] : [definition.holidaysKnownFrom];
  const until: string[] = definition.holidaysKnownUntil === undefined ? [] : [definition.holidaysKnownUntil];
  for (const one of sources) {
    const { holidays, known } = await holidaysOf(one, source.timeZone);
    for (const holiday of holidays) if (!isWorked(definition, holiday)) found.push(holiday);
    if (found.length > mostHolidays) throw tooLarge(one.field, `makes more than ${mostHolidays} holidays`);
    from.push(`${known.first}-01-01`);
    until.push(`${known.last}-12-31`);
  }
  const [first, last] = [from.sort().at(-1), until.sort()[0]]; // known is what all of them know
  return {
    ...definition,
    holidays: withoutDoubles([...(definition.holidays ?? []), ...found]),
    ...(first === undefined ? {} : { holidaysKnownFrom: first }),
    ...(last === undefined ? {} : { holidaysKnownUntil: last }),
  };
}

/** With a date for each holiday, in their order. */
function withDates(written: Omit<CalendarSource, 'holidaysFrom'>, thisYear: number): CalendarDefinition {
  const { holidays, ...rest } = written;
  if (!Array.isArray(holidays) || !holidays.some(isSpread)) return written as CalendarDefinition;
  return { ...rest, holidays: spreadHolidays(holidays, (given, field) => yearsOf(given, thisYear, field)) };
}

/** Whether the date of a holiday has hours of its own: it is worked all the same. */
const isWorked = ({ dates }: CalendarDefinition, holiday: Holiday) => (dates?.[dateOf(holiday)]?.length ?? 0) > 0;

/** A source whose fields are of the right kinds. */
interface CheckedSource {
  readonly field: string;
  readonly years: Years;
  readonly of: CountryHolidays | ICalendarHolidays;
}

function expectSources(given: unknown, thisYear: number): readonly CheckedSource[] {
  if (!Array.isArray(given)) throw new InvalidCalendar('MALFORMED', 'holidaysFrom', 'must be a list.');
  if (given.length > mostSources) throw tooLarge('holidaysFrom', `are more than ${mostSources}`);
  let countryYears = 0;
  return given.map((from, i) => {
    const source = expectSource(from, thisYear, `holidaysFrom[${i}]`);
    if ('country' in source.of) countryYears += source.years.last - source.years.first + 1;
    if (countryYears > mostCountryYears)
      throw tooLarge(source.field, `makes more than ${mostCountryYears} years of countries in all`);
    return source;
  });
}

function expectSource(from: unknown, thisYear: number, field: string): CheckedSource {
  if (typeof from !== 'object' || from === null) throw new InvalidCalendar('MALFORMED', field, 'must be an object.');
  const source = from as Partial<CountryHolidays & ICalendarHolidays> & Pick<HolidaySource, 'firstYear' | 'lastYear'>;
  const years = yearsOf(source, thisYear, field);
  const { country, region, icalendar, except, skipMalformed } = source;
  if (typeof country === 'string') {
    if (region != null && typeof region !== 'string')
      throw new InvalidCalendar('MALFORMED', `${field}.region`, 'must be text.');
    return { field, years, of: { country, ...(region == null ? {} : { region }) } };
  }
  if (typeof icalendar !== 'string')
    throw new InvalidCalendar('MALFORMED', field, 'must have a country or an icalendar.');
  if (icalendar.length > longestFile) throw tooLarge(`${field}.icalendar`, `is longer than ${longestFile} characters`);
  if (skipMalformed != null && typeof skipMalformed !== 'boolean')
    throw new InvalidCalendar('MALFORMED', `${field}.skipMalformed`, 'must be true or false.');
  return {
    ...{ field, years },
    of: {
      ...{ icalendar, skipMalformed: skipMalformed === true, ...expectFilter(source, field) },
      ...(except == null ? {} : { except: expectFilter(except, `${field}.except`) }),
    },
  };
}

/** @throws InvalidCalendar `MALFORMED` */
function expectFilter(given: unknown, field: string): EventFilter {
  if (typeof given !== 'object' || given === null) throw new InvalidCalendar('MALFORMED', field, 'must be an object.');
  const { transp, ...texts } = given as Readonly<Record<string, unknown>>;
  const filter: Record<string, unknown> = {};
  for (const name of ['summary', 'description', 'category']) {
    const text = texts[name];
    if (text == null) continue;
    const patterns = [text].flat();
    if (!patterns.every((one) => typeof one === 'string') || patterns.length > mostPatterns)
      throw new InvalidCalendar('MALFORMED', `${field}.${name}`, `must be text, or at most ${mostPatterns} of them.`);
    filter[name] = patterns;
  }
  if (transp == null) return filter;
  const known = transparencies.find((one) => typeof transp === 'string' && one === transp.toLowerCase());
  if (known === undefined)
    throw new InvalidCalendar('MALFORMED', `${field}.transp`, `must be ${transparencies.join(' or ')}.`);
  return { ...filter, transp: known satisfies Transparency };
}

async function holidaysOf({ of, years, field }: CheckedSource, timeZone: string) {
  // Their data are large, and most calendars need neither.
  if ('country' in of) {
    const { countryHolidays } = await import('./country-holidays.js');
    return { holidays: countryHolidays(of.country, of.region, years, `${field}.`), known: years };
  }
  const { icalendarHolidays } = await import('./icalendar-holidays.js');
  const { icalendar, ...options } = of;
  return icalendarHolidays(icalendar, timeZone, years, `${field}.icalendar`, options);
}

function yearsOf(
  given: { readonly firstYear?: number | null; readonly lastYear?: number | null },
  thisYear: number,
  field: string,
): Years {
  const first = given.firstYear ?? Math.min(thisYear, given.lastYear ?? thisYear) - 10;
  const last = given.lastYear ?? Math.max(first, thisYear) + 5;
  const areYears = Number.isInteger(first) && Number.isInteger(last) && first >= firstYear && last <= lastYear;
  if (!areYears || first > last) {
    throw new InvalidCalendar(
      'INVALID_YEARS',
      field,
      `${first} to ${last} must be years from ${firstYear} to ${lastYear}.`,
    );
  }
  if (last - first < mostYears) return { first, last };
  throw new InvalidCalendar('INVALID_YEARS', field, `${first} to ${last} is a span of more than ${mostYears} years.`);
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
