import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type Remembered } from '../event-sourcing/standing.js';

/** A place that was acknowledged. */
export type Seen = Remembered & { readonly mark: string };

/**
 * How far a log was acknowledged, in a file of its own: a log that has lost its end, since a file was removed or put back,
 * cannot know by itself. It is written over in place at each commit and not flushed: a power cut makes it older than the log,
 * never newer.
 */
export class LastSeen {
  private readonly file: number;

  constructor(name: string) {
    this.file = openSync(name, 'a', 0o600); // made where it is not there
    closeSync(this.file);
    this.file = openSync(name, 'r+');
  }

  /** A disk that fails here fails nobody: what is acknowledged is in the log itself. */
  write(seen: Seen): void {
    try {
      writeSync(this.file, lineOf(seen), 0);
    } catch {
      // It stays older than the log, which says nothing against the log.
    }
  }

  close(): void {
    closeSync(this.file);
  }
}

/** What a file says; undefined where there is none, or it is damaged. */
export function readLastSeen(name: string): Seen | undefined {
  try {
    const [line = ''] = readFileSync(name, 'utf8').split('\n');
    const [, check, logId, position, mark] = /^(\d+) (\S+) (\d+) (.+)$/.exec(line) ?? [];
    if (logId === undefined || position === undefined || mark === undefined) return undefined;
    return Number(check) === crc32(`${logId} ${position} ${mark}`) ? { logId, position, mark } : undefined;
  } catch {
    return undefined;
  }
}

function lineOf({ logId, position, mark }: Seen): string {
  const content = `${logId} ${position} ${mark}`;
  return `${crc32(content)} ${content}\n`;
}
