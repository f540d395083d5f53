import { yieldToEventLoop } from '../../src/event-sourcing/yield-to-event-loop.js';

/** How often others had the event loop while something was done. */
export async function turnsWithin(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = async () => {
    for (; !isOver; turns++) await yieldToEventLoop();
  };
  const counting = count();
  await work();
  isOver = true;
  await counting;
  return turns;
}
