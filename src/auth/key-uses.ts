import { type Instant } from '../business-time/calendar.js';
import { yieldToEventLoop } from '../event-sourcing/yield-to-event-loop.js';
import { type TimeSource } from '../time/time-source.js';

/** How often uses are written down at most, in milliseconds. */
const betweenWritesMs = 60_000;

/** Writes down when keys, by id, were last used. */
export type WriteUses = (uses: ReadonlyMap<string, Instant>) => void;

/**
 * Remembers when each key was last used, and has that written down: never while a request waits, and all of a minute at once.
 * Where the disk fails it is told once, and what could not be written is tried again with the next use.
 */
export class KeyUses {
  private readonly unwritten = new Map<string, Instant>();
  private readonly stop = new AbortController();
  private writtenAt: Instant = -Infinity;
  private writing: Promise<void> | undefined;
  private isFailing = false;

  constructor(
    private readonly time: TimeSource,
    private readonly write: WriteUses,
    /** Told why uses cannot be written. */
    private readonly failed: (error: unknown) => void,
  ) {}

  note(id: string): void {
    this.unwritten.set(id, this.time.now());
    this.writing ??= this.writeLater();
  }

  /** Writes down what is not yet, and no more after that. */
  close(): void {
    this.stop.abort();
    this.writeNow();
  }

  private async writeLater(): Promise<void> {
    await this.time.sleepUntil(this.writtenAt + betweenWritesMs, this.stop.signal);
    await yieldToEventLoop();
    this.writing = undefined;
    if (!this.stop.signal.aborted) this.writeNow();
  }

  private writeNow(): void {
    if (this.unwritten.size === 0) return;
    this.writtenAt = this.time.now();
    try {
      this.write(this.unwritten);
      this.unwritten.clear();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.failed(error);
      this.isFailing = true;
    }
  }
}
