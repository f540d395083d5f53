import { type SqliteDatabase } from 'kysely';
import { Cache } from '../event-sourcing/cache.js';
import { type Database, type Statement } from '../storage/sqlite.js';

/** The longest text whose statement is kept, in characters: prepared, it takes many times the memory of its text. */
const longestKept = 20_000;

/**
 * Prepares the statements of a connection once, and again only when many others have come since.
 * @param kept how many stay prepared: up to twice as many
 */
export function statementCache(database: Database, kept: number): (text: string) => Statement {
  const prepared = new Cache<Statement>(kept);
  return (text) => {
    const known = prepared.get(text);
    if (known !== undefined) return known;
    const statement = database.prepare(text);
    if (text.length <= longestKept) prepared.set(text, statement);
    return statement;
  };
}

/** A connection for Kysely by a {@link statementCache}. */
export const remembering = (database: Database, kept: number): SqliteDatabase => ({
  close: () => database.close(),
  prepare: statementCache(database, kept),
});
