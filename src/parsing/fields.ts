import { readInstant } from './read-instant.js';
import { customerIdOf, customerIdRule } from './customer-id.js';
import { wordOf, wordRule } from './word.js';

/** So many faults are told at once. */
const mostTold = 10;

/**
 * A value that is not what its field takes; all that is wrong with it, each a sentence that begins with its field and has no
 * full stop: whoever tells it ends it.
 */
export class FieldFault extends Error {
  override readonly name = 'FieldFault';
  readonly faults: readonly string[];

  constructor(...said: readonly string[]) {
    const faults = said.map((fault) => fault.replace(/\.$/, ''));
    const more = faults.length > mostTold ? ['and more is wrong'] : [];
    super([...faults.slice(0, mostTold), ...more].join('; '));
    this.faults = faults;
  }
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
    return readEach(value, (item, i) => read(item, `${field}[${i}]`));
  };

/** Reads what is there and not null. */
export const optional =
  <Value>(read: Read<Value>): Read<Value | undefined> =>
  (value, field) =>
    value === undefined || value === null ? undefined : read(value, field);

/**
 * Reads several things. What is wrong is told of all of them at once, though it looks no further than it tells.
 * @throws FieldFault
 */
export function readEach<Item, Value>(
  items: readonly Item[],
  read: (item: Item, i: number) => Value,
): readonly Value[] {
  const values: Value[] = [];
  const faults: string[] = [];
  for (const [i, item] of items.entries()) {
    try {
      values.push(read(item, i));
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error;
      faults.push(...error.faults);
      if (faults.length > mostTold) break;
    }
  }
  if (faults.length > 0) throw new FieldFault(...faults);
  return values;
}

/** What several reads make. What is wrong is told of all of them. @throws FieldFault */
export function together<Reads extends Readonly<Record<string, () => unknown>>>(reads: Reads) {
  const made = readEach(Object.entries(reads), ([name, read]) => [name, read()] as const);
  return Object.fromEntries(made) as { readonly [Name in keyof Reads]: ReturnType<Reads[Name]> };
}

type Shape = Readonly<Record<string, Read<unknown>>>;
type Of<Fields extends Shape> = { readonly [Key in keyof Fields]: ReturnType<Fields[Key]> };

/** An object's fields by their rules, in the order of these; a field that nobody knows is a mistake, not a wish. */
export function fields<Fields extends Shape>(shape: Fields, value: Record<string, unknown>, path = ''): Of<Fields> {
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(shape, key));
  const read = readEach([...Object.keys(shape), ...unknown], (key) => {
    const rule = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (rule === undefined) throw fault(`${path}${key}`, 'is not a field here');
    return [key, expected(rule, value[key], `${path}${key}`)] as const;
  });
  return Object.fromEntries(read) as Of<Fields>;
}

/** Reads what may be missing; where it must not be, that is what is wrong with it. */
export function expected<Value>(read: Read<Value>, value: unknown, field: string): Value {
  try {
    return read(value, field);
  } catch (error) {
    throw error instanceof FieldFault && (value === undefined || value === null) ? fault(field, 'is missing') : error;
  }
}

/** An object without what is undefined. */
export const given = <Value extends object>(value: Value) =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>;
  };
