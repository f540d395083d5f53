/** Input that errors would repeat, answers that nobody reads, documents that take long to check. */
import { ask, headOf, open, send, times } from '../ask.mjs';

const filtered = (filter) =>
  JSON.stringify({
    query: 'query ($filter: TicketFilter) { tickets(filter: $filter) { edges { node { id } } } }',
    variables: { filter },
  });
const unknown = (count) => Object.fromEntries(times(count, (n) => [`u${n}`, 1]));

const repeated = filtered({ text: 'a'.repeat(4_100_000), ...unknown(49) });
const manyUnknown = filtered(unknown(200_000));
const largest = `{ tickets(first: 200) { edges { node { id reference subject status customer plan { code name }
  clocks { metric state startedAt dueAt remainingMs explanation } } } } }`;
const nested = `{"query":"query ($filter: TicketFilter) { tickets(filter: $filter) { pageInfo { endCursor } } }","variables":{"filter":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}}}`;

/** Sends a request over a connection of its own, and never reads. */
async function unread(door, key, body) {
  const socket = open(door).pause();
  socket.write(headOf(key, Buffer.byteLength(body)));
  await new Promise((resolve) => socket.write(body, resolve));
  door.answered('sent');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  socket.destroy();
}

export const answers = [
  {
    name: 'unknown fields beside a long text',
    mostMiB: 700,
    width: 4,
    attack: (door) => send(door, door.keys.dashboard, repeated),
  },
  {
    name: '200,000 unknown fields',
    mostMiB: 700,
    width: 4,
    attack: (door) => send(door, door.keys.dashboard, manyUnknown),
  },
  {
    name: 'errors that nobody reads',
    mostMiB: 900,
    width: 40,
    attack: (door) => unread(door, door.keys.dashboard, repeated),
  },
  {
    name: 'pages that nobody reads',
    mostMiB: 900,
    width: 40,
    attack: (door) => unread(door, door.keys.reader, JSON.stringify({ query: largest })),
  },
  { name: 'lists in lists', mostMiB: 900, width: 4, attack: (door) => send(door, door.keys.dashboard, nested) },
  {
    name: 'documents at their limits',
    mostMiB: 500,
    width: 8,
    attack: (door, n) =>
      ask(
        door,
        door.keys.dashboard,
        `{ ${times(20, () => `... { plan(code: "p${n}") { ${'code '.repeat(75)} } }`).join(' ')} }`,
      ),
  },
];
