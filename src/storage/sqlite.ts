import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

/**
 * The version of Node-API that the binaries of better-sqlite3 13 ask for. Node has it since 22.14; an older one, and so all of
 * Node 20, crashes when it loads them.
 */
const nodeApiOf13 = 10;

/** The package for a Node that has this version of Node-API. `npm ci` installs both, or only the one that can be installed. */
export function sqlitePackage(nodeApi: string): string {
  return Number(nodeApi) >= nodeApiOf13 ? 'better-sqlite3-13' : 'better-sqlite3';
}

function load(): typeof BetterSqlite3 {
  const name = sqlitePackage(process.versions.napi ?? '');
  try {
    return createRequire(import.meta.url)(name) as typeof BetterSqlite3;
  } catch (cause) {
    throw new Error(`Node ${process.version} needs the package ${name}. Run npm ci with this Node.`, { cause });
  }
}

/** SQLite, for everything here: the only place that knows which release of better-sqlite3 serves which Node. */
export const Database = load();
export type Database = BetterSqlite3.Database;
export type Statement<Parameters extends unknown[] | object = unknown[], Row = unknown> = BetterSqlite3.Statement<
  Parameters,
  Row
>;
export type Transaction<Work extends (...args: never[]) => unknown> = BetterSqlite3.Transaction<Work>;
