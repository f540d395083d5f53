import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemTime } from '../../src/time/time-source.js';

describe("the machine's clock", () => {
  const start = Date.parse('2026-03-02T09:00:00Z');
  const hour = 3_600_000;
  let stop: AbortController;
  let isAwake: boolean;
  beforeEach(() => {
    jest.useFakeTimers({ now: start });
    [stop, isAwake] = [new AbortController(), false];
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const sleepUntil = (at: number) => {
    void systemTime.sleepUntil(at, stop.signal).then(() => (isAwake = true));
  };
  const isAwakeAfter = async (ms: number) => {
    await jest.advanceTimersByTimeAsync(ms);
    return isAwake;
  };

  it('sleeps until an instant, to the millisecond', async () => {
    sleepUntil(start + 2 * hour + 1);
    expect(await isAwakeAfter(2 * hour)).toBe(false);
    expect(await isAwakeAfter(1)).toBe(true);
  });

  it('does not oversleep a process that was suspended for an hour, nor a clock put forward', async () => {
    sleepUntil(start + hour);
    expect(await isAwakeAfter(500)).toBe(false);
    jest.setSystemTime(start + 2 * hour); // timers have not run on
    expect(await isAwakeAfter(1_000)).toBe(true);
  });

  it('wakes who sleeps when the clock goes back: what was to come may be elsewhere now', async () => {
    sleepUntil(start + hour);
    expect(await isAwakeAfter(1_500)).toBe(false);
    jest.setSystemTime(start - hour);
    expect(await isAwakeAfter(1_000)).toBe(true);
  });

  it('wakes at once when asked to stop, or when it is time already', async () => {
    sleepUntil(start + hour);
    stop.abort();
    expect(await isAwakeAfter(0)).toBe(true);
    isAwake = false;
    sleepUntil(start + hour);
    expect(await isAwakeAfter(0)).toBe(true);
    [stop, isAwake] = [new AbortController(), false];
    sleepUntil(start);
    expect(await isAwakeAfter(0)).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });
});
