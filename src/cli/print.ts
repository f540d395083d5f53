import { once } from 'node:events';
import { visible } from '../parsing/visible.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Finding } from '../event-sourcing/standing.js';

/**
 * The only way from a command to whoever reads what it says. What it is given are lines; much of their text is from outside –
 * a subject, a name, what a server answers –, so that each is shown with all that is unseen escaped: no text begins a line of its
 * own, nor gives the terminal a command. Lines of JSON stay JSON of the same value.
 */
export function print(...lines: readonly string[]): void {
  process.stdout.write(written(lines));
}

/** Prints a line that must not be lost, and says whether it was written. */
export const isPrinted = (line: string): Promise<boolean> =>
  new Promise((resolve) => {
    process.stdout.write(written([line]), (error) => {
      resolve(error == null);
    });
  });

/** Says something to a person, beside what is printed. */
export function complain(...lines: readonly string[]): void {
  process.stderr.write(written(lines));
}

/** How commands report what is made or replaced in a data folder. */
export const tellingPeople: Finding = {
  acceptsOlderLog: false,
  report: (line) => {
    complain(line);
  },
};

const written = (lines: readonly string[]) => lines.map((line) => `${visible(line)}\n`).join('');

/** So much is gathered before it is written. */
const chunk = 65_536;

/** Prints many lines, as quickly as they are read. */
export async function printAll(lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  let text = '';
  for await (const line of lines) {
    text += written([line]);
    if (text.length < chunk) continue;
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    text = '';
  }
  process.stdout.write(text);
}

let isAllThatIsDone = false;

/** Says that a command does nothing but print: whoever reads a pipe may leave early, and then it ends. */
export function printsAlone(): void {
  isAllThatIsDone = true;
}

/**
 * Ends a command that prints alone where nobody reads on; one that does something goes on. What cannot be written for another
 * reason, as on a full disk, is told by `failed`: part of an export is no export.
 */
export function guardOutput(failed: (error: Rejection) => void): void {
  let isReported = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && !isReported) {
      isReported = true;
      failed(new Rejection('OUTPUT_NOT_WRITABLE', `The output cannot be written: ${error.message}.`));
    }
    if (isAllThatIsDone) process.exit();
  });
  // Nobody is left to tell.
  process.stderr.on('error', () => undefined);
}
