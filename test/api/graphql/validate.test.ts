import { describe, expect, it } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { ValidateInput } from '../../../src/api/graphql/validate.js';
import { DefineCalendarInput } from '../../../src/catalogue/graphql/calendar.inputs.js';

function refusalOf(value: object): GraphQLError {
  try {
    new ValidateInput().transform(value, { type: 'body', metatype: DefineCalendarInput });
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
  throw new Error('nothing is wrong with it');
}

describe('what is wrong with an input', () => {
  it('is told with the path to it, of an item of a list with its place there', () => {
    const day = (day: string) => ({ day, windows: [{ opens: '09:00', closes: '17:00' }] });
    const weekly = [
      day('mon'),
      day('noday'),
      {
        ...day('tue'),
        windows: [
          { opens: '09:00', closes: '17:00' },
          { opens: '', closes: '9' },
        ],
      },
    ];
    const { message, extensions } = refusalOf({ code: 'a b', name: 'x', timeZone: 'UTC', weekly });
    const fields = extensions['fields'] as readonly { readonly path: string; readonly message: string }[];
    expect(fields.map(({ path }) => path)).toEqual(['code', 'weekly.1.day']);
    for (const { path, message } of fields) expect(message.startsWith(`${path} must`)).toBe(true);
    expect(message).toBe(fields.map(({ message }) => message).join('; '));
  });
});
