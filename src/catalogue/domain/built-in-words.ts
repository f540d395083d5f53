import { wordKey } from '../../parsing/word.js';
import { type KeptWord, type Word, type WordList, type Words } from './words.js';

const types = [
  ['productBug', 'Product bug'],
  ['productQuestion', 'Product question'],
  ['appSpecificQuestion', 'App-specific question'],
  ['onBoarding', 'On-boarding'],
] as const;

const channels = [
  ['reportIssue', 'Report an issue'],
  ['email', 'E-mail'],
  ['phone', 'Phone'],
] as const;

/** The lowest first: each ranks by its place. */
const priorities = [
  ['low', 'Low'],
  ['normal', 'Normal'],
  ['high', 'High'],
  ['urgent', 'Urgent'],
] as const;

export const builtInTypes = types.map(([code]) => code);
export const builtInChannels = channels.map(([code]) => code);

/** The priority of a ticket whose opening names none. */
export const usualPriority = 'normal';

const listOf = (list: WordList, words: readonly (readonly [code: string, name: string])[]) =>
  new Map(
    words.map(([code, name], place): [string, KeptWord] => {
      const word: Word = { list, code, name, rank: list === 'priority' ? place : null, retiredFrom: null };
      return [wordKey(code), { word, history: [] }];
    }),
  );

/** The words that every desk has, from the beginning of time: the log need not say them. */
export const builtInWords: Words = {
  type: listOf('type', types),
  channel: listOf('channel', channels),
  priority: listOf('priority', priorities),
};

/** Whether a type is built in: of such a report we know what it should name. */
export const isBuiltInType = (code: string): boolean => builtInWords.type.has(wordKey(code));
