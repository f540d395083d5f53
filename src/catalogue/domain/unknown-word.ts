import { type Instant } from '../../business-time/calendar.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { codesInUse, type WordList, type Words, wordIn } from './words.js';

const codes = { type: 'UNKNOWN_TYPE', channel: 'UNKNOWN_CHANNEL', priority: 'UNKNOWN_PRIORITY' } as const;
const plurals = { type: 'types', channel: 'channels', priority: 'priorities' } as const;

/** How many words are named: a desk seldom has more. */
const named = 20;

/** A word that the desk does not have, or not any more. The message names the words there are. */
export class UnknownWord extends Rejection {
  constructor(
    readonly list: WordList,
    readonly word: string,
    words: Words,
    at: Instant,
    field: string = list,
  ) {
    const known = wordIn(words, list, word);
    const since = known?.retiredFrom ?? null;
    const why =
      known === undefined || since === null
        ? `there is no ${list} "${word}"`
        : `the ${list} "${known.code}" is retired since ${new Date(since).toISOString()}`;
    super(codes[list], `${field}: ${why}. The ${plurals[list]} are ${shown(codesInUse(words, list, at))}.`);
  }
}

function shown(all: readonly string[]): string {
  if (all.length === 0) return 'none';
  const rest = all.length > named ? `, and ${all.length - named} more` : '';
  return `${all.slice(0, named).join(', ')}${rest}`;
}
