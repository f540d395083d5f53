import { describe, expect, it } from '@jest/globals';
import { tooMuchJson } from '../../src/api/json-size.js';

const limits = { jsonValues: 5, jsonDepth: 3 };
const why = (text: string) => tooMuchJson(Buffer.from(text), limits);

describe('JSON', () => {
  it.each([
    ['as many values as it may have', '[1, 2, { "a": 3 }]'],
    ['text full of what parts values', JSON.stringify({ a: '[[[[{{{{,,,,,,,,"\\\\"', b: '\\' })],
    ['as many levels as it may have', '[[[1]]]'],
    ['lists beside each other', '[[], []]'],
    ['text without an end', '"[[[[[,,,,,,,'],
    ['nothing', ''],
    ['ends that nothing began', ']]]}}}'],
  ])('is left to the parser: %s', (_, text) => {
    expect(why(text)).toBeUndefined();
  });

  it.each([
    ['a value too many', '[1, 2, 3, 4, 5]', 'values'],
    ['a key too many', '{ "a": 1, "b": 2, "c": 3, "d": 4, "e": 5 }', 'values'],
    ['empty lists', '[[], [], [], []]', 'values'],
    ['a level too many', '[[[[', 'levels'],
    ['a level too many after a text that ends in a backslash', '{ "\\\\": [[[', 'levels'],
  ])('is refused: %s', (_, text, what) => {
    expect(why(text)).toContain(what);
  });
});
