import { systemClock } from '../clock/clock.js';

/** What is worth an operator's look: an error of ours, or a request refused. */
export interface LogEntry {
  readonly level: 'error' | 'warn';
  /** The id that whoever was refused has in hand. */
  readonly id?: string;
  readonly code: string;
  readonly address?: string;
  /** What went wrong, with its stack: for the log alone. */
  readonly error?: string;
}

export type Log = (entry: LogEntry) => void;

/** One line of JSON each, so that no text of a caller's can begin a line of its own. */
export const logLine = (entry: LogEntry): string =>
  JSON.stringify({ at: new Date(systemClock.now()).toISOString(), ...entry });

export const logToStderr: Log = (entry) => {
  process.stderr.write(`${logLine(entry)}\n`);
};

/** All that is known of an error, its cause included. */
export function inFull(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\nbecause of ${inFull(error.cause)}`;
}
