import { Cache } from '../../event-sourcing/cache.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { FieldFault } from '../../parsing/fields.js';
import { type ImportRow } from '../import-record.js';
import { type GatheredRow, GatheredRows } from './gathered-rows.js';
import { heardOf } from './joined-ticket.js';
import { type Mapping } from './mapping.js';
import { type Part } from './part.js';
import { partRows } from './part-rows.js';
import { required } from './read-said.js';
import { enrolmentOf, malformed, openingRejected, refused, refusedFor, rowsOfHeard } from './rows-of-heard.js';
import { type Table } from './table.js';

/** A file of a log; it may be read again. */
export interface LogFile {
  /** Without its folder. */
  readonly name: string;
  bytes(): AsyncIterable<Buffer>;
}

const remembered = 50_000;

/**
 * The rows of the files of a log, those of one ticket together and by time: what one file says of it, and what the others say.
 * @throws Rejection `FILE_NOT_MAPPED` for a file that no part is for
 */
export async function* joinedRows(
  files: readonly LogFile[],
  mapping: Mapping,
): AsyncGenerator<ImportRow, void, undefined> {
  const rows = new GatheredRows(mapping);
  try {
    for (const [place, file] of files.entries()) yield* gathered(file, place, mapping, rows, files.length > 1);
    yield* new Joining(mapping, files).of(rows);
  } finally {
    rows.close();
  }
}

/** Puts the rows of a file by; what cannot be told of any ticket is rejected at once. */
async function* gathered(
  file: LogFile,
  place: number,
  { parts, tables }: Mapping,
  rows: GatheredRows,
  isNamed: boolean,
): AsyncGenerator<ImportRow, void, undefined> {
  const [first, ...others] = [...tables, ...parts].filter(({ isOf }) => isOf(file.name));
  if (first === undefined)
    throw new Rejection('FILE_NOT_MAPPED', `No part of the mapping is for the file ${file.name}.`);
  const name = isNamed ? file.name : undefined;
  for await (const one of partRows<Part | Table>(file.bytes(), [first, ...others])) {
    if ('fault' in one) {
      yield malformed(one, name);
      continue;
    }
    const { part, row } = one;
    try {
      if (part.rows === 'table') rows.addTo(part, required(part.key, row, 'key'), row);
      else rows.add(required(part.ticket, row, 'ticket'), timeIn(part, row), { part, row, file: place });
    } catch (fault) {
      if (!(fault instanceof FieldFault)) throw fault;
      yield refusedFor(row, fault, name);
    }
  }
}

/** What cannot be read is told of when its row is. */
function timeIn(part: Part, row: GatheredRow['row']): number | undefined {
  try {
    return part.at(row);
  } catch (error) {
    if (error instanceof FieldFault) return undefined;
    throw error;
  }
}

class Joining {
  private readonly customers = new Cache<true>(remembered);
  private readonly isOpened: boolean;

  constructor(
    { parts }: Mapping,
    private readonly files: readonly LogFile[],
  ) {
    this.isOpened = parts.some(({ rows }) => rows === 'tickets');
  }

  *of(rows: GatheredRows): Generator<ImportRow, void, undefined> {
    for (const { ticket, rows: all } of rows.tickets()) yield* this.ticket(ticket, all);
  }

  private *ticket(id: string, all: readonly GatheredRow[]): Generator<ImportRow, void, undefined> {
    const heard = new Set<GatheredRow>();
    for (const one of heardOf(id, all, this.isOpened)) {
      const { of } = one;
      const file = this.nameOf(of);
      if (!heard.has(of)) yield { line: of.row.line, ...(file === undefined ? {} : { file }) };
      heard.add(of);
      if ('facts' in one) yield* rowsOfHeard(of.row, [one], { order: false }, this.enrolment(of), file);
      else if (!one.opens) yield refusedFor(of.row, one.fault, file);
      else {
        yield { ...refusedFor(of.row, one.fault, file), unopened: { ticket: id, by: 'opening' } };
        for (const other of all.filter((row) => row !== of))
          yield refused(other.row, 'OPENING_REJECTED', openingRejected(id), this.nameOf(other));
      }
    }
  }

  private nameOf({ file }: GatheredRow): string | undefined {
    return this.files.length > 1 ? this.files[file]?.name : undefined;
  }

  /** The customer of a row, who is named for the first time, or not for long. */
  private enrolment({ row, part }: GatheredRow) {
    const enrolment = enrolmentOf(row, part);
    if (enrolment === undefined || this.customers.get(enrolment.customer) !== undefined) return undefined;
    this.customers.set(enrolment.customer, true);
    return enrolment;
  }
}
