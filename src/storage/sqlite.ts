import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { Rejection } from '../event-sourcing/rejection.js';

/**
 * The version of Node-API that the binaries of better-sqlite3 13 ask for. Node has it since 22.14; an older one, and so all of
 * Node 20, crashes when it loads them.
 */
const nodeApiOf13 = 10;

/** The package for a Node that has this version of Node-API. `npm ci` installs both, or only the one that can be installed. */
export function sqlitePackage(nodeApi: string): string {
  return Number(nodeApi) >= nodeApiOf13 ? 'better-sqlite3-13' : 'better-sqlite3';
}

/**
 * The package that serves this Node, tried once: its binary is loaded with the first database. One that is missing, or that was
 * built for another Node or machine, has nothing to do with the files that are opened by it.
 * @throws Rejection `NATIVE_MODULE_UNUSABLE`
 */
export function loadSqlite(load: (name: string) => unknown): typeof BetterSqlite3 {
  const name = sqlitePackage(process.versions.napi ?? '');
  try {
    const Package = load(name) as typeof BetterSqlite3;
    new Package(':memory:').close();
    return Package;
  } catch (error) {
    const [why = ''] = (error as Error).message.split('\n');
    const message = `The package ${name} cannot be used by Node ${process.version}: ${why}. Run "npm ci" with this Node.`;
    throw new Rejection('NATIVE_MODULE_UNUSABLE', message);
  }
}

/** SQLite, for everything here: the only place that knows which release of better-sqlite3 serves which Node. */
export const Database = loadSqlite(createRequire(import.meta.url));
export type Database = BetterSqlite3.Database;
export type Statement<Parameters extends unknown[] | object = unknown[], Row = unknown> = BetterSqlite3.Statement<
  Parameters,
  Row
>;
export type Transaction<Work extends (...args: never[]) => unknown> = BetterSqlite3.Transaction<Work>;
