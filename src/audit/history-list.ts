import { type Key, type List, type Part } from '../read-models/page.js';
import { type HistoryRow } from './history.js';

/** Reads so many events of a ticket from a revision on. */
export type ReadHistory = (part: {
  readonly from: number | 'end';
  readonly limit: number;
}) => Promise<readonly HistoryRow[]>;

/** A ticket's stream as a list. Its events are numbered without a gap: a part is found by its numbers, from either end. */
export const historyList = (read: ReadHistory): List<HistoryRow> => ({
  name: 'ticketHistory',
  kinds: ['number'],
  keyOf: ({ revision }) => [revision],
  async read({ after, before, isBackwards, limit }: Part) {
    const from = numberIn(after, -1) + 1;
    const until = numberIn(before, Infinity);
    if (!isBackwards) return between(read, from, Math.min(until, from + limit));
    const end = Math.min(until, await lengthOf(read));
    return (await between(read, Math.max(from, end - limit), end)).toReversed();
  },
});

/** How many events a ticket has, by the last of them. */
export async function lengthOf(read: ReadHistory): Promise<number> {
  const [last] = await read({ from: 'end', limit: 1 });
  return last === undefined ? 0 : last.revision + 1;
}

const between = async (read: ReadHistory, from: number, until: number) =>
  until <= from ? [] : read({ from, limit: until - from });

/** Of a cursor somebody made up, which may be no whole number. */
const numberIn = (key: Key | undefined, otherwise: number): number =>
  key === undefined ? otherwise : Math.max(-1, Math.floor(Number(key[0])));
