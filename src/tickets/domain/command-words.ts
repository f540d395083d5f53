import { type Instant } from '../../business-time/calendar.js';
import { usualPriority } from '../../catalogue/domain/built-in-words.js';
import { UnknownWord } from '../../catalogue/domain/unknown-word.js';
import { isInUse, spelledIn, wordIn, type WordList, type Words } from '../../catalogue/domain/words.js';
import { type AnyTicketCommand } from './commands.js';
import { type TicketCommand } from './facts.js';
import { type TicketState } from './ticket-state.js';

/** The fields of commands that hold words of the desk, and which words. */
const fields = { ticketType: 'type', channel: 'channel', priority: 'priority' } as const;
type WordField = keyof typeof fields;

/** What a command says in words of the desk. */
type Worded = { readonly [Field in WordField]?: string };

function wordsIn(command: object): readonly (readonly [field: WordField, list: WordList, word: string])[] {
  const worded: Worded = command;
  return (Object.keys(fields) as WordField[]).flatMap((field) => {
    const word = worded[field];
    return word === undefined ? [] : [[field, fields[field], word] as const];
  });
}

/**
 * A command with its words as the catalogue spells them; the same one where it spells them so. Ids and digests are made of this,
 * so that a word is the same word in any case.
 */
export function inDesksSpelling<Command extends AnyTicketCommand>(command: Command, words: Words): Command {
  const respelled: { [Field in WordField]?: string } = {};
  for (const [field, list, word] of wordsIn(command)) {
    const spelled = spelledIn(words, list, word);
    if (spelled !== word) respelled[field] = spelled;
  }
  return Object.keys(respelled).length === 0 ? command : { ...command, ...respelled };
}

/**
 * Refuses a word that the desk does not have, or had retired by then; but what a ticket has already it may keep, and a ticket
 * that was split off has the words of the old one.
 * @throws UnknownWord
 */
export function expectWords(command: TicketCommand, state: TicketState | undefined, words: Words, at: Instant): void {
  if (command.type === 'OpenTicket' && command.splitFrom !== undefined) return;
  const whole = command.type === 'OpenTicket' ? { priority: usualPriority, ...command } : command;
  for (const [, list, word] of wordsIn(whole)) {
    const known = wordIn(words, list, word);
    if (known !== undefined && isInUse(known, at)) continue;
    if (state?.[list] !== word) throw new UnknownWord(list, word, words, at);
  }
}
