import { type Instant } from '../../business-time/calendar.js';
import { wordKey } from '../../parsing/word.js';
import { type History } from './version-history.js';

export const wordLists = ['type', 'channel', 'priority'] as const;
/** What the desk sorts its tickets by, each in words of its own. */
export type WordList = (typeof wordLists)[number];

/** A word of the desk. */
export interface Word {
  readonly list: WordList;
  /** What tickets and plans record; it never changes. */
  readonly code: string;
  readonly name: string;
  /** Of priorities the higher one ranks higher; other words have none. */
  readonly rank: number | null;
  /** New tickets refuse it from then on; null while it is in use. */
  readonly retiredFrom: Instant | null;
}

/** A word with what was recorded of it. A built-in one that nobody changed has no history. */
export interface KeptWord {
  readonly word: Word;
  readonly history: History<Word>;
}

/** All words of the desk: each list by key, in order of definition. */
export type Words = Readonly<Record<WordList, ReadonlyMap<string, KeptWord>>>;

/** The word that somebody means, retired or not. */
export const wordIn = (words: Words, list: WordList, text: string): Word | undefined =>
  words[list].get(wordKey(text))?.word;

/** A word as the catalogue spells it; one that it lacks as it was written. */
export const spelledIn = (words: Words, list: WordList, text: string): string =>
  wordIn(words, list, text)?.code ?? text;

/** Whether new tickets may have it at an instant. */
export const isInUse = ({ retiredFrom }: Word, at: Instant): boolean => retiredFrom === null || at < retiredFrom;

/** The codes of the words in use at an instant. */
export const codesInUse = (words: Words, list: WordList, at: Instant): readonly string[] =>
  [...words[list].values()].flatMap(({ word }) => (isInUse(word, at) ? [word.code] : []));
