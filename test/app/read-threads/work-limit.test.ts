import { describe, expect, it } from '@jest/globals';
import { workedMs, workLimit } from '../../../src/app/read-threads/work-limit.js';

const limits = { readMs: 3_000, wallMs: 15_000 };

/** A thread that works as it is told to, and what is asked of it. */
function thread() {
  let [worked, passed, asked] = [7, 100, 0];
  const limit = workLimit(
    limits,
    () => ((asked += 1), worked),
    () => passed,
  );
  const goesOnAfter = (workMs: number, wallMs: number) => {
    worked += workMs;
    passed += wallMs;
    return limit.goesOn();
  };
  return { goesOnAfter, asked: () => asked };
}

describe('the limit of a read', () => {
  it('is what its thread works on it, and not what a busy machine lets it wait', () => {
    const { goesOnAfter } = thread();
    expect(goesOnAfter(100, 4_000)).toBe(true);
    expect(goesOnAfter(2_800, 5_000)).toBe(true);
    expect(goesOnAfter(100, 200)).toBe(false);
    expect(goesOnAfter(0, 10)).toBe(false);
  });

  it('ends what works without pause when its time is over', () => {
    const { goesOnAfter } = thread();
    expect([goesOnAfter(2_999, 2_999), goesOnAfter(1, 1)]).toEqual([true, false]);
  });

  it('ends what hardly works, too, after a long time', () => {
    const { goesOnAfter } = thread();
    expect([goesOnAfter(1, 14_999), goesOnAfter(0, 1), goesOnAfter(0, 1)]).toEqual([true, false, false]);
  });

  it('asks the system seldom', () => {
    const { goesOnAfter, asked } = thread();
    for (let i = 0; i < 100_000; i++) goesOnAfter(0.01, 0.1);
    expect(asked()).toBeLessThan(20);
  });

  it('sees that this thread works', () => {
    const before = workedMs();
    for (let i = 0; workedMs() <= before; i++) if (i > 1e7) throw new Error('it does not');
    expect(workedMs()).toBeGreaterThan(before);
  });
});
