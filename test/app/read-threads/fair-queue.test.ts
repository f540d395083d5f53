import { describe, expect, it } from '@jest/globals';
import { FairQueue } from '../../../src/app/read-threads/fair-queue.js';

const limits = { workingEach: 2, waitingEach: 3, waiting: 5 };

describe('those who ask', () => {
  const taken = (queue: FairQueue<number>, most = 10) =>
    Array.from({ length: most }, () => queue.next()).flatMap((next) => (next === undefined ? [] : [next.who]));

  it('have their turns one after the other, however much one of them asks', () => {
    const queue = new FairQueue<number>({ ...limits, workingEach: 10 });
    for (const job of [1, 2, 3]) queue.add('much', job);
    for (const who of ['a', 'b']) queue.add(who, 1);
    expect(taken(queue)).toEqual(['much', 'a', 'b', 'much', 'much']);
  });

  it('have no more at work than one may', () => {
    const queue = new FairQueue<number>(limits);
    for (const job of [1, 2, 3]) queue.add('much', job);
    expect(taken(queue)).toEqual(['much', 'much']);
    queue.done('much');
    expect(taken(queue)).toEqual(['much']);
  });

  it('are refused where they have as many waiting as one may, and where all together have', () => {
    const queue = new FairQueue<number>(limits);
    expect([1, 2, 3, 4].map((job) => queue.add('much', job))).toEqual([true, true, true, false]);
    expect([1, 2].map((job) => queue.add('a', job))).toEqual([true, true]);
    expect(queue.add('b', 1)).toBe(false);
    expect(queue.remove('much', 2)).toBe(true);
    expect(queue.remove('much', 2)).toBe(false);
    expect(queue.add('b', 1)).toBe(true);
    expect(queue.next()).toMatchObject({ who: 'much', job: 1 });
  });
});
