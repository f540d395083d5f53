import { isDeepStrictEqual } from 'node:util';
import { arePinnedAlike } from '../../clocks/pinned-versions.js';
import { type TicketState } from './ticket-state.js';

type Same<Value> = (a: Value, b: Value) => boolean;

const is: Same<unknown> = (a, b) => a === b;
const says: Same<unknown> = (a, b) => a === b || isDeepStrictEqual(a, b);

/** What of a ticket its clocks go by. */
const heeded = {
  status: is,
  waits: says,
  beforeCancel: says,
  type: is,
  channel: is,
  priority: is,
  origin: is,
  guarantee: says,
  terms: arePinnedAlike,
  call: says,
  isAsked: is,
  lastReplyAt: (a, b) => (a === null) === (b === null),
  receivedSince: is,
  receivedAt: is,
} satisfies { readonly [Key in keyof TicketState]?: Same<TicketState[Key]> };

const allHeeded = Object.entries(heeded) as readonly (readonly [keyof TicketState, Same<unknown>])[];

/** Whether clocks go on from both alike. */
export const isSameForClocks = (a: TicketState | undefined, b: TicketState | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && allHeeded.every(([key, same]) => same(a[key], b[key])));

/** The first of all replies is asked for by itself: an earlier one changes it for all that comes after. */
const apart: keyof TicketState = 'firstRespondedAt';

/** Whether all else is alike that people see of a ticket. */
function isShownAlike(a: TicketState, b: TicketState): boolean {
  if (a.lastReplyAt !== b.lastReplyAt) return false;
  for (const name in a) {
    const key = name as keyof TicketState;
    if (a[key] !== b[key] && key !== apart && !(key in heeded)) return false;
  }
  return true;
}

/** Whether a ticket goes on from both alike, when it was first replied to left aside. */
export const isSameState = (a: TicketState | undefined, b: TicketState | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && isShownAlike(a, b) && isSameForClocks(a, b));
