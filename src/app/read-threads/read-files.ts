import { Database, type Statement } from '../../storage/sqlite.js';
import { type Limit, StoppableConnection } from '../../read-models/stoppable-connection.js';
import { type Stored, tellingFaults } from '../../storage/disk-faults.js';
import { readModelsStored } from '../../read-models/read-models.js';
import { type ReadFile } from '../../read-models/read-port.js';
import { statementCache } from '../../read-models/statement-cache.js';
import { Rejection } from '../../event-sourcing/rejection.js';

/** Where the files are that are read. */
export type Files = Readonly<Record<ReadFile, string>>;

/** Rows as arrays: they cross between threads in half the time of objects. */
export interface ReadRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** A select, with its parameters. */
export interface Select {
  readonly file: ReadFile;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Statements kept prepared, up to twice as many. Lists are one parameter, so there are few texts. */
const statementsKept = 50;

/** The most that an answer may have, in characters: as much again is made of it where it is put together. */
const charactersMost = 16_000_000;

interface Opened {
  readonly connection: StoppableConnection;
  readonly prepare: (text: string) => Statement;
}

/** Files that are read beside whoever writes them; each is opened when it is first asked for. */
export class ReadFiles {
  private readonly connections = new Map<ReadFile, Opened>();

  constructor(private readonly files: Files) {}

  /** Rows looked at so far. */
  get looked(): number {
    return [...this.connections.values()].reduce((sum, { connection }) => sum + connection.looked, 0);
  }

  /** @throws Stopped where the limit says so, Rejection `QUERY_TOO_LARGE`, StorageFault */
  select(select: Select, limit: Limit): ReadRows {
    return tellingFaults(this.stored(select.file), () => this.selected(select, limit));
  }

  private stored(file: ReadFile): Stored {
    if (file === 'readModels') return readModelsStored(this.files.readModels);
    return { called: 'the deliveries of webhooks', remedy: 'Stop the server and restore a copy of webhooks.db.' };
  }

  private selected({ file, sql, parameters }: Select, limit: Limit): ReadRows {
    const { connection, prepare } = this.opened(file);
    const statement = prepare(sql).raw();
    return connection.within(limit, () => {
      const rows: unknown[][] = [];
      let characters = 0;
      for (const row of statement.iterate(...parameters) as IterableIterator<unknown[]>) {
        for (const value of row) if (typeof value === 'string') characters += value.length;
        if (characters > charactersMost) throw tooLarge();
        rows.push(row);
      }
      return { columns: statement.columns().map(({ name }) => name), rows };
    });
  }

  close(): void {
    for (const { connection } of this.connections.values()) connection.database.close();
    this.connections.clear();
  }

  private opened(file: ReadFile): Opened {
    const known = this.connections.get(file);
    if (known !== undefined) return known;
    const database = new Database(this.files[file], { readonly: true });
    database.pragma('cache_size = -16384'); // 16 MiB
    const opened = { connection: new StoppableConnection(database), prepare: statementCache(database, statementsKept) };
    this.connections.set(file, opened);
    return opened;
  }
}

const tooLarge = () =>
  new Rejection('QUERY_TOO_LARGE', 'The answer is too large; ask for fewer rows or use a narrower filter.');

/** Rows by the names of their columns. */
export const asObjects = ({ columns, rows }: ReadRows): readonly Readonly<Record<string, unknown>>[] =>
  rows.map((row) => {
    const object: Record<string, unknown> = {};
    for (const [i, column] of columns.entries()) object[column] = row[i];
    return object;
  });
