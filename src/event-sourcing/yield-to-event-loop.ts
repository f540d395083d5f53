import { FairLines } from './fair-lines.js';

/** Lets others have the event loop before work that is long goes on. */
export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How long all work of this process together goes on, in milliseconds, before others have a turn. */
const longestMs = 5;

/**
 * The event loop, for those who do long work on it. However many they are, together they hold it no longer than one does.
 * Those who wait go on one after the other, as long as the turn has time left; whoever has much to do waits behind itself.
 */
export class EventLoop {
  private since = 0;
  private isWatched = false;
  /** How those who wait go on. */
  private readonly waiting = new FairLines<Waiting>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether it is the others' turn. */
  isOver(): boolean {
    this.watch();
    return this.now() - this.since > longestMs;
  }

  /** @param endsTurn nobody goes on after it in the same turn: it has more come than its own work */
  giveWay(who: string, endsTurn = false): Promise<void> {
    this.watch();
    return new Promise((goOn) => {
      this.waiting.add(who, { goOn, endsTurn });
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

  private goOn(): void {
    const next = this.waiting.next();
    if (next === undefined) return;
    this.watch();
    next.item.goOn();
    if (next.item.endsTurn) return;
    // When all that it does at once is done: a tick that is asked for by a microtask comes after the microtasks.
    queueMicrotask(() => {
      process.nextTick(() => {
        if (!this.isOver()) this.goOn();
      });
    });
  }
}

/** One who waits. */
interface Waiting {
  readonly goOn: () => void;
  readonly endsTurn: boolean;
}

const ours = new EventLoop();

/**
 * Asked between the steps of long work, so that others have a turn when it has gone on for some time:
 * `while (turns.isOver) await turns.yield();`
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

  /** The same for what has the event loop read more: one such piece is let go on in a turn, however short it is. */
  yieldForMore(): Promise<void> {
    return this.loop.giveWay(this.who, true);
  }
}

/** Does some work at once, or as soon as it has a turn. */
export function inTurn<Answer>(work: () => Answer, who?: string): Answer | Promise<Answer> {
  const turns = new TimeSlice(who);
  return turns.isOver ? turnOf(turns).then(work) : work();
}

async function turnOf(turns: TimeSlice): Promise<void> {
  while (turns.isOver) await turns.yield();
}

/** Does something with each of many items, in turns with the work of others. */
export async function inTurns<Item>(items: Iterable<Item>, work: (item: Item) => void): Promise<void> {
  const turns = new TimeSlice();
  for (const item of items) {
    while (turns.isOver) await turns.yield();
    work(item);
  }
}
