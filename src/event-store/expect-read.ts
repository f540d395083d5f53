import { type ExpectedRevision } from '../event-sourcing/event-store.js';
import { Rejection } from '../event-sourcing/rejection.js';

/**
 * Refuses a writer that takes whatever there is: it would be written twice when it is sent again.
 * @throws Rejection `REVISION_MISSING`
 */
export function expectRead(expected: ExpectedRevision): void {
  if (expected === 'noStream' || Number.isSafeInteger(expected)) return;
  throw new Rejection('REVISION_MISSING', 'An append needs the expected revision of its stream.');
}
