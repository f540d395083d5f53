import { InvalidArgumentError } from 'commander';
import { type Instant } from '../business-time/calendar.js';
import { customerIdOf } from '../parsing/customer-id.js';
import { readInstant } from '../parsing/read-instant.js';

/** A customer that an argument names. */
export function customerId(text: string): string {
  const id = customerIdOf(text);
  if (id === undefined)
    throw new InvalidArgumentError("A customer's id is any text of 1 to 200 characters, without control characters.");
  return id;
}

/** An instant that an argument names. */
export function instant(text: string): Instant {
  const at = readInstant(text);
  if (at === undefined)
    throw new InvalidArgumentError(
      'Give an instant in ISO 8601 with an offset, for example 2026-03-02T09:00:00+01:00.',
    );
  return at;
}
