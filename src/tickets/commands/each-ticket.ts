import { TimeSlice } from '../../event-sourcing/yield-to-event-loop.js';
import { type AnyTicketCommand } from '../domain/commands.js';
import { namesAnother } from './other-ticket.js';

/** Items by the ticket that they are about. */
type Groups<Item> = ReadonlyMap<string, readonly Item[]>;

/** How many tickets of a request are worked on at once: enough for appends to go together. */
const atOnce = 64;

/**
 * Does some work for each ticket, many at once; but those that splits and merges name come one after another: a new ticket
 * after the one that it is split off from, a merged one after the one that goes on. Others have the event loop in between.
 */
export async function eachTicket<Item>(
  groups: Groups<Item>,
  commandOf: (item: Item) => AnyTicketCommand,
  work: (ticket: string, items: readonly Item[]) => Promise<void>,
): Promise<void> {
  const before = precedence(groups, commandOf);
  const linked = new Set([...before].flatMap(([ticket, others]) => [ticket, ...others]));
  const inTurn = async () => {
    for (const ticket of inOrder(linked, before)) await work(ticket, groups.get(ticket) ?? []);
  };
  const others = [...groups].filter(([ticket]) => !linked.has(ticket)).values();
  const turns = new TimeSlice();
  const oneByOne = async () => {
    for (const [ticket, items] of others) {
      while (turns.isOver) await turns.yield();
      await work(ticket, items);
    }
  };
  await Promise.all([...Array.from({ length: atOnce }, oneByOne), inTurn()]);
}

/** The tickets that must come before each. */
function precedence<Item>(groups: Groups<Item>, commandOf: (item: Item) => AnyTicketCommand) {
  const before = new Map<string, Set<string>>();
  const add = (ticket: string, other: string) => {
    if (ticket === other || !groups.has(ticket) || !groups.has(other)) return;
    if (before.get(other)?.has(ticket) === true) return; // it may be merged into what was split off from it
    before.set(ticket, (before.get(ticket) ?? new Set()).add(other));
  };
  const named = [...groups].flatMap(([ticket, items]) =>
    items.flatMap((item) => {
      const command = commandOf(item);
      return namesAnother(command) ? [{ ticket, command }] : [];
    }),
  );
  for (const { ticket, command } of named) if (command.type === 'SplitTicket') add(command.into, ticket);
  for (const { ticket, command } of named) if (command.type === 'MergeTicket') add(ticket, command.into);
  return before;
}

/** Each ticket after those before it; where they go in a circle, somewhere in it. */
function inOrder(tickets: Iterable<string>, before: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const seen = new Set<string>();
  const ordered = new Set<string>();
  for (const ticket of tickets) {
    const path = [ticket];
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      seen.add(last);
      const next = [...(before.get(last) ?? [])].find((other) => !seen.has(other));
      if (next !== undefined) path.push(next);
      else {
        ordered.add(last);
        path.pop();
      }
    }
  }
  return [...ordered];
}
