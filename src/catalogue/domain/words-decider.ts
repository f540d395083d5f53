import { type Instant } from '../../business-time/calendar.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { wordKey } from '../../parsing/word.js';
import { builtInWords } from './built-in-words.js';
import { type WordEvent } from './catalogue-events.js';
import { type RecordedChange, withVersion } from './version-history.js';
import { isInUse, type Word, wordIn, type WordList, type Words } from './words.js';

/** What may be done to a word of the desk. A name or rank that is left out stays as it was; a new word is called by its code. */
export type WordCommand = RecordedChange & { readonly list: WordList; readonly code: string } & (
    | { readonly type: 'DefineWord'; readonly name?: string | undefined; readonly rank?: number | undefined }
    | { readonly type: 'ReviseWord'; readonly name?: string | undefined; readonly rank?: number | undefined }
    | { readonly type: 'RetireWord'; readonly effectiveFrom: Instant | undefined }
    | { readonly type: 'RestoreWord' }
  );

/** How many words a list has at most: a desk has a few dozen. */
export const mostWords = 1_000;

/**
 * A word is defined once, from the beginning of time, and spelt so for good. It may be retired, never deleted: tickets that have it keep it. What
 * is so already is not recorded again.
 */
export const wordsDecider: Decider<Words, WordCommand, WordEvent> = { initial: builtInWords, evolve, decide };

function evolve(words: Words, event: WordEvent): Words {
  const { list, code } = event.data;
  const key = wordKey(code);
  const kept = words[list].get(key);
  const content = after(kept?.word, event);
  if (content === undefined) return words;
  const effectiveFrom = event.type === 'WordRetired' ? event.data.effectiveFrom : null;
  const history = withVersion(kept?.history ?? [], event, { effectiveFrom, content });
  return { ...words, [list]: new Map([...words[list], [key, { word: content, history }]]) };
}

function after(word: Word | undefined, event: WordEvent): Word | undefined {
  switch (event.type) {
    case 'WordDefined':
      return { ...event.data, retiredFrom: null };
    case 'WordRevised':
      return word && { ...word, name: event.data.name, rank: event.data.rank };
    case 'WordRetired':
      return word && { ...word, retiredFrom: event.data.effectiveFrom };
    case 'WordRestored':
      return word && { ...word, retiredFrom: null };
  }
}

function decide(command: WordCommand, words: Words): readonly WordEvent[] {
  const { id, metadata, list, code: written } = command;
  const word = wordIn(words, list, written);
  if (command.type === 'DefineWord') return define(command, words, word);
  if (word === undefined) throw wordNotFound(list, written);
  const { code, name, rank, retiredFrom } = word;
  switch (command.type) {
    case 'ReviseWord': {
      expectRankOf(list, command.rank);
      if (saysNothingNew(word, { name: command.name, rank: command.rank })) return [];
      const data = { list, code, name: command.name ?? name, rank: command.rank ?? rank };
      return [{ id, type: 'WordRevised', data, metadata }];
    }
    case 'RetireWord': {
      const effectiveFrom = command.effectiveFrom ?? metadata.occurredAt;
      if (!isInUse(word, effectiveFrom)) return [];
      return [{ id, type: 'WordRetired', data: { list, code, effectiveFrom }, metadata }];
    }
    case 'RestoreWord':
      return retiredFrom === null ? [] : [{ id, type: 'WordRestored', data: { list, code }, metadata }];
  }
}

function define(
  { id, metadata, list, code, name, rank }: Extract<WordCommand, { type: 'DefineWord' }>,
  words: Words,
  word: Word | undefined,
): readonly WordEvent[] {
  expectRankOf(list, rank);
  if (word !== undefined) {
    if (saysNothingNew(word, { name, rank })) return [];
    throw new Rejection('WORD_EXISTS', `code: the ${list} ${word.code} already exists, with another name or rank.`);
  }
  if (words[list].size >= mostWords)
    throw new Rejection('TOO_MANY_WORDS', `list: a list has at most ${mostWords} words.`);
  const data = { list, code, name: name ?? code, rank: list === 'priority' ? (rank ?? 0) : null };
  return [{ id, type: 'WordDefined', data, metadata }];
}

interface Said {
  readonly name: string | undefined;
  readonly rank: number | undefined;
}

const saysNothingNew = (word: Word, { name = word.name, rank = word.rank ?? undefined }: Said) =>
  name === word.name && (rank ?? null) === word.rank;

function expectRankOf(list: WordList, rank: number | undefined): void {
  if (list !== 'priority' && rank !== undefined)
    throw new Rejection('WORD_WITHOUT_RANK', `rank: a ${list} has no rank; only priorities have one.`);
}

const wordNotFound = (list: WordList, code: string): Rejection =>
  new Rejection('WORD_NOT_FOUND', `code: there is no ${list} ${code}.`);
