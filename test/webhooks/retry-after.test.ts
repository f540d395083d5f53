import { describe, expect, it } from '@jest/globals';
import { retryAt } from '../../src/webhooks/back-off.js';
import { longestRetryAfterMs, retryAfter } from '../../src/webhooks/retry-after.js';

const now = Date.parse('2026-03-02T09:00:00Z');
const wait = (text: string | undefined, status = 429) => {
  const until = retryAfter(status, text, now);
  return until === null ? null : until - now;
};

describe('what an endpoint says in Retry-After', () => {
  it('is a number of seconds, or a date in any form that HTTP has', () => {
    expect(wait('120')).toBe(120_000);
    expect(wait('Mon, 02 Mar 2026 09:02:00 GMT')).toBe(120_000);
    expect(wait('Monday, 02-Mar-26 09:02:00 GMT')).toBe(120_000);
    expect(wait('Mon Mar  2 09:02:00 2026')).toBe(120_000);
  });

  it('counts with 429 and 503, and with no other status', () => {
    expect([wait('120', 429), wait('120', 503)]).toEqual([120_000, 120_000]);
    expect([wait('120', 500), wait('120', 410), wait('120', 301)]).toEqual([null, null, null]);
  });

  it('is bounded to a day', () => {
    expect(wait('99999999999')).toBe(longestRetryAfterMs);
    expect(wait('Fri, 01 Jan 2100 00:00:00 GMT')).toBe(longestRetryAfterMs);
    expect(longestRetryAfterMs).toBe(86_400_000);
  });

  it('is nothing where it is past, or nobody can read it', () => {
    for (const text of [undefined, '', '0', '-5', '1.5', 'soon', 'Sun, 01 Mar 2026 09:00:00 GMT', 'Mon, 2'])
      expect([text, wait(text)]).toEqual([text, null]);
  });
});

describe('a pause between attempts', () => {
  it('lasts at least until then, and the three days still count', () => {
    const tried = { attempts: 1, queuedAt: now, now };
    expect(retryAt({ ...tried, notBefore: now + 120_000 }, () => 0)).toBe(now + 120_000);
    expect(retryAt({ ...tried, notBefore: now + 1 }, () => 0)).toBe(now + 2_500);
    const late = { ...tried, now: now + 2.5 * 86_400_000 };
    expect(retryAt({ ...late, notBefore: late.now + longestRetryAfterMs }, () => 0)).toBe(undefined);
  });
});
