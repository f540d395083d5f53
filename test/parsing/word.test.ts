import { describe, expect, it } from '@jest/globals';
import { wordKey, wordOf } from '../../src/parsing/word.js';

describe('a word of the desk', () => {
  it.each([
    ['urgent', 'Urgent'],
    ['urgent', '  URGENT\t'],
    ['1 - Critical', '1 - critical'],
    ['Ölpumpe', 'ÖLPUMPE'],
    ['Ölpumpe', 'Ölpumpe'],
    ['СРОЧНО', 'срочно'],
    ['straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
  ])('%s is the same word as "%s"', (word, other) => {
    expect(wordKey(other)).toBe(wordKey(word));
  });

  it.each([
    ['urgent', 'urgents'],
    ['1 - Critical', '1-Critical'],
    ['high', 'higher'],
  ])('%s is another word than %s', (word, other) => {
    expect(wordKey(other)).not.toBe(wordKey(word));
  });

  it('is 1 to 60 characters, outer blanks cut, without control characters', () => {
    expect(wordOf('  1 - Critical ')).toBe('1 - Critical');
    expect(wordOf('x'.repeat(60))).toBe('x'.repeat(60));
    for (const none of ['', '   ', 'x'.repeat(61), 'a\u0007b', 'a\nb']) expect(wordOf(none)).toBeUndefined();
  });
});
