import { type Instant } from '../business-time/calendar.js';

/** The longest that an endpoint may ask to be left alone for: who asks for more is tried again after a day. */
export const longestRetryAfterMs = 86_400_000;

/** A date of HTTP, in the form of today or the two of before (RFC 9110, 5.6.7); only the last of them leaves out its zone. */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d{2}:\d{2}:\d{2}(?: \d{4}| GMT)$/;

/**
 * Until when an endpoint asks to be sent nothing, by the status and the header `Retry-After` of its answer; null where it does not
 * ask, nobody can read it, or it is past.
 */
export function retryAfter(status: number, header: string | undefined, now: Instant): Instant | null {
  if (header === undefined || (status !== 429 && status !== 503)) return null;
  const until = /^\d+$/.test(header) ? now + Number(header) * 1_000 : dateIn(header);
  return until > now ? Math.min(until, now + longestRetryAfterMs) : null;
}

/** Not a number where there is none. */
const dateIn = (text: string): Instant =>
  httpDate.test(text) ? Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`) : NaN;
