import { type Row } from '../row.js';
import { isCancel, isWait, nothing, type StateStanding } from './meaning.js';
import { type Part } from './part.js';
import { type Said } from './said.js';

/**
 * What happened to a ticket, with the wait of which its row says how long it was in all: it ends at the last resolving, or
 * closing; where there is none, it begins at the opening. What happens meanwhile, and does not end the ticket, leaves it as it is.
 */
export function withWait(moments: readonly Said[], row: Row, { waited }: Part, opening: Said): readonly Said[] {
  const length = waited?.length(row) ?? 0;
  if (waited === undefined || length === 0) return moments;
  const lastOf = (word: 'resolved' | 'closed') =>
    moments.findLast(({ meaning }) => meaning.standing?.startsWith(word) === true)?.at;
  const end = lastOf('resolved') ?? lastOf('closed');
  const [from, to] = end === undefined ? [opening.at, opening.at + length] : [Math.max(opening.at, end - length), end];
  const silent: Said = { ...opening, assignee: undefined, team: undefined, type: undefined, priority: undefined };
  const standing = (at: number, standing: StateStanding): Said => ({
    ...silent,
    at,
    meaning: { ...nothing, standing },
  });

  const before = moments.filter(({ at }) => at < from);
  let isOver = isEnded(before, false);
  const said: Said[] = [...before, ...(isOver ? [] : [standing(from, waited.reason)])];
  for (const moment of moments.filter(({ at }) => at >= from && at < to)) {
    isOver = isEnded([moment], isOver);
    said.push(moment, ...(isOver ? [] : [standing(moment.at, waited.reason)]));
  }
  if (end === undefined && !isOver) said.push(standing(to, 'resumed'));
  return [...said, ...moments.filter(({ at }) => at >= to)];
}

/** Whether the ticket is resolved, closed or cancelled after some moments. */
const isEnded = (moments: readonly Said[], before: boolean): boolean =>
  moments.reduce((ended, { meaning: { standing } }) => {
    if (standing === undefined || standing === 'resumed') return ended;
    return isCancel(standing) || !(standing === 'open' || standing === 'reopened' || isWait(standing));
  }, before);
