import { systemClock } from '../clock/clock.js';
import { cut } from '../event-sourcing/rejection.js';

/** What is worth an operator's look: an error of ours, or a request refused. */
export interface LogEntry {
  readonly level: 'error' | 'warn';
  /** The id that whoever was refused has in hand. */
  readonly id?: string;
  readonly code: string;
  /** Whose limit it was. */
  readonly who?: string;
  /** What went wrong, with its stack: for the log alone. */
  readonly error?: string;
}

export type Log = (entry: LogEntry) => void;

/** What JSON leaves as it is, and a terminal or an editor takes for a command, a line's end or a change of direction. */
const unseen = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** One line of JSON each, so that no text of a caller's can begin a line of its own. */
export const logLine = (entry: LogEntry): string =>
  JSON.stringify({ at: new Date(systemClock.now()).toISOString(), ...entry }).replace(
    unseen,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export const logToStderr: Log = (entry) => {
  process.stderr.write(`${logLine(entry)}\n`);
};

/** How much of an error a line tells. */
const longestError = 8_000;

/** All that is known of an error, its cause included, up to a length. */
export const inFull = (error: unknown): string => cut(allOf(error), longestError);

function allOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = cut(error.stack ?? `${error.name}: ${error.message}`, longestError);
  return error.cause === undefined ? own : `${own}\nbecause of ${allOf(error.cause)}`;
}
