import Holidays from 'date-holidays';
import { DateTime } from 'luxon';
import { type Holiday, InvalidCalendar } from './calendar.js';
import { type Years } from './years.js';

const dayMs = 86_400_000;

/** The public holidays of a country or a part of it, with substitute days, each as its local date. */
export function countryHolidays(
  country: string,
  region: string | undefined,
  years: Years,
  field: string,
): readonly Holiday[] {
  const known = new Holidays();
  if (!Object.hasOwn(known.getCountries(), country)) {
    throw new InvalidCalendar(
      'UNKNOWN_COUNTRY',
      `${field}.country`,
      `"${country.slice(0, 20)}" is not a country with known holidays.`,
    );
  }
  // As ISO 3166-2 has it, too: `DE-BY` for `BY`.
  const own = region?.startsWith(`${country}-`) === true ? region.slice(country.length + 1) : region;
  const [state, part] = own?.split('-') ?? [];
  if (!isPart(known, country, state, part)) {
    throw new InvalidCalendar(
      'UNKNOWN_REGION',
      `${field}.region`,
      `"${(region ?? '').slice(0, 20)}" is not a region of ${country}.`,
    );
  }
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

function isPart(known: Holidays, country: string, state: string | undefined, part: string | undefined): boolean {
  if (state === undefined) return true;
  // Countries without parts answer undefined, whatever their types say.
  const states = known.getStates(country) as Record<string, string> | undefined;
  if (states === undefined || !Object.hasOwn(states, state)) return false;
  const parts = known.getRegions(country, state) as Record<string, string> | undefined;
  return part === undefined || (parts !== undefined && Object.hasOwn(parts, part));
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
}): readonly Holiday[] {
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
