import { type Instant } from '../../business-time/calendar.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type CommandContext } from './commands.js';

/** How far ahead of ours another clock may be. */
const maxSkewMs = 5 * 60_000;

/** How far back anyone may record; beyond it takes the ingest or admin role. */
export const maxAgeMs = 30 * 24 * 3_600_000;

const iso = (at: Instant) => new Date(at).toISOString();

/** Refuses an instant in the future, too far back, or before the ticket's opening (which an import clamps instead). */
export function expectOccurrenceTime(context: CommandContext, openedAt: Instant | undefined): void {
  const { occurredAt, now, mayBackdate, import: imported } = context;
  if (occurredAt > now + maxSkewMs) {
    throw new Rejection('OCCURRED_IN_FUTURE', `occurredAt ${iso(occurredAt)} is in the future; now is ${iso(now)}.`);
  }
  if (occurredAt < now - maxAgeMs && !mayBackdate) {
    throw new Rejection(
      'OCCURRED_TOO_LONG_AGO',
      `occurredAt ${iso(occurredAt)} is more than 30 days ago; only the roles ingest and admin may record that.`,
    );
  }
  if (openedAt !== undefined && occurredAt < openedAt && imported === undefined) {
    throw new Rejection(
      'OCCURRED_BEFORE_OPENING',
      `occurredAt ${iso(occurredAt)} is before the opening of the ticket, ${iso(openedAt)}.`,
    );
  }
}
