import { type WordList } from '../../catalogue/domain/words.js';
import { FieldFault, fields, object, oneOf, optional, readEach, text, together } from '../../parsing/fields.js';
import { type Part, partOf } from './part.js';
import { constantsOf } from './reading.js';
import { type Reference, referenceIn, type Table, tableOf } from './table.js';

/** How a log is read, as its user wrote it down; `docs/mappings.md` has every field. */
export interface Mapping {
  /** The system the log is from: ids derive from it. */
  readonly source: string;
  /** By time, or as in the file; left out: as in the file, where hardly a ticket runs backwards there. */
  readonly order: 'time' | 'file' | undefined;
  /** What its rows are: of one kind, or of several. */
  readonly parts: readonly [Part, ...Part[]];
  readonly tables: readonly Table[];
  /** The columns that stand in tables. */
  readonly references: ReadonlyMap<string, Reference>;
  /** Whether the rows of each ticket are put together before they are read. */
  readonly isJoined: boolean;
  /** The plans and calendars it names itself. */
  readonly plans: readonly string[];
  readonly calendars: readonly string[];
  /** The words of the desk that it names itself. */
  readonly words: readonly { readonly list: WordList; readonly word: string }[];
}

const common = { source: text(100), order: optional(oneOf(['time', 'file'] as const)) };

/** What a mapping file says, checked. @throws FieldFault that names the fields at fault */
export function parseMapping(value: unknown): Mapping {
  const { source, order, parts: several, ...written } = object(value ?? {}, 'the mapping');
  const { named, read } = together({
    named: () => fields(common, { source, order }),
    read: () => (several === undefined ? onePart(written) : severalParts(object(several, 'parts'), written)),
  });
  const said = (field: string) => read.written.flatMap((part) => constantsOf(part[field])).map(String);
  return {
    ...named,
    ...{ parts: read.parts, tables: read.tables, references: read.references, isJoined: read.isJoined },
    plans: said('plan'),
    calendars: said('calendar'),
    words: (['type', 'channel', 'priority'] as const).flatMap((list) => said(list).map((word) => ({ list, word }))),
  };
}

interface Parts extends Pick<Mapping, 'parts' | 'tables' | 'references' | 'isJoined'> {
  readonly written: readonly Record<string, unknown>[];
}

function onePart(written: Record<string, unknown>): Parts {
  const part = partOf(written);
  return { parts: [part], tables: [], references: new Map(), isJoined: part.rows === 'changes', written: [written] };
}

/** What stands beside `parts` holds for each of them. */
function severalParts(several: Record<string, unknown>, beside: Record<string, unknown>): Parts {
  const given = fields({ times: any, csv: any, json: any }, beside);
  const usual = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { times: _, ...ofTables } = usual;
  const written = readEach(Object.entries(several), ([name, part]) => {
    const said = object(part, `parts.${name}`);
    return { name, path: `parts.${name}.`, said, isTable: said['rows'] === 'table' };
  });
  const { tables, parts } = together({
    tables: () =>
      readEach(
        written.filter(({ isTable }) => isTable),
        ({ name, path, said }) => tableOf({ ...ofTables, ...said }, name, path),
      ),
    parts: () =>
      readEach(
        written.filter(({ isTable }) => !isTable),
        ({ path, said }) => partOf({ ...usual, ...said }, path, true),
      ),
  });
  const [first, ...others] = parts;
  if (first === undefined || !parts.some(({ rows }) => rows === 'tickets'))
    throw new FieldFault('parts must have one whose rows are tickets: it says what opens them');
  const names = new Set(tables.map(({ name }) => name));
  const columns = new Set(parts.flatMap((part) => part.columns));
  const references = new Map(
    [...columns].flatMap((column) => {
      const reference = referenceIn(column, names);
      return reference === undefined ? [] : [[column, reference] as const];
    }),
  );
  /** A part has the column with the key in place of what stands in a table. */
  const own = (part: Part): Part => ({
    ...part,
    columns: [...new Set(part.columns.map((column) => references.get(column)?.by ?? column))],
  });
  const taken = (table: Table): Table => {
    const columns = [...references.values()].flatMap(({ table: name, take }) => (name === table.name ? [take] : []));
    return { ...table, columns: [...new Set([...table.columns, ...columns])] };
  };
  return {
    ...{ parts: [own(first), ...others.map(own)], tables: tables.map(taken), references, isJoined: true },
    written: written.map(({ said }) => said),
  };
}

const any = (value: unknown) => value;
