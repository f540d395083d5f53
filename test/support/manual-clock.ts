import { type Clock } from '../../src/clock/clock.js';

/** A clock that stands until a test moves it. */
export class ManualClock implements Clock {
  private readonly sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(private at: number) {}

  now = (): number => this.at;

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
    });

  moveTo(at: number): void {
    this.at = at;
    for (const sleeper of [...this.sleepers]) if (sleeper.at <= at) sleeper.wake();
  }
}
