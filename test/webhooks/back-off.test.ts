import { describe, expect, it } from '@jest/globals';
import fc from '../support/fc.js';
import { retryAt, triedForMs } from '../../src/webhooks/back-off.js';

const hour = 3_600_000;

describe('pauses between attempts', () => {
  it('double from five seconds to six hours, and end after three days', () => {
    const pauses: number[] = [];
    for (let now = 0, attempts = 1; ; attempts++) {
      const at = retryAt({ attempts, queuedAt: 0, now }, () => 1);
      if (at === undefined) break;
      pauses.push(at - now);
      now = at;
    }
    expect(pauses.slice(0, 3)).toEqual([5_000, 10_000, 20_000]);
    expect(pauses.at(-1)).toBe(6 * hour);
    expect(pauses.reduce((sum, pause) => sum + pause)).toBeGreaterThan(triedForMs - 6 * hour);
  });

  it('are cut at random by up to half, and never reach beyond the three days', () => {
    const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    const numbers = { attempts: fc.integer({ min: 1, max: 40 }), now: fc.integer({ min: 0, max: triedForMs }) };
    fc.assert(
      fc.property(fc.record(numbers), random, ({ attempts, now }, by) => {
        const at = retryAt({ attempts, queuedAt: 0, now }, () => by);
        const longest = Math.min(5_000 * 2 ** (attempts - 1), 6 * hour);
        if (at === undefined) return now + longest > triedForMs;
        return at <= triedForMs && at - now >= longest / 2 - 1 && at - now <= longest;
      }),
    );
  });
});
