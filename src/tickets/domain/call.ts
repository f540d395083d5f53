import { type Instant } from '../../business-time/calendar.js';
import { type Guarantee } from '../../catalogue/domain/promise.js';

/** The call that a ticket's customer waits for: asked for, agreed on for a time, or both. A ticket has one at a time. */
export interface Call {
  /** When the customer asked for it; null where nobody did. */
  readonly requestedAt: Instant | null;
  readonly preferredFrom: Instant | null;
  readonly preferredUntil: Instant | null;
  /** Whether the plan promises it; null where nobody asked for it. */
  readonly guarantee: Guarantee | null;
  /** The time that was agreed on; null where there is none. */
  readonly startsAt: Instant | null;
  /** When that was agreed on. */
  readonly agreedAt: Instant | null;
  /** Who of the desk will call. */
  readonly with: string | null;
  /** How often we called and reached nobody since the customer last named a time or wrote. */
  readonly attempts: number;
  /** Since the first of those the customer is to say when it is there; null where there was none. */
  readonly unreachedSince: Instant | null;
}

/** No time is agreed on. */
export const noAppointment = { startsAt: null, agreedAt: null, with: null } as const;

export const noCall: Call = {
  requestedAt: null,
  preferredFrom: null,
  preferredUntil: null,
  guarantee: null,
  ...noAppointment,
  attempts: 0,
  unreachedSince: null,
};
