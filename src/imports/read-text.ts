import { type Readable } from 'node:stream';
import { Rejection } from '../event-sourcing/rejection.js';
import { readLog } from './read-log.js';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a file that is read as a whole, unpacked where it is gzip. It is read no further than it may be long.
 * @throws Rejection `FILE_TOO_LARGE`, `MALFORMED_FILE`, `FILE_NOT_READABLE`
 */
export async function readText(name: string, stdin: Readable, mostBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of readLog(name, stdin)) {
      bytes += part.length;
      if (bytes > mostBytes)
        throw new Rejection('FILE_TOO_LARGE', `${name} has more than ${mostBytes} bytes after unpacking.`);
      parts.push(part);
    }
  } catch (error) {
    throw ofAFile(error);
  }
  try {
    return decoder.decode(Buffer.concat(parts));
  } catch {
    throw new Rejection('MALFORMED_FILE', `${name} is not UTF-8.`);
  }
}

/** The same of a file that is no log. */
function ofAFile(error: unknown): unknown {
  if (!(error instanceof Rejection) || !error.code.startsWith('LOG_')) return error;
  return new Rejection(error.code === 'LOG_NOT_READABLE' ? 'FILE_NOT_READABLE' : 'MALFORMED_FILE', error.message);
}
