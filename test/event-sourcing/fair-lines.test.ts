import { describe, expect, it } from '@jest/globals';
import { FairLines } from '../../src/event-sourcing/fair-lines.js';

const filled = () => {
  const lines = new FairLines<number>();
  for (const item of [1, 2, 3]) lines.add('much', item);
  lines.add('a', 4);
  return lines;
};

describe('lines', () => {
  it('have their turns one after the other', () => {
    const lines = filled();
    expect(Array.from({ length: 5 }, () => lines.next()?.item)).toEqual([1, 4, 2, 3, undefined]);
    expect(lines.length).toBe(0);
  });

  it('are passed over when it is not their turn', () => {
    const lines = filled();
    expect(lines.next((who) => who !== 'much')).toEqual({ who: 'a', item: 4 });
    expect(lines.next((who) => who !== 'much')).toBeUndefined();
    expect(lines.next()).toEqual({ who: 'much', item: 1 });
  });

  it('lose an item once', () => {
    const lines = filled();
    expect([lines.remove('a', 4), lines.remove('a', 4), lines.remove('nobody', 4)]).toEqual([true, false, false]);
    expect([lines.length, lines.lengthOf('a'), lines.lengthOf('much')]).toEqual([3, 0, 3]);
  });
});
