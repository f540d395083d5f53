import { type Instant } from '../../business-time/calendar.js';
import { type Plan } from './plan.js';
import { UnknownWord } from './unknown-word.js';
import { wordIn, type WordList, type Words } from './words.js';

type Worded = Partial<Pick<Plan, 'types' | 'channels' | 'targets'>>;

/**
 * A part of a plan, its words spelled as the catalogue does. A plan may name a retired word: tickets that have it keep
 * their promise.
 * @throws UnknownWord that names the field
 */
export function inDesksWords<Part extends Worded>(part: Part, words: Words, at: Instant): Part {
  const spell = (list: WordList, code: string, field: string): string => {
    const word = wordIn(words, list, code);
    if (word === undefined) throw new UnknownWord(list, code, words, at, field);
    return word.code;
  };
  const spellAll = (list: WordList, codes: readonly string[], field: string) => [
    ...new Set(codes.map((code, i) => spell(list, code, `${field}[${i}]`))),
  ];
  const { types, channels, targets } = part;
  return {
    ...part,
    ...(types === undefined ? {} : { types: spellAll('type', types, 'types') }),
    ...(channels === undefined ? {} : { channels: spellAll('channel', channels, 'channels') }),
    ...(targets === undefined
      ? {}
      : {
          targets: targets.map(({ type, priority, ...target }, i) => ({
            ...target,
            ...(type === undefined ? {} : { type: spell('type', type, `targets[${i}].type`) }),
            ...(priority === undefined ? {} : { priority: spell('priority', priority, `targets[${i}].priority`) }),
          })),
        }),
  };
}
