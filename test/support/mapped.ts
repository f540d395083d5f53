import { type ImportFormat, type ImportRow } from '../../src/imports/import-record.js';
import { mappedLog } from '../../src/imports/mapping/mapped-log.js';
import { type Mapping } from '../../src/imports/mapping/mapping.js';

/** The rows of a log as a format reads them. */
export async function logRows(format: ImportFormat, log: string | Buffer): Promise<readonly ImportRow[]> {
  async function* bytes() {
    yield Buffer.from(log as string);
  }
  const rows: ImportRow[] = [];
  for await (const row of format.read(bytes())) rows.push(row);
  return rows;
}

/** The rows of a CSV log as a mapping reads them. */
export const rowsOf = (mapping: Mapping, log: string | Buffer): Promise<readonly ImportRow[]> =>
  logRows(mappedLog(mapping), log);

/** What some rows say, a line each: `10:00 TicketPaused waitingForCustomer`; times of the first day as times alone. */
export const said = (rows: readonly ImportRow[]): readonly string[] =>
  rows.flatMap((row) => {
    if ('rejected' in row) return [`line ${row.line} ${row.rejected.code}`];
    if (!('record' in row) || row.record.kind !== 'fact') return [];
    const { occurredAt, command } = row.record;
    const { type, ...more } = command;
    const shown = new Date(occurredAt).toISOString().slice(8, 16).replace('T', ' ').replace(/^01 /, '');
    return [[shown, type, ...(type === 'OpenTicket' ? [] : Object.values<unknown>(more))].join(' ')];
  });
