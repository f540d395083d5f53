import { InvalidArgumentError } from 'commander';
import { type Instant } from '../business-time/calendar.js';
import { readInstant } from '../parsing/read-instant.js';

/** An instant that an argument names. */
export function instant(text: string): Instant {
  const at = readInstant(text);
  if (at === undefined) throw new InvalidArgumentError('An instant is ISO 8601 with an offset.');
  return at;
}
