import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { Rejection } from '../../event-sourcing/rejection.js';

/** A folder that one process owns until it lets go, or dies. */
export interface DataFolder {
  readonly path: string;
  readonly eventsFile: string;
  readonly readModelsFile: string;
  readonly webhookFiles: { readonly outbox: string; readonly key: string };
  readonly dutiesFile: string;
  release(): void;
}

/** The files of a data folder. */
export const filesOf = (folder: string) => ({
  path: resolve(folder),
  eventsFile: join(resolve(folder), 'events.db'),
  readModelsFile: join(resolve(folder), 'read-models.db'),
  webhookFiles: { outbox: join(resolve(folder), 'webhooks.db'), key: join(resolve(folder), 'webhooks.key') },
  dutiesFile: join(resolve(folder), 'duties.db'),
});

/**
 * Makes a folder where it is not there and takes it. The lock is SQLite's on a file of its own: the system lets go of it
 * when a process dies, however it dies. A text beside it says who holds it.
 * @throws Rejection `DATA_FOLDER_IN_USE` that says which process holds it, `DATA_NOT_WRITABLE`
 */
export function openDataFolder(
  folder: string,
  holder: { readonly command: string; readonly since: string },
): DataFolder {
  const files = filesOf(folder);
  const notWritable = (error: unknown) =>
    new Rejection('DATA_NOT_WRITABLE', `The data folder ${files.path} cannot be written: ${(error as Error).message}`);
  try {
    mkdirSync(files.path, { recursive: true });
    accessSync(files.path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(error);
  }
  const label = join(files.path, 'lock.json');
  let lock: Database.Database | undefined;
  try {
    lock = new Database(join(files.path, 'lock.db'), { timeout: 0 });
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
    writeFileSync(label, JSON.stringify({ pid: process.pid, ...holder }));
  } catch (error) {
    lock?.close();
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw notWritable(error);
    throw new Rejection('DATA_FOLDER_IN_USE', `The data folder ${files.path} is in use by ${holderOf(label)}.`);
  }
  const held = lock;
  return {
    ...files,
    release: () => {
      rmSync(label, { force: true });
      held.close();
    },
  };
}

function holderOf(label: string): string {
  try {
    const { pid, command, since } = JSON.parse(readFileSync(label, 'utf8')) as Record<string, unknown>;
    return `process ${String(pid)} (pledge ${String(command)}, since ${String(since)})`;
  } catch {
    return 'another process';
  }
}
