import { IsIn, ValidateBy } from 'class-validator';

/** A whole number in a range, both ends included. */
export const IsWhole = (least: number, most = Number.MAX_SAFE_INTEGER): PropertyDecorator => {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return ValidateBy({
    name: 'isWhole',
    validator: {
      validate: (value: unknown) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
      defaultMessage: () => `must be a whole number ${range}`,
    },
  });
};

/** One of some words. */
export const IsOneOf = (...words: readonly string[]): PropertyDecorator =>
  IsIn(words, { message: `must be ${words.join(' or ')}` });
