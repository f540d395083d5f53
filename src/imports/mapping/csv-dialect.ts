import { FieldFault, fields, given, listOf, object, optional, type Read, text } from '../../parsing/fields.js';
import { type CsvDialect } from '../csv.js';
import { type Cells } from './cells.js';

/** How the file is written; what counts as an empty cell, the readings know from here. */
export const csvIn =
  (cells: Cells): Read<CsvDialect> =>
  (value, field) => {
    const shape = {
      delimiter: optional(oneCharacter),
      encoding: optional(encoding),
      missing: optional(listOf(100, cell)),
    };
    const { missing = [], ...dialect } = fields(shape, object(value ?? {}, field), `${field}.`);
    for (const text of missing) cells.missing.add(text);
    return given(dialect);
  };

const cell: Read<string> = (value, field) => {
  if (typeof value !== 'string') throw new FieldFault(`${field} must be text`);
  return value;
};

const oneCharacter: Read<string> = (value, field) => {
  if (typeof value !== 'string' || value.length !== 1) throw new FieldFault(`${field} must be one character`);
  return value;
};

const encoding: Read<string> = (value, field) => {
  const known = text(40)(value, field);
  try {
    return new TextDecoder(known).encoding;
  } catch {
    throw new FieldFault(`${field} "${known}" is not an encoding`);
  }
};
