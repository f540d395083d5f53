import Holidays from 'date-holidays';
import { DateTime } from 'luxon';
import { type Holiday, InvalidCalendar } from './calendar.js';
import { type Years } from './years.js';

const dayMs = 86_400_000;

/** A country, or a part of one: by the code that calendars have for it, and as people there call it. */
export interface Place {
  readonly code: string;
  readonly name: string;
}

/** The countries with known holidays. */
export const countries = (): readonly Place[] => placesIn(new Holidays().getCountries());

/**
 * The parts of a country that have holidays of their own, each with its own parts after it: `BY`, `BY-KATH`.
 * @throws InvalidCalendar `UNKNOWN_COUNTRY`
 */
export function regionsOf(country: string, field: string): readonly Place[] {
  const known = new Holidays();
  if (!Object.hasOwn(known.getCountries(), country)) {
    const shown = country.slice(0, 20);
    const message = `"${shown}" is not a country with known holidays; "pledge holidays" lists these countries.`;
    throw new InvalidCalendar('UNKNOWN_COUNTRY', `${field}country`, message);
  }
  return placesIn(known.getStates(country)).flatMap((state) => [
    state,
    ...placesIn(known.getRegions(country, state.code), `${state.code}-`),
  ]);
}

/** Where there are none it answers undefined, whatever its types say. */
const placesIn = (names: Readonly<Record<string, string>> | undefined, within = ''): readonly Place[] =>
  Object.entries(names ?? {})
    .map(([code, name]) => ({ code: within + code, name }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));

/**
 * The public holidays of a country or a part of it, with substitute days, each as its local date.
 * @throws InvalidCalendar `UNKNOWN_COUNTRY`, `UNKNOWN_REGION`
 */
export function countryHolidays(
  country: string,
  region: string | undefined,
  years: Years,
  field: string,
): readonly Exclude<Holiday, string>[] {
  const regions = regionsOf(country, field);
  // As ISO 3166-2 has it, too: `DE-BY` for `BY`.
  const own = region?.startsWith(`${country}-`) === true ? region.slice(country.length + 1) : region;
  if (own !== undefined && !regions.some(({ code }) => code === own)) {
    const message = `"${own.slice(0, 20)}" is not a region of ${country}; "pledge holidays ${country}" lists its regions.`;
    throw new InvalidCalendar('UNKNOWN_REGION', `${field}region`, message);
  }
  const [state, part] = own?.split('-') ?? [];
  const source = new Holidays({
    country,
    ...(state === undefined ? {} : { state }),
    ...(part === undefined ? {} : { region: part }),
  });
  return Array.from({ length: years.last - years.first + 1 }, (_, i) => years.first + i)
    .flatMap((year) => source.getHolidays(year))
    .filter(({ type }) => type === 'public')
    .flatMap(toHolidays);
}

/** Most last a local day; some are several, and some begin in its course, as at 14:00. */
function toHolidays({
  date,
  start,
  end,
  name,
}: {
  date: string;
  start: Date;
  end: Date;
  name: string;
}): readonly Exclude<Holiday, string>[] {
  const [first = '', time = '00:00:00'] = date.split(' ');
  const lasts = end.getTime() - start.getTime();
  if (time !== '00:00:00') {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    const opens = (hours * 60 + minutes) * 60_000;
    const closes =
      opens + lasts >= dayMs ? '24:00' : DateTime.fromMillis(opens + lasts, { zone: 'UTC' }).toFormat('HH:mm');
    return [{ date: first, hours: [time.slice(0, 5), closes], name }];
  }
  const days = Math.max(1, Math.round(lasts / dayMs)); // clocks may change meanwhile
  return Array.from({ length: days }, (_, i) => ({
    date: DateTime.fromISO(first, { zone: 'UTC' }).plus({ days: i }).toISODate() ?? first,
    name,
  }));
}
