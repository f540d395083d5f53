/** Facts upon facts: a thousand of one ticket in a request, backwards in time, and notes of ten kilobytes. */
import { ask, times } from '../ask.mjs';

const mutation = `mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { results { outcome code } } }`;
const record = (door, events) => ask(door, door.keys.ingest, mutation, { events });

const dayMs = 86_400_000;
const begin = Date.now() - 2 * dayMs;
const at = (ms) => new Date(begin + ms).toISOString();
const opening = (ticket) => ({
  ...{ ticket, event: 'TICKET_OPENED', occurredAt: at(0) },
  ...{ customer: 'acme', plan: 'enterprise', type: 'productBug', channel: 'email', subject: 'It broke' },
});
const person = { id: 'mia', kind: 'PERSON' };

/** A thousand replies each round, on a ticket for every ten rounds. */
const replies = (n, timeOf) => {
  const ticket = `replies-${process.pid}-${Math.floor(n / 10)}`;
  const events = times(999, (i) => ({
    ...{ ticket, event: 'FOLLOW_UP_SENT', onBehalfOf: person },
    occurredAt: at(timeOf((n % 10) * 1_000 + i)),
  }));
  return n % 10 === 0 ? [opening(ticket), ...events] : events;
};

/** Notes of ten kilobytes, a new ticket each third round. */
const notes = (n) => {
  const ticket = `notes-${process.pid}-${Math.floor(n / 3)}`;
  const events = times(380, (i) => ({
    ...{ ticket, event: 'INTERNAL_NOTE_ADDED', occurredAt: at(1_000 + i) },
    text: `${i} `.padEnd(10_000, 'x'),
  }));
  return n % 3 === 0 ? [opening(ticket), ...events] : events;
};

export const facts = [
  {
    name: 'a thousand replies a request',
    mostMiB: 800,
    attack: (door, n) =>
      record(
        door,
        replies(n, (i) => 1_000 + i),
      ),
  },
  {
    name: 'a thousand replies a request, the latest first',
    mostMiB: 800,
    attack: (door, n) =>
      record(
        door,
        replies(n, (i) => dayMs - i),
      ),
  },
  { name: 'notes of ten kilobytes', mostMiB: 1_000, width: 2, attack: (door, n) => record(door, notes(n)) },
];
