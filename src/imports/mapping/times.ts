import { DateTime } from 'luxon';
import { type Instant, InvalidCalendar } from '../../business-time/calendar.js';
import { endsInOffset, readInstant } from '../../parsing/read-instant.js';
import { type Zone, zoneOf } from '../../business-time/zone.js';
import { FieldFault, fields, object, optional, text } from '../../parsing/fields.js';

/** Reads the times of a log. @throws FieldFault that names the column */
export type Times = (cell: string, column: string) => Instant;

/** How a mapping's `times` are written: `format` is `iso` or in Luxon's tokens, `zone` that of times without an offset. */
export function timesOf(value: unknown, field: string): Times {
  const shape = { format: optional(text(60)), zone: optional(text(60)) };
  const { format = 'iso', zone: name } = fields(shape, object(value, field), `${field}.`);
  const zone = name === undefined ? undefined : zoneNamed(name, `${field}.zone`);
  const parse = parserOf(format, `${field}.format`);
  const hasOffset = format === 'iso' ? isoOffset : () => saysOffset(format);
  const example = DateTime.utc(2016, 2, 29, 13, 5).toFormat(format === 'iso' ? "yyyy-MM-dd'T'HH:mm:ss" : format);
  const fault = (column: string, cell: string) => new FieldFault(`${column} "${cell}" is not a time like ${example}`);
  if (zone === undefined && format !== 'iso' && !saysOffset(format))
    throw new FieldFault(`${field}.zone is required, because the format has no offset`);
  return remembered((cell, column) => {
    const parsed = parse(cell);
    if (!parsed.isValid) throw fault(column, cell);
    if (hasOffset(cell)) {
      const at = format === 'iso' ? readInstant(cell.replace(' ', 'T')) : parsed.toMillis();
      if (at === undefined) throw fault(column, cell);
      return at;
    }
    if (zone === undefined) throw new FieldFault(`${column} "${cell}" has no offset, and ${field}.zone is missing`);
    return instantIn(zone, parsed.toMillis());
  });
}

/** A local time that occurs twice means its first pass; one that the clocks skip, the first instant after the gap. */
function instantIn(zone: Zone, local: number): Instant {
  const day = 86_400_000;
  zone.cover(local - day, local + day);
  return zone.toInstant(local, 'first');
}

function zoneNamed(name: string, field: string): Zone {
  try {
    return zoneOf(name);
  } catch (error) {
    if (error instanceof InvalidCalendar) throw new FieldFault(`${field} ${error.message}`);
    throw error;
  }
}

const isoOffset = (cell: string) => endsInOffset(cell.replace(' ', 'T'));

/** Whether a format has an offset in it: a Z outside of quoted words. */
const saysOffset = (format: string) => format.replace(/'[^']*'/g, '').includes('Z');

/** Read as if it were UTC where there is no offset. */
function parserOf(format: string, field: string): (cell: string) => DateTime {
  if (format === 'iso') return (cell) => DateTime.fromISO(cell.replace(' ', 'T'), { zone: 'utc' });
  const options = { locale: 'en', zone: 'utc' };
  const sample = DateTime.utc(2016, 2, 29, 13, 5);
  const again = DateTime.fromFormat(sample.toFormat(format, { locale: 'en' }), format, options);
  if (!again.isValid || again.toISODate() !== sample.toISODate() || again.hour !== sample.hour)
    throw new FieldFault(`${field} "${format}" must contain year, month, day and hour, for example d/M/yyyy H:mm`);
  const parser = DateTime.buildFormatParser(format, { locale: 'en' });
  return (cell) => DateTime.fromFormatParser(cell, parser, options);
}

/** Rows of a ticket say the same time again and again. */
function remembered(times: Times): Times {
  const known = new Map<string, Instant>();
  return (cell, column) => {
    let at = known.get(cell);
    if (at === undefined) {
      at = times(cell, column);
      if (known.size >= 1_000) known.clear();
      known.set(cell, at);
    }
    return at;
  };
}
