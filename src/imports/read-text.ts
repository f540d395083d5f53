import { type Readable } from 'node:stream';
import { Rejection } from '../event-sourcing/rejection.js';
import { readLog } from './read-log.js';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a file that is read as a whole, unpacked where it is gzip. It is read no further than it may be long.
 * @throws Rejection `FILE_TOO_LARGE`, `MALFORMED_FILE`, and what {@link readLog} throws
 */
export async function readText(name: string, stdin: Readable, mostBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of readLog(name, stdin)) {
    bytes += part.length;
    if (bytes > mostBytes)
      throw new Rejection('FILE_TOO_LARGE', `${name} has more than ${mostBytes} bytes after unpacking.`);
    parts.push(part);
  }
  try {
    return decoder.decode(Buffer.concat(parts));
  } catch {
    throw new Rejection('MALFORMED_FILE', `${name} is not UTF-8.`);
  }
}
