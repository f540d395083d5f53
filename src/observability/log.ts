import { type Actor } from '../event-sourcing/event-store.js';
import { systemTime } from '../time/time-source.js';
import { cut } from '../event-sourcing/rejection.js';
import { visible } from '../parsing/visible.js';

/** What is worth an operator's look: an error of ours, a request refused, or what happened to the files and the store. */
export interface LogEntry {
  readonly level: 'error' | 'warn' | 'info';
  /** The id that whoever was refused has in hand. */
  readonly id?: string;
  readonly code: string;
  /** Whose limit it was. */
  readonly who?: string;
  /** What was refused: the kind and name of an operation of GraphQL, as `mutation Close`, or else the method of HTTP. */
  readonly operation?: string;
  /** What kind of actor asked; `unknown` where nobody was known. */
  readonly actor?: Actor['kind'] | 'unknown';
  /** Where: the path in the answer, or the fields that were asked for, or else the path of the address. */
  readonly path?: string;
  /** What to do about it. */
  readonly message?: string;
  /** How many lines were left out before this one, of its kind or for want of a reader. */
  readonly leftOut?: number;
  /** What went wrong, with its stack: for the log alone. */
  readonly error?: string;
}

export type Log = (entry: LogEntry) => void;

/** One line of JSON each, so that no text of a caller's can begin a line of its own. */
export const logLine = (entry: LogEntry): string =>
  visible(JSON.stringify({ at: new Date(systemTime.now()).toISOString(), ...entry }));

/** What may wait for who reads the log, in bytes. */
const mostWaiting = 1024 * 1024;

/** Writes to a stream as long as somebody reads it; lines that nobody reads are left out, rather than fill the memory. */
export function logTo(stream: () => Pick<NodeJS.WriteStream, 'write' | 'writableLength'>): Log {
  let leftOut = 0;
  return (entry) => {
    const to = stream();
    if (to.writableLength > mostWaiting) {
      leftOut += 1;
      return;
    }
    const all = leftOut === 0 ? entry : { ...entry, leftOut: leftOut + (entry.leftOut ?? 0) };
    leftOut = 0;
    to.write(`${logLine(all)}\n`);
  };
}

export const logToStderr: Log = logTo(() => process.stderr);

/** Has a process go on where nobody reads what it says, or the disk it goes to is full. */
export function surviveSilence(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** How much of an error a line tells. */
const longestError = 8_000;

/** All that is known of an error, its cause included, up to a length. */
export const inFull = (error: unknown): string => cut(allOf(error), longestError);

function allOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = cut(error.stack ?? `${error.name}: ${error.message}`, longestError);
  return error.cause === undefined ? own : `${own}\nbecause of ${allOf(error.cause)}`;
}
