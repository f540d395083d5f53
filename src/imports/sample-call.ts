import { type Instant } from '../business-time/calendar.js';
import { Random } from './random.js';

type Say = (at: Instant, event: string, more?: object, actor?: object) => void;

const minute = 60_000;
const hour = 60 * minute;
const iso = (at: Instant) => new Date(at).toISOString();

/** Who has what, and who asks for it. */
export interface SampleCall {
  readonly agent: string;
  readonly customer: string;
  /** The ticket was answered then. */
  readonly from: Instant;
  /** So many hours of work later. */
  readonly after: (at: Instant, hours: number) => Instant;
  readonly say: Say;
}

/** A call that the customer of a ticket asks for: agreed on for a time, and held, moved, missed or called in vain before. */
export function sampleCall(seed: number, { agent, customer, from, after, say }: SampleCall): void {
  const random = new Random(seed);
  const requestedAt = from + 3 * minute;
  const agreedAt = after(requestedAt, random.between(0.2, 3));
  const suits = random.chance(0.3) ? { preferredUntil: iso(after(agreedAt, 12)) } : {};
  say(requestedAt, 'CallRequested', suits, { id: customer });
  const fate = random.next();
  if (fate < 0.15) {
    say(agreedAt, 'CallAttempted', { outcome: random.pick(['noAnswer', 'busy', 'voicemail']) });
    say(after(agreedAt, 2), 'CustomerReplied', { channel: 'email' }, { id: customer });
  }
  const scheduledAt = after(agreedAt, 2.5);
  let startsAt = after(scheduledAt, random.between(1, 8));
  say(scheduledAt, 'CallScheduled', { startsAt: iso(startsAt), with: agent });
  if (fate > 0.85) {
    const movedAt = scheduledAt + 10 * minute;
    startsAt += 2 * hour;
    say(movedAt, 'CallMoved', { startsAt: iso(startsAt), by: random.pick(['us', 'customer']) });
  }
  if (fate > 0.75 && fate < 0.8) say(startsAt + 10 * minute, 'CallMissed', { by: 'customer' });
  else if (fate > 0.8 && fate < 0.82) say(startsAt - 20 * minute, 'CallCancelled', { by: 'customer' });
  else {
    const beganAt = startsAt + Math.round(random.between(-5, 8)) * minute;
    say(beganAt, 'CallHeld', { endedAt: iso(beganAt + Math.round(random.between(5, 50)) * minute), with: agent });
  }
}
