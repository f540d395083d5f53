import { type StoredEvent } from '../../event-sourcing/event-store.js';

/** How many events are kept at hand. */
export const recentKept = 4_096;

/** Events read or written lately, each in the slot that its place in the log gives it: a newer one takes its turn. */
export class RecentEvents {
  private readonly places = new Float64Array(recentKept);
  private readonly events = new Array<StoredEvent | undefined>(recentKept).fill(undefined);

  /** The event at a place in the log, from 1; undefined where it is not at hand. */
  at(place: number): StoredEvent | undefined {
    const slot = place % recentKept;
    return this.places[slot] === place ? this.events[slot] : undefined;
  }

  keep(place: number, event: StoredEvent): void {
    const slot = place % recentKept;
    this.places[slot] = place;
    this.events[slot] = event;
  }
}
