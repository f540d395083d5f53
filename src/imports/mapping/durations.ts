import { Duration } from 'luxon';
import { FieldFault, fields, object, oneOf, optional, type Read } from '../../parsing/fields.js';
import { type Cells, cellOf, columnNames, type RowReader } from './cells.js';

const units = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
type Unit = keyof typeof units;

/** A duration in milliseconds from `{ column, unit }`: a number of units, `hh:mm:ss`, `hh:mm`, or ISO 8601 as in `PT4H30M`. */
export const durationOf =
  (cells: Cells): Read<RowReader<number>> =>
  (value, field) => {
    const shape = { column: columnNames, unit: optional(oneOf(Object.keys(units) as Unit[])) };
    const { column, unit } = fields(shape, object(value, field), `${field}.`);
    const cell = cellOf(column, cells);
    return (row) => {
      const found = cell(row);
      if (found === undefined) return undefined;
      const length = lengthOf(found.trim(), unit === undefined ? undefined : units[unit]);
      if (length === 'of no unit')
        throw new FieldFault(`${column.join(', ')} "${found}" is a number, and ${field}.unit is missing`);
      if (length !== undefined) return length;
      throw new FieldFault(`${column.join(', ')} "${found}" is not a duration like 90, 1:30:00 or PT1H30M`);
    };
  };

function lengthOf(text: string, unit: number | undefined): number | 'of no unit' | undefined {
  if (/^\d{1,9}([.,]\d{1,6})?$/.test(text))
    return unit === undefined ? 'of no unit' : Math.round(Number(text.replace(',', '.')) * unit);
  const [, hours, minutes = '0', seconds = '0'] = /^(\d{1,6}):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? [];
  if (hours !== undefined)
    return Number(hours) * units.hours + Number(minutes) * units.minutes + Number(seconds) * 1_000;
  const duration = text.startsWith('P') ? Duration.fromISO(text) : undefined;
  const length = duration?.isValid === true ? duration.toMillis() : undefined;
  return length === undefined || length < 0 ? undefined : length;
}
