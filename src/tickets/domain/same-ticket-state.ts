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
  type: is,
  channel: is,
  priority: is,
  origin: is,
  guarantee: says,
  terms: arePinnedAlike,
  isAsked: is,
  lastReplyAt: (a, b) => (a === null) === (b === null),
  receivedSince: is,
} satisfies { readonly [Key in keyof TicketState]?: Same<TicketState[Key]> };

/** The first of all replies is asked for by itself: an earlier one changes it for all that comes after. */
type Apart = 'firstRespondedAt';

/** All else that may differ; what a late fact may change for all that comes after is first. */
const shown: { readonly [Key in Exclude<keyof TicketState, Apart | keyof typeof heeded>]: Same<TicketState[Key]> } & {
  readonly lastReplyAt: Same<TicketState['lastReplyAt']>;
} = {
  assignee: is,
  team: is,
  reopenings: is,
  lastReplyAt: is,
  reference: is,
  subject: is,
  application: is,
  users: is,
  namedPlan: is,
  import: is,
  openedAt: is,
  lastCustomerReplyAt: is,
  isUntold: is,
  resolvedAt: is,
  closedAt: is,
  cancelledAt: is,
  cancelReason: is,
  mergedInto: is,
  mergedAt: is,
  received: is,
  splitFrom: is,
  splitInto: is,
};

const entriesOf = (compared: object) =>
  Object.entries(compared) as readonly (readonly [keyof TicketState, Same<unknown>])[];
const [allHeeded, allShown] = [entriesOf(heeded), entriesOf(shown)];

const agree = (compared: typeof allHeeded, a: TicketState | undefined, b: TicketState | undefined) =>
  a === b || (a !== undefined && b !== undefined && compared.every(([key, same]) => same(a[key], b[key])));

/** Whether clocks go on from both alike. */
export const isSameForClocks = (a: TicketState | undefined, b: TicketState | undefined): boolean =>
  agree(allHeeded, a, b);

/** Whether a ticket goes on from both alike, when it was first replied to left aside. */
export const isSameState = (a: TicketState | undefined, b: TicketState | undefined): boolean =>
  agree(allShown, a, b) && agree(allHeeded, a, b);
