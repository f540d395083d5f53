import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidCalendar } from '../business-time/calendar.js';
import { inFull } from '../observability/log.js';
import { diskFault } from '../storage/disk-faults.js';
import { cut, Rejection } from '../event-sourcing/rejection.js';
import { StorageFault } from '../event-sourcing/storage-fault.js';
import { complain } from './print.js';

/** Says what went wrong in one line, `pledge: CODE: message`, and has the process end with 1. */
export function fail(error: unknown): void {
  process.exitCode = 1;
  const { code, message } = coded(error) ?? unexpected(error);
  complain(`pledge: ${code}: ${message}`);
}

/** Has what nobody caught told like every other error. It ends the process, for nobody knows what is left half done. */
export function failOnWhatIsUncaught(): void {
  process.on('uncaughtException', (error) => {
    fail(error);
    process.exit(1);
  });
}

interface Coded {
  readonly code: string;
  readonly message: string;
}

const files = {
  called: 'the files of the data folder',
  remedy: 'docs/backups.md says what to do for each of them.',
};

function coded(error: unknown): Coded | undefined {
  if (error instanceof StorageFault) return { code: error.code, message: error.forOperators };
  if (error instanceof Rejection) return error;
  if (error instanceof InvalidCalendar) return { code: error.code, message: `${error.field}: ${error.message}` };
  const fault = diskFault(error, files);
  if (fault !== undefined) return fault;
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  if (!/^(E[A-Z\d]+|ERR_FS_[A-Z_]+|SQLITE_[A-Z_]+)$/.test(code)) return undefined;
  return { code: 'SYSTEM_ERROR', message: message.includes(code) ? message : `${code}: ${message}` };
}

/** What nobody foresaw: its stack is for whoever mends it, and kept where it is in nobody's way. */
function unexpected(error: unknown): Coded {
  const id = randomUUID();
  const file = join(tmpdir(), `pledge-${id}.log`);
  const text = error instanceof Error ? `${error.name}: ${brief(error.message)}` : brief(String(error));
  let where = `The stack trace is in ${file}`;
  try {
    writeFileSync(file, `${inFull(error)}\n`, { mode: 0o600, flag: 'wx' });
  } catch {
    where = `The cause: ${cut(inFull(error), 500)}`;
  }
  return { code: 'UNEXPECTED', message: `${text}. This is an error in Pledge; please report it. ${where}` };
}

/** As much as a person reads. */
const brief = (text: string) => cut(text, 1_000);
