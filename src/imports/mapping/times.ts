import { DateTime } from 'luxon';
import { type Instant, InvalidCalendar } from '../../business-time/calendar.js';
import { readInstant } from '../../parsing/read-instant.js';
import { type Zone, zoneOf } from '../../business-time/zone.js';
import { FieldFault, fields, object, optional, text, together } from '../../parsing/fields.js';

/** Reads the times of a log. @throws FieldFault that names the column */
export type Times = (cell: string, column: string) => Instant;

/**
 * How a mapping's `times` are written: `format` is `iso` or in Luxon's tokens (`X` and `x` are seconds and milliseconds since
 * 1970), `zone` that of times that say neither offset nor zone.
 */
export function timesOf(value: unknown, field: string): Times {
  const shape = { format: optional(text(60)), zone: optional(text(60)) };
  const { format = 'iso', zone: name } = fields(shape, object(value, field), `${field}.`);
  const { zone, parse } = together({
    zone: () => (name === undefined ? undefined : zoneNamed(name, `${field}.zone`)),
    parse: () => (format === 'iso' ? isoTime : parserOf(format, `${field}.format`)),
  });
  if (zone === undefined && format !== 'iso' && !saysZone(format))
    throw new FieldFault(`${field}.zone is missing: the format has neither offset nor zone`);
  const example = exampleOf(format);
  return remembered((cell, column) => {
    const parsed = parse(cell.trim());
    if (parsed === undefined) throw new FieldFault(`${column} "${cell}" is not a time like ${example}`);
    if ('at' in parsed) return parsed.at;
    if (zone === undefined)
      throw new FieldFault(`${column} "${cell}" has neither offset nor zone, and ${field}.zone is missing`);
    return instantIn(zone, parsed.local);
  });
}

/** An instant, or a local time, as if it were UTC; undefined where a cell is neither. */
type Parsed = { readonly at: Instant } | { readonly local: number } | undefined;

const exampleOf = (format: string) =>
  DateTime.utc(2016, 2, 29, 13, 5).toFormat(format === 'iso' ? "yyyy-MM-dd'T'HH:mm:ss" : format, { locale: 'en' });

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

/** A day and a time of it, and what may follow: an offset, or the name of a zone. */
const isoForm = /^(\d{4}-?\d{2}-?\d{2})[T ]+(\d{2}:?\d{2}(?::?\d{2}(?:[.,]\d{1,9})?)?) ?(.*)$/is;

/** ISO 8601, and how programs write it: with a blank before the time, with ` UTC`, ` +0100` or a zone after it. */
function isoTime(cell: string): Parsed {
  const [, date = '', time = '', rest = ''] = isoForm.exec(cell) ?? [];
  const local = DateTime.fromISO(`${date}T${time}`, { zone: 'utc' });
  if (!local.isValid) return undefined;
  if (rest === '') return { local: local.toMillis() };
  const offset = /^(?:UTC|GMT|Z)?([+-]\d{2}(?::?\d{2})?)?$/i.exec(rest);
  if (offset !== null) {
    const at = readInstant(`${date}T${time}${offset[1] ?? 'Z'}`);
    return at === undefined ? undefined : { at };
  }
  const zone = zoneIn(rest);
  return zone === undefined ? undefined : { at: instantIn(zone, local.toMillis()) };
}

/** The zone that a cell names; undefined where it names none. */
function zoneIn(name: string): Zone | undefined {
  try {
    return zoneOf(name);
  } catch (error) {
    if (error instanceof InvalidCalendar) return undefined;
    throw error;
  }
}

/** Seconds or milliseconds since 1970; Luxon writes them, and does not read them. */
function sinceEpoch(cell: string, unit: number): Parsed {
  const at = Math.round(Number(cell) * unit);
  return /^\d{1,15}(\.\d{1,9})?$/.test(cell) && at < 8.64e15 ? { at } : undefined;
}

/** The tokens of a format: letters outside of quoted words. */
const tokensOf = (format: string) => format.replace(/'[^']*'/g, '');

/** Whether a format has an offset or a zone in it, or is an instant by itself. */
const saysZone = (format: string) => /[ZzXx]/.test(tokensOf(format));

/** Read as if it were UTC where there is no offset. */
function parserOf(format: string, field: string): (cell: string) => Parsed {
  if (format === 'X' || format === 'x') return (cell) => sinceEpoch(cell, format === 'X' ? 1_000 : 1);
  const tokens = tokensOf(format);
  const named = `${field} "${format}"`;
  if (tokens.includes('a') && !tokens.includes('h')) throw new FieldFault(`${named} has a beside HH; write hh with a`);
  if (tokens.includes('h') && !tokens.includes('a'))
    throw new FieldFault(`${named} has hh without a; write HH, or hh with a`);
  const options = { locale: 'en', zone: 'utc', setZone: saysZone(format) };
  const sample = DateTime.utc(2016, 2, 29, 13, 5);
  const needs = new FieldFault(`${named} must contain year, month, day and hour, for example d/M/yyyy H:mm`);
  try {
    const again = DateTime.fromFormat(sample.toFormat(format, { locale: 'en' }), format, options).toUTC();
    if (!again.isValid || again.toISODate() !== sample.toISODate() || again.hour !== sample.hour) throw needs;
    const parser = DateTime.buildFormatParser(format, { locale: 'en' });
    return (cell) => {
      const parsed = DateTime.fromFormatParser(cell, parser, options);
      if (!parsed.isValid) return undefined;
      return options.setZone ? { at: parsed.toMillis() } : { local: parsed.toMillis() };
    };
  } catch (error) {
    throw error instanceof FieldFault ? error : needs;
  }
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
