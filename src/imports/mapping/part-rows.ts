import { csvRows } from '../csv.js';
import { jsonRecords } from '../json.js';
import { rowsInRecord } from '../json-rows.js';
import { type NoRow, type Row } from '../row.js';
import { type Source } from './source.js';

/** A row of a part of a mapping. */
export interface PartRow<Part> {
  readonly part: Part;
  readonly row: Row;
}

/** The rows of a file, CSV or JSON, for each of the parts of a mapping that are read from it. */
export async function* partRows<Part extends Source>(
  bytes: AsyncIterable<Buffer>,
  parts: readonly [Part, ...Part[]],
): AsyncGenerator<PartRow<Part> | NoRow, void, undefined> {
  const { isJson, whole } = await begun(bytes);
  const [{ dialect }] = parts;
  if (isJson) {
    const paths = [...new Set(parts.map(({ records }) => records))];
    for await (const record of jsonRecords(whole, paths, dialect.encoding)) {
      if ('fault' in record) yield record;
      else
        for (const part of parts)
          if (part.records === record.path)
            for (const row of rowsInRecord(record.line, record.value, part.each))
              if (part.holds(row)) yield { part, row };
    }
    return;
  }
  const columns = [...new Set(parts.flatMap((part) => part.columns))];
  for await (const row of csvRows(whole, columns, dialect)) {
    if ('fault' in row) yield row;
    else for (const part of parts) if (part.holds(row)) yield { part, row };
  }
}

/** How a JSON file begins: with an object, or with a list of objects or lists. */
const jsonForm = /^\s*(?:\{\s*["}]|\[\s*[[{\]])/;

async function begun(bytes: AsyncIterable<Buffer>) {
  const chunks = bytes[Symbol.asyncIterator]();
  let begin = Buffer.alloc(0);
  let last = await chunks.next();
  for (; last.done !== true; last = await chunks.next()) {
    begin = Buffer.concat([begin, last.value]);
    if (begin.length >= 64) break;
  }
  // What UTF-16 has between Latin letters, and the mark of an encoding, say nothing here.
  const text = begin.toString('latin1', 0, 1_000).replace(/^(?:\u00EF\u00BB\u00BF|\u00FF\u00FE|\u00FE\u00FF)|\0/g, '');
  async function* whole() {
    try {
      yield begin;
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
    } finally {
      await chunks.return?.();
    }
  }
  return { isJson: jsonForm.test(text), whole: whole() };
}
