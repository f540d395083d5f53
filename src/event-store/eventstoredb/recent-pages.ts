import { type ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { type TimeSource } from '../../time/time-source.js';

/** How many pages are kept, each of some dozens of events and of 256 KiB or so at most. */
const mostPages = 16;

/** For how long a page is kept, in milliseconds: a log that was put back has others. */
const keptMs = 1_000;

/** What a call for so many events has brought. */
export interface Page {
  readonly page: readonly ReadResp[];
  readonly hasMore: boolean;
}

interface Kept extends Page {
  readonly readAt: number;
  /** Undefined until somebody wants them. */
  events: readonly StoredEvent[] | undefined;
}

/**
 * The full pages that were read just now, by what was asked for: where hundreds begin at the same place, as all do who were
 * connected before a restart, each page is read and decoded once for them all.
 */
export class RecentPages {
  private readonly pages = new Map<string, Kept>();

  constructor(private readonly time: TimeSource) {}

  /** What a request was answered just now, or is answered when it is read. */
  async page(request: ReadReq, read: () => Promise<Page>): Promise<Page> {
    const key = Buffer.from(request.serializeBinary()).toString('latin1');
    const kept = this.pages.get(key);
    if (kept !== undefined && this.time.elapsed() - kept.readAt <= keptMs) return kept;
    const page = await read();
    if (page.hasMore) this.keep(key, page); // one at the end of the log will be another
    return page;
  }

  /** The events of a page, decoded once where it is kept. */
  eventsIn(page: Page['page'], decode: () => readonly StoredEvent[]): readonly StoredEvent[] {
    for (const kept of this.pages.values()) if (kept.page === page) return (kept.events ??= decode());
    return decode();
  }

  private keep(key: string, page: Page): void {
    this.pages.delete(key); // the last to be read is the last to go
    this.pages.set(key, { ...page, readAt: this.time.elapsed(), events: undefined });
    const [oldest] = this.pages.keys();
    if (this.pages.size > mostPages && oldest !== undefined) this.pages.delete(oldest);
  }
}
