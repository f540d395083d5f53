/** Queries that answer little and look at much, and long tickets. */
import { ask, times } from '../ask.mjs';
import { idOf } from '../../support/source.mjs';

const long = idOf('long');

/** As often in a document as its cost allows. */
const aliased = (count, field) => `{ ${times(count, (n) => `a${n}: ${field}`).join(' ')} }`;

const searching = aliased(8, 'tickets(first: 1, filter: { text: "zzzqqq" }) { edges { node { id } } }');
const narrowing = aliased(8, 'tickets(first: 1, filter: { priorities: ["none"] }) { edges { node { id } } }');
const queue = '{ workQueue(first: 200) { edges { node { id subject clocks { metric dueAt } } } } }';
const lists = `query ($filter: TicketFilter) { tickets(first: 1, filter: $filter) { edges { node { id } } } }`;
const history = aliased(8, `ticketHistory(id: "${long}", first: 1) { edges { cursor } }`);
const replay = aliased(8, `replayTicket(id: "${long}") { status }`);
const note =
  'mutation ($input: InternalNoteInput!) { addInternalNote(input: $input) { __typename ... on Rejection { code } } }';

/** Lists of lengths of their own, so that each statement would be another text. */
const filterOf = (n) =>
  Object.fromEntries(
    ['customers', 'plans', 'priorities', 'assignees', 'teams'].map((field, i) => [
      field,
      times(1 + ((n * 7 + i * 61) % 500), (item) => `${field}-${item}`),
    ]),
  );

export const reads = [
  { name: 'searches of one reader', mostMiB: 700, width: 8, attack: (door) => ask(door, door.keys.reader, searching) },
  {
    name: 'filters that find nothing',
    mostMiB: 700,
    width: 8,
    attack: (door) => ask(door, door.keys.reader, narrowing),
  },
  { name: 'work queues in full', mostMiB: 700, width: 8, attack: (door) => ask(door, door.keys.reader, queue) },
  {
    name: 'filters of every length',
    mostMiB: 700,
    width: 4,
    attack: (door, n) => ask(door, door.keys.dashboard, lists, { filter: filterOf(n) }),
  },
  {
    name: 'histories of a long ticket',
    mostMiB: 900,
    width: 4,
    attack: (door) => ask(door, door.keys.globex, history),
  },
  { name: 'replays of a long ticket', mostMiB: 1_200, width: 4, attack: (door) => ask(door, door.keys.globex, replay) },
  {
    name: "commands on another's long ticket",
    mostMiB: 700,
    width: 8,
    attack: (door) => ask(door, door.keys.acme, note, { input: { id: long, text: 'x' } }),
  },
  {
    name: "commands on a long ticket of one's own",
    mostMiB: 900,
    width: 8,
    attack: (door, n) => ask(door, door.keys.globex, note, { input: { id: long, text: `${n}` } }),
  },
];
