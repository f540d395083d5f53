import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { EventLoop, inTurns, yieldToEventLoop, TimeSlice } from '../../src/event-sourcing/yield-to-event-loop.js';

/** Work of so many steps, each of a millisecond by a clock of the test; answers how many steps were done in each turn. */
async function stepsByTurn(works: number, stepsEach: number): Promise<readonly number[]> {
  let now = 0;
  const loop = new EventLoop(() => now);
  const byTurn = [0];
  let isOver = false;
  const count = async () => {
    while (!isOver) {
      await yieldToEventLoop();
      byTurn.push(0);
    }
  };
  const work = async () => {
    const turns = new TimeSlice('', loop);
    for (let step = 0; step < stepsEach; step++) {
      while (turns.isOver) await turns.yield();
      now += 1;
      byTurn[byTurn.length - 1] = (byTurn.at(-1) ?? 0) + 1;
    }
  };
  const counting = count();
  await Promise.all(Array.from({ length: works }, work));
  isOver = true;
  await counting;
  return byTurn;
}

describe('long work', () => {
  it.each([1, 100])('gives others a turn as often where there is much of it: %i at once', async (works) => {
    const byTurn = await stepsByTurn(works, 60);
    expect(byTurn.reduce((sum, steps) => sum + steps)).toBe(works * 60);
    expect(Math.max(...byTurn)).toBeLessThanOrEqual(12);
  });

  it('goes on by turns: whoever has much to do waits behind itself', async () => {
    let now = 0;
    const loop = new EventLoop(() => now);
    const done: string[] = [];
    const work = async (who: string) => {
      const turns = new TimeSlice(who, loop);
      while (turns.isOver) await turns.yield();
      now += 10;
      done.push(who);
    };
    await Promise.all([...Array.from({ length: 20 }, () => work('many')), work('one'), work('other')]);
    expect(done.slice(0, 5)).toEqual(['many', 'many', 'one', 'other', 'many']);
  });

  it('goes on in the same turn where those before it were short', async () => {
    let now = 0;
    let turns = 0;
    const loop = new EventLoop(() => now);
    const work = async (n: number) => {
      const slice = new TimeSlice(`one of many ${n}`, loop);
      while (slice.isOver) await slice.yield();
      now += 1;
    };
    const long = async () => {
      if (!new TimeSlice('long', loop).isOver) now += 10;
      return Promise.resolve();
    };
    const works = Promise.all([long(), ...Array.from({ length: 60 }, (_, n) => work(n))]).then(() => 'done');
    while ((await Promise.race([works, yieldToEventLoop()])) !== 'done') turns += 1;
    expect(turns).toBeLessThanOrEqual(15); // and not 60
  });

  it('that is short does not wait', async () => {
    expect((await stepsByTurn(1, 5))[0]).toBe(5);
  });
});

describe('something done with each of very many', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('gives others a turn in between', async () => {
    let now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    let turns = 0;
    const done: number[] = [];
    const items = Array.from({ length: 100 }, (_, n) => n);
    const working = inTurns(items, (item) => {
      now += 1;
      done.push(item);
    });
    while (done.length < items.length) {
      await yieldToEventLoop();
      turns += 1;
    }
    await working;
    expect(done).toEqual(items);
    expect(turns).toBeGreaterThan(10);
  });
});
