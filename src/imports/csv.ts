import { Readable } from 'node:stream';
import { type Info, parse } from 'csv-parse';
import { Rejection } from '../event-sourcing/rejection.js';

/** A row by its header's names. */
export interface Row {
  readonly line: number;
  /** The names of the columns, as the header has them. */
  readonly columns: readonly string[];
  readonly cell: (column: string) => string;
  /** All of it, for people who look for what is wrong with it. */
  readonly raw: () => string;
}

/** A row of a CSV file, or why it is none. */
export type CsvRow = Row | { readonly line: number; readonly fault: string; readonly raw: () => string };

/** How a CSV file is written. */
export interface CsvDialect {
  /** One character. */
  readonly delimiter: string;
  /** As `TextDecoder` knows it. */
  readonly encoding: string;
}

const usual: CsvDialect = { delimiter: ',', encoding: 'utf-8' };

/** A record longer than this has a quote that was never closed. */
const longestRecord = 64 * 1024;

/**
 * The rows of a CSV file with a header. Of columns with the same name the first counts.
 * @throws Rejection `LOG_MALFORMED` where the header lacks a column, or a quote is never closed
 */
export async function* csvRows(
  bytes: AsyncIterable<Buffer>,
  columns: readonly string[],
  { delimiter, encoding }: CsvDialect = usual,
): AsyncGenerator<CsvRow, void, undefined> {
  const options = {
    delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    max_record_size: longestRecord,
    skip_empty_lines: true,
  };
  const source = Readable.from(decoded(bytes, encoding), { objectMode: false });
  const parser = parse(options);
  source.on('error', (error) => parser.destroy(error)).pipe(parser);
  let header: Header | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (header === undefined) header = headerOf(record, columns);
      else yield rowOf(record, header, info.lines);
    }
  } catch (error) {
    if (error instanceof Rejection || !isCsvError(error)) throw error;
    throw new Rejection('LOG_MALFORMED', `The CSV cannot be read: ${error.message}`);
  }
  if (header === undefined) throw new Rejection('LOG_MALFORMED', 'The CSV is empty: it has no header.');
}

/** What is not in the encoding comes out as U+FFFD. */
async function* decoded(bytes: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

const isCsvError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');

interface Header {
  readonly names: readonly string[];
  readonly places: ReadonlyMap<string, number>;
}

function headerOf(names: readonly string[], columns: readonly string[]): Header {
  const places = new Map([...names.entries()].reverse().map(([place, name]) => [name, place]));
  const missing = columns.filter((column) => !places.has(column));
  if (missing.length > 0) {
    throw new Rejection(
      'LOG_MALFORMED',
      `Line 1: the header has no column ${missing.map((name) => `"${name}"`).join(', ')}.`,
    );
  }
  return { names, places };
}

function rowOf(record: readonly string[], { names, places }: Header, line: number): CsvRow {
  const raw = () => record.join(',').slice(0, 1000);
  if (record.length !== names.length)
    return { line, fault: `the row has ${record.length} columns, the header ${names.length}`, raw };
  if (record.some((cell) => cell.includes('\uFFFD')))
    return { line, fault: 'the row is not in the encoding of the file', raw };
  return { line, raw, columns: names, cell: (column) => record[places.get(column) ?? -1] ?? '' };
}
