import { InvalidArgumentError } from 'commander';
import { type Instant } from '../business-time/calendar.js';
import { readInstant } from '../parsing/read-instant.js';

/** An instant that an argument names. */
export function instant(text: string): Instant {
  const at = readInstant(text);
  if (at === undefined)
    throw new InvalidArgumentError(
      'Give an instant in ISO 8601 with an offset, for example 2026-03-02T09:00:00+01:00.',
    );
  return at;
}
