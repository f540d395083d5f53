import { StorageFault } from '../event-sourcing/storage-fault.js';

/** A file, as those who ask hear of it: never by its path, which is the operator's business alone. */
export interface Stored {
  /** As in `the read models`. */
  readonly called: string;
  /** The code of a fault that may pass; `DATA_NOT_WRITABLE` by default. */
  readonly code?: string;
  /** What to do where it is damaged. */
  readonly remedy: string;
  /** Told where damage is met. */
  readonly met?: (damage: StorageFault) => void;
}

/** By their codes, of SQLite and of Node. */
const ofDamage = /^SQLITE_(CORRUPT|NOTADB)/;
const ofTheDisk =
  /^(SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|BUSY|NOLFS)|(ENOSPC|EDQUOT|EFBIG|EIO|EROFS|EACCES|EPERM|EMFILE|ENFILE|ENOTDIR|EISDIR|ELOOP)$)/;

/** The fault of the disk that an error tells of; undefined where it tells of something else. */
export function diskFault(
  error: unknown,
  { called, code = 'DATA_NOT_WRITABLE', remedy }: Stored,
): StorageFault | undefined {
  if (error instanceof StorageFault) return error;
  const { code: cause, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof cause !== 'string') return undefined;
  const why = `${String(message)} (${cause})`;
  if (ofDamage.test(cause))
    return new StorageFault('DATA_DAMAGED', `Found damage in ${called}: ${why}. ${remedy}`, true);
  return ofTheDisk.test(cause) ? new StorageFault(code, `Cannot use ${called} now: ${why}.`) : undefined;
}

/** Does something with a file. @throws StorageFault where the disk fails */
export function tellingFaults<Result>(stored: Stored, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const fault = diskFault(error, stored);
    if (fault?.isLasting === true) stored.met?.(fault);
    throw fault ?? error;
  }
}
