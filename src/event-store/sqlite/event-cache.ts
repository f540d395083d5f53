import { type StoredEvent } from '../../event-sourcing/event-store.js';

/** How many of the newest events are cached. */
export const cachedEvents = 4_096;

/** Types of event; undefined for all. */
export type Types = ReadonlySet<string> | undefined;

/**
 * Events read or appended recently that some follower of the log wants, each in the slot that its place in the log gives it:
 * a newer one takes its turn. Of the others it is known that nobody wants them.
 */
export class EventCache {
  private readonly places = new Float64Array(cachedEvents);
  private readonly events = new Array<StoredEvent | undefined>(cachedEvents).fill(undefined);
  private readonly followers = new Set<{ readonly types: Types }>();
  /** Types that have come, and whether anybody wants them. */
  private readonly wanted = new Map<string, boolean>();

  /** Somebody follows the log who wants such events, until the answer is called. */
  follow(types: Types): () => void {
    const follower = { types };
    this.followers.add(follower);
    this.wanted.clear();
    this.places.fill(0); // what nobody wanted may be wanted now
    return () => {
      this.followers.delete(follower);
      this.wanted.clear();
    };
  }

  /** Whether what one reads is worth keeping for others. */
  get isShared(): boolean {
    return this.followers.size > 1;
  }

  /** Whether it is known what is at a place in the log, from 1. */
  knows(place: number): boolean {
    return this.places[place % cachedEvents] === place;
  }

  /** The event at a place that is known; undefined where nobody wants it. */
  at(place: number): StoredEvent | undefined {
    return this.events[place % cachedEvents];
  }

  keep(place: number, type: string, event: () => StoredEvent): void {
    const slot = place % cachedEvents;
    this.places[slot] = place;
    this.events[slot] = this.isWanted(type) ? event() : undefined;
  }

  private isWanted(type: string): boolean {
    let wanted = this.wanted.get(type);
    if (wanted === undefined) {
      wanted = [...this.followers].some(({ types }) => types?.has(type) !== false);
      this.wanted.set(type, wanted);
    }
    return wanted;
  }
}
