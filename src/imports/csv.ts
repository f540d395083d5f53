import { type Info, parse } from 'csv-parse/sync';
import { Rejection } from '../event-sourcing/rejection.js';
import { longestRaw } from './import-record.js';
import { textOfLog, standIn } from './log-text.js';
import { type NoRow, type Row } from './row.js';

/** A row of a CSV file, or why it is none. */
export type CsvRow = Row | NoRow;

/** How a CSV file is written. */
export interface CsvDialect {
  /** One character; found by the header, if it is left out. */
  readonly delimiter?: string;
  /** As `TextDecoder` knows it; UTF-8, or UTF-16 where the file begins like that, if it is left out. */
  readonly encoding?: string;
}

/** What is parsed at once, in bytes. */
const blockBytes = 256 * 1024;
/** A cell longer than this has a quote that was never closed. */
const longestCell = 1024 * 1024;
/** A row longer than this is none. */
const longestRow = 4 * longestCell;
/** After so many rows with wrong quotes, the file is no CSV. */
const mostMisquoted = 10_000;
/** Before a header there may be so many lines with a title and the like. */
const mostTitleLines = 20;

/**
 * The rows of a CSV file with a header. Of columns with the same name the first counts. A quote within a cell is read as it
 * stands; a row whose quotes do not close is told of, alone.
 * @throws Rejection `LOG_MALFORMED` where the file is none, or its header lacks a column
 */
export async function* csvRows(
  bytes: AsyncIterable<Buffer>,
  columns: readonly string[],
  dialect: CsvDialect = {},
): AsyncGenerator<CsvRow, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let header: Header | undefined;
  const rows = new Rows();
  for await (const text of textOfLog(bytes, dialect.encoding)) {
    rest = Buffer.concat([rest, Buffer.from(text)]);
    if (rest.length < blockBytes) continue;
    header ??= headerIn(rest, columns, dialect);
    if (rows.line === 0) rest = rows.begin(rest, header);
    rest = yield* rows.of(rest, header, false);
  }
  if (header === undefined) {
    if (rest.toString().trim() === '') throw new Rejection('LOG_MALFORMED', 'The CSV is empty: it has no header.');
    header = headerIn(rest, columns, dialect);
    rest = rows.begin(rest, header);
  }
  yield* rows.of(rest, header, true);
}

interface Header {
  readonly names: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  readonly delimiter: string;
  /** Whether cells have blanks about them that are not theirs: `id, date`. */
  readonly isPadded: boolean;
  /** What goes before the rows, in lines and in bytes. */
  readonly lines: number;
  readonly bytes: number;
}

const delimiters = [',', ';', '\t', '|'];

/**
 * The header of a file: the first line that has the columns, by the delimiter that is said or the first that finds them.
 * @throws Rejection `LOG_MALFORMED` that tells the header that was found
 */
function headerIn(block: Buffer, columns: readonly string[], { delimiter }: CsvDialect): Header {
  let bytes = 0;
  let said = delimiter;
  let likeliest: Header | undefined;
  for (let lines = 1; lines <= mostTitleLines && bytes < block.length; lines++) {
    const end = lineEnd(block, bytes);
    const line = block.toString('utf8', bytes, end);
    bytes = end;
    const [, separator] = /^sep=(.)\s*$/i.exec(line) ?? [];
    said ??= separator;
    if (separator !== undefined || line.trim() === '') continue;
    const found = (said === undefined ? delimiters : [said]).map((one) => headerOf(line, one, lines, bytes));
    const fitting = found.find(({ places }) => columns.every((column) => places.has(column)));
    if (fitting !== undefined) return fitting;
    for (const one of found)
      if (likeliest === undefined || score(one, columns) > score(likeliest, columns)) likeliest = one;
  }
  throw lacking(block, columns, likeliest);
}

/** How much a line is like a header: by the columns that it has, then by its cells. */
const score = ({ places, names }: Header, columns: readonly string[]) =>
  columns.filter((column) => places.has(column)).length * 1_000 + Math.min(names.length, 999);

function headerOf(line: string, delimiter: string, lines: number, bytes: number): Header {
  const [cells = []] = parse(line, {
    delimiter,
    relax_quotes: true,
    relax_column_count: true,
    bom: true,
  });
  const isPadded = cells.slice(1).some((cell) => /^\s/.test(cell));
  const named = cells.map((cell) => cell.trim());
  // Some end each line, the header too, with a delimiter.
  const names = named.at(-1) === '' ? named.slice(0, -1) : named;
  const places = new Map([...names.entries()].reverse().map(([place, name]) => [name, place]));
  return { names, places, delimiter, isPadded, lines, bytes };
}

function lacking(block: Buffer, columns: readonly string[], likeliest: Header | undefined): Rejection {
  const begin = block.toString('utf8', 0, 200).trimStart();
  const other = /^[[{]/.test(begin) ? 'JSON' : begin.startsWith('<') ? 'XML or HTML' : undefined;
  if (other !== undefined) return new Rejection('LOG_MALFORMED', `The file is ${other}, and not CSV.`);
  const quoted = (names: readonly string[]) => names.map((name) => `"${name.slice(0, 60)}"`).join(', ');
  const missing = columns.filter((column) => likeliest?.places.has(column) !== true);
  const { lines = 1, names = [] } = likeliest ?? {};
  return new Rejection(
    'LOG_MALFORMED',
    `Line ${lines}: the header has no column ${quoted(missing)}. It has ${quoted(names.slice(0, 50))}.`,
  );
}

/** Where the line that begins at a place ends, with what ends it. */
function lineEnd(block: Buffer, from: number): number {
  for (let at = from; at < block.length; at++) {
    if (block[at] === 0x0a) return at + 1;
    if (block[at] === 0x0d) return block[at + 1] === 0x0a ? at + 2 : at + 1;
  }
  return block.length;
}

/** A record as the parser found it, and where it ends. */
interface Found {
  readonly cells: readonly string[];
  readonly bytes: number;
  readonly lines: number;
}

/** Ends the parsing of a block: the record begins with a quote that closes in another row. */
class Misquoted extends Error {}

/** Reads rows block by block. */
class Rows {
  /** The last line that was read. */
  line = 0;
  private misquoted = 0;

  /** What follows the header. */
  begin(block: Buffer, { lines, bytes }: Header): Buffer {
    this.line = lines;
    return block.subarray(bytes);
  }

  /** The rows of a block; returns what is left of it, which goes on in the next. */
  *of(given: Buffer, header: Header, isLast: boolean): Generator<CsvRow, Buffer, undefined> {
    let block = given;
    while (block.length > 0) {
      const { found, isWhole, isMisquoted } = parsed(block, header, isLast);
      let place = 0;
      let lines = 0;
      for (const one of found) {
        const raw = block.subarray(place, one.bytes);
        yield this.row(one.cells, raw, this.line + lines + 1 + blankLines(raw), header);
        place = one.bytes;
        lines = one.lines;
      }
      this.line += lines;
      block = block.subarray(place);
      if (isWhole && block.length > longestRow) throw tooLong(this.line + 1);
      if (isWhole) return block;
      if (!isMisquoted && !isLast && block.length <= longestCell) return block;
      block = yield* this.withoutLine(block);
    }
    return block;
  }

  /** A row that cannot be told from those after it is left out alone. */
  private *withoutLine(block: Buffer): Generator<CsvRow, Buffer, undefined> {
    this.misquoted += 1;
    if (this.misquoted > mostMisquoted)
      throw new Rejection('LOG_MALFORMED', `More than ${mostMisquoted} rows have quotes that do not close.`);
    const from = blankBytes(block);
    this.line += blankLines(block) + 1;
    const end = lineEnd(block, from);
    const line = block.subarray(from, end);
    yield { line: this.line, fault: 'a quote in the row does not close', raw: () => rawOf(line) };
    return block.subarray(end);
  }

  private row(cells: readonly string[], bytes: Buffer, line: number, { names, places }: Header): CsvRow {
    const raw = () => rawOf(bytes);
    const { length } = names;
    if (!fits(cells, names)) return { line, fault: `the row has ${cells.length} columns, the header ${length}`, raw };
    if (cells.some((cell) => cell.includes('\uFFFD')))
      return { line, fault: 'the row is not in the encoding of the file', raw };
    const cell = (column: string) => (cells[places.get(column) ?? -1] ?? '').replaceAll(standIn, '\uFFFD');
    return { line, raw, columns: names, cell };
  }
}

const tooLong = (line: number) =>
  new Rejection('LOG_MALFORMED', `Line ${line} is longer than ${longestRow / 1024 / 1024} MiB.`);

const rawOf = (bytes: Buffer) =>
  bytes
    .toString('utf8', 0, 4 * longestRaw)
    .replaceAll(standIn, '\uFFFD')
    .replace(/^[\r\n]+|[\r\n]+$/g, '')
    .slice(0, longestRaw);

/** How many lines before the first that has something. */
function blankLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = 0; bytes[at] === 0x0a || bytes[at] === 0x0d; at = lineEnd(bytes, at)) lines += 1;
  return lines;
}

/** How many bytes they take. */
function blankBytes(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === 0x0a || bytes[at] === 0x0d) at += 1;
  return at;
}

interface Parsed {
  readonly found: readonly Found[];
  /** The block ends with a record. */
  readonly isWhole: boolean;
  /** The next record has a quote that closes in another row. */
  readonly isMisquoted: boolean;
}

/** What is parsed of a block: up to its last line, but of the last block; what is left is not yet told. */
function parsed(block: Buffer, header: Header, isLast: boolean): Parsed {
  const { delimiter, isPadded } = header;
  const end = isLast ? block.length : Math.max(block.lastIndexOf(0x0a), block.lastIndexOf(0x0d, block.length - 2)) + 1;
  const found: Found[] = [];
  const onRecord = (cells: string[], { bytes, lines }: Info): null => {
    const before = found.at(-1);
    if (lines - (before?.lines ?? 0) > 1) expectOne(block.subarray(before?.bytes ?? 0, bytes), cells, header);
    found.push({ cells, bytes, lines });
    return null;
  };
  try {
    parse(block.subarray(0, end), {
      ...{ delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true },
      ...{ record_delimiter: ['\r\n', '\n', '\r'], trim: isPadded, on_record: onRecord },
    });
    return { found, isWhole: true, isMisquoted: false };
  } catch (error) {
    if (error instanceof Misquoted) return { found, isWhole: false, isMisquoted: true };
    if (!isCsvError(error)) throw error;
    return { found, isWhole: false, isMisquoted: error.code !== 'CSV_QUOTE_NOT_CLOSED' };
  }
}

/** Whether a row has the columns of the header; a delimiter behind it makes an empty one. */
const fits = (cells: readonly string[], { length }: readonly string[]) =>
  cells.length >= length && cells.slice(length).every((cell) => cell === '');

/** A record of several lines has to be well written, or else it has swallowed other rows. @throws Misquoted */
function expectOne(raw: Buffer, cells: readonly string[], { delimiter, names, isPadded }: Header): void {
  const own = raw.subarray(blankBytes(raw), -2); // what ends it is at most two bytes
  if (!own.includes(0x0a) && !own.includes(0x0d)) return; // the other lines were blank
  if (!fits(cells, names)) throw new Misquoted();
  try {
    parse(raw, { delimiter, skip_empty_lines: true, record_delimiter: ['\r\n', '\n', '\r'], trim: isPadded });
  } catch (error) {
    throw isCsvError(error) ? new Misquoted() : error;
  }
}

const isCsvError = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
