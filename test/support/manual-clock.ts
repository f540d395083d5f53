import { type TimeSource } from '../../src/time/time-source.js';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands until a test moves it. */
export class ManualClock implements TimeSource {
  private readonly sleepers = new Set<Sleeper>();
  private readonly watching = new Set<() => void>();

  private passed = 0;

  constructor(private at: number) {}

  now = (): number => this.at;

  elapsed = (): number => this.passed;

  sleepUntil = (at: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const sleeper = {
        at,
        wake: () => {
          this.sleepers.delete(sleeper);
          resolve();
        },
      };
      this.sleepers.add(sleeper);
      signal.addEventListener('abort', sleeper.wake);
      if (signal.aborted || at <= this.at) sleeper.wake();
      for (const look of [...this.watching]) look();
    });

  /** Resolves when somebody sleeps until an instant: then all that falls due before has been seen to. */
  asleepUntil(at: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (![...this.sleepers].some((sleeper) => sleeper.at === at)) return;
        this.watching.delete(look);
        resolve();
      };
      this.watching.add(look);
      look();
    });
  }

  /** Puts the clock, without that any time has passed. */
  putTo(at: number): void {
    const { passed } = this;
    this.moveTo(at);
    this.passed = passed;
  }

  /** Whoever sleeps is woken when his time has come, and when the clock goes back. */
  moveTo(at: number): void {
    const goesBack = at < this.at;
    this.passed += Math.max(0, at - this.at);
    this.at = at;
    for (const sleeper of [...this.sleepers]) if (goesBack || sleeper.at <= at) sleeper.wake();
  }
}
