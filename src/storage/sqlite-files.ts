import { existsSync, renameSync, rmSync } from 'node:fs';

/** What SQLite keeps beside a file. */
const sideFiles = ['-wal', '-shm', '-journal'];

/** A file of SQLite, with what may be beside it. */
export const withSideFiles = (file: string): readonly string[] => [file, ...sideFiles.map((end) => file + end)];

/** Removes a file of SQLite that nobody has open, where there is one. */
export function removeSqliteFile(file: string): void {
  for (const part of withSideFiles(file)) rmSync(part, { force: true });
}

/** Puts a file of SQLite in the place of another; nobody has either open. */
export function replaceSqliteFile(file: string, anew: string): void {
  removeSqliteFile(file);
  const parts = withSideFiles(file);
  for (const [i, part] of withSideFiles(anew).entries()) if (existsSync(part)) renameSync(part, parts[i] ?? file);
}
