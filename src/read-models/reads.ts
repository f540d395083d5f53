import { type CompiledQuery } from 'kysely';

/** Who asks, and until when an answer is of use. */
export interface Asker {
  /** Whose other questions this one waits for. */
  readonly who: string;
  /** Aborts when whoever asked has gone. */
  readonly signal: AbortSignal;
}

/** Which file of the data folder is read. */
export type ReadFile = 'readModels' | 'outbox';

/** A row as it was read, by the names of its columns. */
export type ReadRow = Readonly<Record<string, unknown>>;

/**
 * Reads what may take long, so that nobody else waits for it.
 * @throws Rejection `QUERY_TOO_SLOW`, `QUERY_TOO_LARGE`, `TOO_MANY_QUERIES`, `ASKER_GONE`
 */
export interface Reads {
  select(file: ReadFile, query: Pick<CompiledQuery, 'sql' | 'parameters'>, asker: Asker): Promise<readonly ReadRow[]>;
}
