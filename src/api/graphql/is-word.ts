import { ValidateBy, type ValidationOptions } from 'class-validator';
import { wordOf, wordRule } from '../../parsing/word.js';

/** The rule of a field that holds a word of the desk; outer blanks are cut where it is read. */
export const IsWord = (options?: ValidationOptions) =>
  ValidateBy(
    {
      name: 'isWord',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && wordOf(value) !== undefined,
        defaultMessage: (given) => `${given?.property ?? 'word'} ${wordRule}`,
      },
    },
    options,
  );
