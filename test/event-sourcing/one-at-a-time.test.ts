import { describe, expect, it } from '@jest/globals';
import { oneAtATimeByKey } from '../../src/event-sourcing/one-at-a-time.js';
import { yieldToEventLoop } from '../../src/event-sourcing/yield-to-event-loop.js';

describe('work that is done one at a time by its keys', () => {
  /** Work that begins when its turn comes, and ends when it is told to. */
  function jobs() {
    const inTurn = oneAtATimeByKey();
    const begun: string[] = [];
    return {
      begun,
      job: (name: string, keys: readonly string[]) => {
        let end: (error?: Error) => void = () => undefined;
        const ended = new Promise<void>((resolve, reject) => {
          end = (error) => {
            if (error === undefined) resolve();
            else reject(error);
          };
        });
        const done = inTurn(keys, async () => {
          begun.push(name);
          await ended;
        });
        return { end, done };
      },
    };
  }

  it('waits for work that has a key in common, and for no other', async () => {
    const { begun, job } = jobs();
    const [a, b, c, d] = [job('a', ['x']), job('b', ['y', 'x']), job('c', ['z']), job('d', ['y'])];
    await yieldToEventLoop();
    expect(begun).toEqual(['a', 'c', 'd']);
    a.end();
    await yieldToEventLoop();
    expect(begun).toEqual(['a', 'c', 'd']);
    d.end();
    await yieldToEventLoop();
    expect(begun).toEqual(['a', 'c', 'd', 'b']);
    b.end();
    c.end();
    await Promise.all([a.done, b.done, c.done, d.done]);
  });

  it('goes on after work that fails, and never waits in a circle', async () => {
    const { begun, job } = jobs();
    const all = [job('a', ['x', 'y']), job('b', ['y', 'x']), job('c', ['x', 'y'])];
    all[0]?.end(new Error('it failed'));
    for (const { end } of all.slice(1)) end();
    const ends = await Promise.allSettled(all.map(({ done }) => done));
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(begun).toEqual(['a', 'b', 'c']);
  });
});
