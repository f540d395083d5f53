import { type HandedRequest, type Received } from './facts.js';

/** What a ticket was told by one that was merged into it: its unanswered requests, the oldest first. */
export function requestsIn(
  ticket: string,
  { unansweredSince, pauses, others = [] }: Received,
): readonly HandedRequest[] {
  if (unansweredSince === null) return [];
  return [{ ticket, since: unansweredSince, ...(pauses === undefined ? {} : { pauses }) }, ...others];
}
