import { type CompiledQuery } from 'kysely';
import { type Asker } from '../auth/asker.js';

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
