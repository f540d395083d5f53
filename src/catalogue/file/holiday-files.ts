import { type HolidaySource } from '../../business-time/holiday-sources.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type PlansFile } from './read-plans-file.js';

/** Reads the text of a file that a plans file names. */
export type ReadBeside = (path: string) => Promise<string>;

/**
 * A plans file with the text of each iCalendar file that it names by its path.
 * @throws Rejection `INVALID_FIELD` with the path of the field, and what reading throws
 */
export async function withHolidayFiles(file: PlansFile, read: ReadBeside): Promise<PlansFile> {
  const calendars: PlansFile['calendars'][number][] = [];
  for (const [i, entry] of file.calendars.entries()) {
    const { definition } = entry.calendar;
    const { holidaysFrom } = definition;
    if (!Array.isArray(holidaysFrom)) {
      calendars.push(entry);
      continue;
    }
    const sources: HolidaySource[] = [];
    for (const [n, source] of (holidaysFrom as readonly HolidaySource[]).entries())
      sources.push(await withText(source, read, `calendars[${i}].definition.holidaysFrom[${n}]`));
    calendars.push({ ...entry, calendar: { ...entry.calendar, definition: { ...definition, holidaysFrom: sources } } });
  }
  return { ...file, calendars };
}

/** As it stands in the file: what it has is not checked yet. */
async function withText(source: HolidaySource, read: ReadBeside, field: string): Promise<HolidaySource> {
  const { path, ...rest } = source as unknown as Readonly<Record<string, unknown>>;
  if (path === undefined) return source;
  if (typeof path !== 'string' || path === '' || 'icalendar' in rest || 'country' in rest)
    throw new Rejection('INVALID_FIELD', `${field}.path must be a file, in place of icalendar or country.`);
  return { ...rest, icalendar: await read(path) };
}
