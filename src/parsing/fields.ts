import { readInstant } from './read-instant.js';
import { customerIdOf, customerIdRule } from './customer-id.js';
import { wordOf, wordRule } from './word.js';

/** A value that is not what its field takes. */
export class FieldFault extends Error {
  override readonly name = 'FieldFault';
}

/** Reads a field of a line, by name, and says what is wrong with it. */
export type Read<Value> = (value: unknown, field: string) => Value;

const fault = (field: string, why: string) => new FieldFault(`${field} ${why}`);

/** Text of 1 to `longest` characters. */
export const text =
  (longest: number): Read<string> =>
  (value, field) => {
    if (typeof value !== 'string' || value === '') throw fault(field, 'must be text that is not empty');
    if (value.length > longest) throw fault(field, `must not be longer than ${longest} characters`);
    return value;
  };

/** Text of a form. */
export const matching =
  (form: RegExp, rule: string): Read<string> =>
  (value, field) => {
    if (typeof value !== 'string' || !form.test(value)) throw fault(field, rule);
    return value;
  };

/** Text of 1 to `longest` characters that are seen. */
export const printable = (longest: number): Read<string> =>
  matching(new RegExp(`^[^\\p{C}]{1,${longest}}$`, 'u'), `must be 1 to ${longest} printable characters`);

/** A customer's id: text of any kind, outer blanks cut. */
export const customerId: Read<string> = (value, field) => {
  const id = typeof value === 'string' ? customerIdOf(value) : undefined;
  if (id === undefined) throw fault(field, customerIdRule);
  return id;
};

/** A word of the desk, outer blanks cut. Whether the desk has it, the catalogue knows. */
export const word: Read<string> = (value, field) => {
  const said = typeof value === 'string' ? wordOf(value) : undefined;
  if (said === undefined) throw fault(field, wordRule);
  return said;
};

/** One of some words. */
export const oneOf =
  <Word extends string>(words: readonly Word[]): Read<Word> =>
  (value, field) => {
    const word = words.find((known) => known === value);
    if (word === undefined) throw fault(field, `must be one of ${words.join(', ')}`);
    return word;
  };

/** An instant: ISO 8601 with an offset. */
export const instant: Read<number> = (value, field) => {
  const at = typeof value === 'string' ? readInstant(value) : undefined;
  if (at === undefined) throw fault(field, 'must be ISO 8601 with an offset, for example 2025-03-03T09:12:00+01:00');
  return at;
};

const mostCount = 2 ** 31 - 1;

/** A whole number from 1, of 32 bits, wherever it comes in. */
export const count: Read<number> = (value, field) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > mostCount)
    throw fault(field, `must be a whole number from 1 to ${mostCount}`);
  return value;
};

/** A whole number, at most so much above or below zero. */
export const wholeNumber =
  (most: number): Read<number> =>
  (value, field) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > most)
      throw fault(field, `must be a whole number, -${most} to ${most}`);
    return value;
  };

export const number: Read<number> = (value, field) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw fault(field, 'must be a number');
  return value;
};

export const flag: Read<boolean> = (value, field) => {
  if (typeof value !== 'boolean') throw fault(field, 'must be true or false');
  return value;
};

export const object: Read<Record<string, unknown>> = (value, field) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault(field, 'must be an object');
  return value as Record<string, unknown>;
};

/** At most `most` of something. */
export const listOf =
  <Item>(most: number, read: Read<Item>): Read<readonly Item[]> =>
  (value, field) => {
    if (!Array.isArray(value) || value.length > most) throw fault(field, `must be a list of at most ${most}`);
    return value.map((item, i) => read(item, `${field}[${i}]`));
  };

/** Reads what is there and not null. */
export const optional =
  <Value>(read: Read<Value>): Read<Value | undefined> =>
  (value, field) =>
    value === undefined || value === null ? undefined : read(value, field);

type Shape = Readonly<Record<string, Read<unknown>>>;
type Of<Fields extends Shape> = { readonly [Key in keyof Fields]: ReturnType<Fields[Key]> };

/** An object's fields by their rules; a field that nobody knows is a mistake, not a wish. */
export function fields<Fields extends Shape>(shape: Fields, value: Record<string, unknown>, path = ''): Of<Fields> {
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(shape, key)) throw fault(`${path}${key}`, 'is not a field here');
  }
  return Object.fromEntries(
    Object.entries(shape).map(([key, read]) => [key, read(value[key], `${path}${key}`)]),
  ) as Of<Fields>;
}

/** An object without what is undefined. */
export const given = <Value extends object>(value: Value) =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>;
  };
