import { type Loaded, LongLane } from './load-stream.js';
import { Cache } from './cache.js';

export interface CacheLimits<State> {
  /** How many streams are kept, at most twice as many. */
  readonly streams: number;
  /** How many bytes a state takes, about. */
  readonly bytesOf?: (state: State) => number;
  /** How many bytes they may take together, at most twice as many; what takes more by itself is not kept. */
  readonly bytes?: number;
}

/** A stream, and whether it was looked at after it was asked for. */
export interface Seen<State> {
  readonly loaded: Loaded<State>;
  readonly isFresh: boolean;
}

/**
 * Streams seen recently, so that they need not be read. What is decided on one of them is checked by its append, or by a
 * look where nothing is to be appended, so a stale entry costs time and nothing else.
 */
export class StreamCache<State> {
  readonly lane = new LongLane();
  private readonly streams: Cache<Loaded<State>>;
  private readonly loading = new Map<string, Promise<Loaded<State>>>();

  constructor({ streams, bytesOf = () => 0, bytes = Infinity }: CacheLimits<State>) {
    this.streams = new Cache(streams, ({ state }) => bytesOf(state), bytes);
  }

  get(stream: string): Loaded<State> | undefined {
    return this.streams.get(stream);
  }

  set(stream: string, loaded: Loaded<State>): void {
    this.streams.set(stream, loaded);
  }

  delete(stream: string): void {
    this.streams.delete(stream);
  }

  /** A stream as it was seen recently, or is being loaded for another, or else as it is loaded now. */
  async look(stream: string, load: () => Promise<Loaded<State>>): Promise<Seen<State>> {
    const kept = this.streams.get(stream);
    if (kept !== undefined) return { loaded: kept, isFresh: false };
    const others = this.loading.get(stream);
    if (others !== undefined) return { loaded: await others, isFresh: false };
    const own = load();
    this.loading.set(stream, own);
    try {
      const loaded = await own;
      if (loaded.revision !== 'noStream') this.streams.set(stream, loaded);
      return { loaded, isFresh: true };
    } finally {
      this.loading.delete(stream);
    }
  }
}
