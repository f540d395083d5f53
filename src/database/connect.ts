import Database from 'better-sqlite3';
import { Rejection } from '../event-sourcing/rejection.js';

/**
 * A connection to a file whose last commits a power cut may take, and nothing else.
 * @param called how the file is called in a refusal
 * @throws Rejection `DATA_NOT_WRITABLE`
 */
export function connectTo(file: string, called: string): Database.Database {
  try {
    const database = new Database(file);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    return database;
  } catch (error) {
    throw new Rejection('DATA_NOT_WRITABLE', `${called} cannot be written: ${(error as Error).message}`);
  }
}
