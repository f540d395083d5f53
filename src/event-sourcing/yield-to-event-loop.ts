/** Lets others have the event loop before work that is long goes on. */
export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** For how long work goes on, in milliseconds, before others have a turn: all work of this process together. */
const longestMs = 5;

/**
 * The event loop, as those see it who do long work on it: however many of them there are, they hold it no longer than one
 * does. Those who wait go on one in each turn, by lines: whoever has much to do waits behind itself.
 */
export class EventLoop {
  private since = 0;
  private isWatched = false;
  /** Those who wait, by whose work it is; in the order in which they come. */
  private readonly lines = new Map<string, (() => void)[]>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether it is the others' turn. */
  isOver(): boolean {
    this.watch();
    return this.now() - this.since > longestMs;
  }

  giveWay(who: string): Promise<void> {
    this.watch();
    return new Promise((resolve) => {
      const line = this.lines.get(who);
      if (line === undefined) this.lines.set(who, [resolve]);
      else line.push(resolve);
    });
  }

  /** A turn is counted from when somebody first asks in it. */
  private watch(): void {
    if (this.isWatched) return;
    this.isWatched = true;
    this.since = this.now();
    setImmediate(() => {
      this.isWatched = false;
      this.goOn();
    });
  }

  /** Lets the first of the first line go on, whose line goes behind the others. */
  private goOn(): void {
    for (const [who, line] of this.lines) {
      const first = line.shift();
      this.lines.delete(who);
      if (line.length > 0) this.lines.set(who, line);
      this.watch();
      first?.();
      return;
    }
  }
}

const ours = new EventLoop();

/**
 * Asked between the steps of work that may be long, to give the others a turn whenever work has gone on for some time:
 * `while (turns.isOver) await turns.giveWay();`
 */
export class TimeSlice {
  /** @param who Whose work it is, where somebody is known. */
  constructor(
    private readonly who = '',
    private readonly loop: EventLoop = ours,
  ) {}

  /** Whether it is the others' turn. */
  get isOver(): boolean {
    return this.loop.isOver();
  }

  yield(): Promise<void> {
    return this.loop.giveWay(this.who);
  }
}
