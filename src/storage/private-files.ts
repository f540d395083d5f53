import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withSideFiles } from './sqlite-files.js';

const [ownersFile, ownersFolder] = [0o600, 0o700];

/**
 * Makes a file that its owner alone may read, before SQLite would make one for everybody; closes one that others may. SQLite
 * makes what it keeps beside a file under the same permissions as the file.
 */
export function keepPrivate(file: string): void {
  closeSync(openSync(file, 'a', ownersFile));
  for (const name of withSideFiles(file)) if (existsSync(name)) close(name, ownersFile);
}

/** What Pledge keeps in a data folder. */
const ours = /^((events|read-models|webhooks|leases|keys|lock)\.db|lock\.json|log\.last|(development|webhooks)\.key)/;

/**
 * Makes a data folder that its owner alone may enter, and closes our files in it. One that is there is closed to others, too, unless it holds more than
 * our files: it may be anybody's.
 */
export function privateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: ownersFolder });
  const found = readdirSync(folder, { withFileTypes: true });
  for (const entry of found) if (entry.isFile() && ours.test(entry.name)) close(join(folder, entry.name), ownersFile);
  if (found.every(({ name }) => ours.test(name))) close(folder, ownersFolder);
}

/** To others; what another owns, who lets us write to it, is for its owner to close. */
function close(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'EPERM') throw error;
  }
}
