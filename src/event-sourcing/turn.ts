/** Lets others have the event loop before work that is long goes on. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** For how long work goes on, in milliseconds, before others have a turn. */
const longestMs = 5;

/** Asked between the steps of work that may be long: gives the others a turn whenever it has gone on for some time. */
export class Turns {
  private since = performance.now();

  /** Whether it is the others' turn. */
  get isOver(): boolean {
    return performance.now() - this.since > longestMs;
  }

  async giveWay(): Promise<void> {
    await turn();
    this.since = performance.now();
  }
}
