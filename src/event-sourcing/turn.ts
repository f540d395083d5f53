/** Lets others have the event loop before work that is long goes on. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** For how long work goes on, in milliseconds, before others have a turn: all work of this process together. */
const longestMs = 5;

/** The event loop, as those see it who do long work on it. Hundreds of them at once hold it no longer than one does. */
export class EventLoop {
  private since = 0;
  /** Resolves at the next turn; undefined as long as nobody has asked in this one. */
  private next: Promise<void> | undefined;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether it is the others' turn. */
  isOver(): boolean {
    this.nextTurn();
    return this.now() - this.since > longestMs;
  }

  /** Waits for the next turn; whoever comes too late in it, since others went on, has to wait again. */
  giveWay(): Promise<void> {
    return this.nextTurn();
  }

  private nextTurn(): Promise<void> {
    if (this.next !== undefined) return this.next;
    this.since = this.now();
    this.next = turn().then(() => {
      this.next = undefined;
    });
    return this.next;
  }
}

const ours = new EventLoop();

/**
 * Asked between the steps of work that may be long, to give the others a turn whenever work has gone on for some time:
 * `while (turns.isOver) await turns.giveWay();`
 */
export class Turns {
  constructor(private readonly loop: EventLoop = ours) {}

  /** Whether it is the others' turn. */
  get isOver(): boolean {
    return this.loop.isOver();
  }

  giveWay(): Promise<void> {
    return this.loop.giveWay();
  }
}
