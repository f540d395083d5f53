import { Readable } from 'node:stream';
import { type Info, parse } from 'csv-parse';
import { Rejection } from '../event-sourcing/rejection.js';

/** A row of a CSV file by its header's names, or why it is none. */
export type CsvRow =
  | { readonly line: number; readonly cell: (column: string) => string }
  | { readonly line: number; readonly fault: string; readonly raw: string };

/** A record longer than this has a quote that was never closed. */
const longestRecord = 64 * 1024;

/**
 * The rows of a CSV file with a header. Of columns with the same name the first counts.
 * @throws Rejection `LOG_MALFORMED` where the header lacks a column, or a quote is never closed
 */
export async function* csvRows(
  bytes: AsyncIterable<Buffer>,
  columns: readonly string[],
): AsyncGenerator<CsvRow, void, undefined> {
  const options = {
    bom: true,
    info: true,
    relax_column_count: true,
    max_record_size: longestRecord,
    skip_empty_lines: true,
  };
  const source = Readable.from(bytes, { objectMode: false });
  const parser = parse(options);
  source.on('error', (error) => parser.destroy(error)).pipe(parser);
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (header === undefined) {
        header = record;
        expectColumns(header, columns);
        continue;
      }
      yield rowOf(record, header, info.lines);
    }
  } catch (error) {
    if (error instanceof Rejection || !isCsvError(error)) throw error;
    throw new Rejection('LOG_MALFORMED', `The CSV cannot be read: ${error.message}`);
  }
  if (header === undefined) throw new Rejection('LOG_MALFORMED', 'The CSV is empty; it has no header.');
}

const isCsvError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');

function expectColumns(header: readonly string[], columns: readonly string[]): void {
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new Rejection('LOG_MALFORMED', `Line 1: the header lacks ${missing.map((name) => `«${name}»`).join(', ')}.`);
  }
}

function rowOf(record: readonly string[], header: readonly string[], line: number): CsvRow {
  if (record.length !== header.length) {
    const fault = `the row has ${record.length} columns, the header ${header.length}`;
    return { line, fault, raw: record.join(',').slice(0, 1000) };
  }
  return { line, cell: (column) => record[header.indexOf(column)] ?? '' };
}
