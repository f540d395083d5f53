import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Database } from '../../storage/sqlite.js';
import { keepPrivate, privateFolder } from '../../storage/private-files.js';
import { Rejection } from '../../event-sourcing/rejection.js';

/** A folder that one process owns until it lets go, or dies. */
export interface DataFolder {
  readonly path: string;
  readonly eventsFile: string;
  readonly readModelsFile: string;
  readonly webhookFiles: { readonly outbox: string; readonly key: string };
  readonly leasesFile: string;
  readonly lastSeenFile: string;
  release(): void;
}

/** The files of a data folder. */
export const filesOf = (folder: string) => ({
  path: resolve(folder),
  eventsFile: join(resolve(folder), 'events.db'),
  readModelsFile: join(resolve(folder), 'read-models.db'),
  webhookFiles: { outbox: join(resolve(folder), 'webhooks.db'), key: join(resolve(folder), 'webhooks.key') },
  leasesFile: join(resolve(folder), 'leases.db'),
  lastSeenFile: join(resolve(folder), 'log.last'),
});

/**
 * Makes a folder where it is not there and takes it, and each other folder that one of its files really is in. The lock is
 * SQLite's on a file of its own: the system lets go of it when a process dies, however it dies. A text beside it says who
 * holds it.
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
    privateFolder(files.path);
    accessSync(files.path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(error);
  }
  const { path, eventsFile, readModelsFile, webhookFiles, leasesFile } = files;
  const locks: Lock[] = [];
  const release = () => {
    for (const lock of locks) lock.release();
  };
  try {
    expectOneName(eventsFile);
    const folders = [eventsFile, readModelsFile, webhookFiles.outbox, leasesFile].map((file) => dirname(realOf(file)));
    for (const each of new Set([realpathSync(path), ...folders])) locks.push(takeLock(each, holder));
  } catch (error) {
    release();
    if (error instanceof Rejection) throw error;
    throw notWritable(error);
  }
  return { ...files, release };
}

interface Lock {
  release(): void;
}

/** @throws Rejection `DATA_FOLDER_IN_USE` */
function takeLock(folder: string, holder: object): Lock {
  const label = join(folder, 'lock.json');
  const file = join(folder, 'lock.db');
  keepPrivate(file);
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
    writeFileSync(label, JSON.stringify({ pid: process.pid, ...holder }), { mode: 0o600 });
    chmodSync(label, 0o600);
  } catch (error) {
    lock.close();
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
    const why = `The data folder ${folder} is in use by ${holderOf(label)}. Stop it first, or set PLEDGE_DATA to another folder.`;
    throw new Rejection('DATA_FOLDER_IN_USE', why);
  }
  return {
    release: () => {
      rmSync(label, { force: true });
      lock.close();
    },
  };
}

/** Where a file really is, or will be: SQLite follows links, and so must the lock. */
function realOf(file: string): string {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return join(realpathSync(dirname(file)), basename(file));
  if (!found.isSymbolicLink()) return realpathSync(file);
  return realOf(resolve(dirname(file), readlinkSync(file)));
}

/**
 * A log by two names in the file system would have two journals, each of which knows nothing of the other.
 * @throws Rejection `DATA_FOLDER_IN_USE`
 */
function expectOneName(file: string): void {
  const names = statSync(file, { throwIfNoEntry: false })?.nlink ?? 1;
  if (names === 1 || statSync(file).isDirectory()) return;
  const why = `The event store ${file} has ${names} names (hard links) and may be in use by another name. Remove the other names.`;
  throw new Rejection('DATA_FOLDER_IN_USE', why);
}

function holderOf(label: string): string {
  try {
    const { pid, command, since } = JSON.parse(readFileSync(label, 'utf8')) as Record<string, unknown>;
    return `process ${String(pid)} (pledge ${String(command)}, since ${String(since)})`;
  } catch {
    return 'another process';
  }
}
