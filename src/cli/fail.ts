import { diskFault } from '../database/disk-faults.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { StorageFault } from '../event-sourcing/storage-fault.js';

const files = {
  called: 'the files of the data folder',
  remedy: 'docs/backups.md says what to do for each of them.',
};

/** Says what went wrong, and has the process end with 1. */
export function fail(error: unknown): void {
  const known = error instanceof Rejection ? error : diskFault(error, files);
  const detail = known instanceof StorageFault && known.detail !== '' ? ` (${known.detail})` : '';
  console.error(known === undefined ? error : `pledge: ${known.code}: ${known.message}${detail}`);
  process.exitCode = 1;
}
