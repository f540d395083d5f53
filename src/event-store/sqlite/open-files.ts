import { statSync } from 'node:fs';
import { logOlder, StorageFault } from '../../event-sourcing/storage-fault.js';

/**
 * The files of a log that is open. What is written to a file that has been removed, or has been replaced by another, is
 * gone with the process: SQLite does not notice, so this does.
 */
export class OpenFiles {
  private readonly names: readonly string[];
  private readonly opened: (string | undefined)[];

  /** @param file of a log that is open */
  constructor(file: string) {
    this.names = [file, `${file}-wal`];
    this.opened = this.names.map(identityOf);
  }

  /** @throws StorageFault `LOG_OLDER` where one of them is not there, or is another */
  expectThere(): void {
    for (const [i, name] of this.names.entries()) {
      const now = identityOf(name);
      this.opened[i] ??= now; // the write-ahead log is made by the first write
      if (now === this.opened[i]) continue;
      const what = now === undefined ? 'was removed' : 'was replaced by another';
      const why = `A file of the event store ${what} while the server ran. Restore it, or restart with the right folder.`;
      throw new StorageFault(logOlder, why, true);
    }
  }
}

function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}
