import { type PauseReason, pauseReasons } from '../../catalogue/domain/plan.js';
import { type CancelReason, cancelReasons } from '../../tickets/domain/facts.js';
import { FieldFault, oneOf } from '../../parsing/fields.js';

/**
 * How a ticket stands after a row; `resumed` ends a wait, and takes up nothing that was resolved or closed; `reopened` says that
 * it had been resolved, whether the log says when or not.
 */
const standings = [
  'open',
  'resumed',
  'reopened',
  ...pauseReasons,
  'resolved',
  'resolvedSilently',
  'closed',
  ...cancelReasons,
] as const;
/** What else a row tells. `firstResponse` counts the first time only. */
const messages = ['firstResponse', 'reply', 'customerReply', 'assigned', 'note', 'automatic'] as const;

export type StateStanding = (typeof standings)[number];
export type Message = (typeof messages)[number];

/** What a state or an activity of a log means. */
export interface Meaning {
  readonly standing: StateStanding | undefined;
  readonly messages: ReadonlySet<Message>;
}

/** What says nothing. */
export const nothing: Meaning = { standing: undefined, messages: new Set() };

export const isWait = (standing: StateStanding): standing is PauseReason =>
  (pauseReasons as readonly string[]).includes(standing);

export const isCancel = (standing: StateStanding): standing is CancelReason =>
  (cancelReasons as readonly string[]).includes(standing);

/** A word, or a list of them; at most one says how the ticket stands. An empty list means nothing. */
export function meaning(value: unknown, field: string): Meaning {
  const words = (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map((word, i) =>
    oneOf([...standings, ...messages])(word, Array.isArray(value) ? `${field}[${i}]` : field),
  );
  const standing = words.filter((word): word is StateStanding => (standings as readonly string[]).includes(word));
  if (standing.length > 1) throw new FieldFault(`${field} must not be ${standing.join(' and ')} at once`);
  const others = words.filter((word): word is Message => (messages as readonly string[]).includes(word));
  return { standing: standing[0], messages: new Set(others) };
}
