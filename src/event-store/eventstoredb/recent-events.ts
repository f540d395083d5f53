import { type Position, type StoredEvent } from '../../event-sourcing/event-store.js';

/** How many events are kept, and about how many bytes of them. */
const mostEvents = 4_096;
const mostBytes = 32 * 1024 * 1024;

interface Kept {
  readonly event: StoredEvent;
  readonly bytes: number;
}

/** The last events of the log, in order and without a gap: all of them after one position, up to another. */
export class RecentEvents {
  private kept: Kept[] = [];
  private bytes = 0;
  private after: Position;
  private upTo: Position;

  constructor(position: Position) {
    this.after = position;
    this.upTo = position;
  }

  /** Where the last of them stands. */
  get end(): Position {
    return this.upTo;
  }

  /** The log goes on with an event, or with something that is no event of ours. One that is here already changes nothing. */
  add(position: Position, event: StoredEvent | undefined, bytes: number): void {
    if (position <= this.upTo) return;
    this.upTo = position;
    if (event === undefined) return;
    this.kept.push({ event, bytes });
    this.bytes += bytes;
    if (this.kept.length > mostEvents || this.bytes > mostBytes) this.drop();
  }

  /** Whether all that the log has after a position is here. */
  covers(position: Position): boolean {
    return position >= this.after;
  }

  since(position: Position): readonly StoredEvent[] {
    let first = this.kept.length;
    while (first > 0 && (this.kept[first - 1]?.event.position ?? '') > position) first -= 1;
    return this.kept.slice(first).map(({ event }) => event);
  }

  /** Lets go of the older half, so that it is not done for every event. */
  private drop(): void {
    const dropped = this.kept.splice(0, Math.ceil(this.kept.length / 2));
    for (const { bytes } of dropped) this.bytes -= bytes;
    this.after = dropped.at(-1)?.event.position ?? this.after;
  }
}
