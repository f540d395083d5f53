import { Recent } from '../../event-sourcing/recent.js';

/** How many streams are remembered of which the server has named a revision. */
const mostNamed = 1_000;

/** How many ids are kept at hand, of all streams together. */
const kept = 200_000;

interface Known {
  /** The revision after the last that is known; all before it are. */
  next: number;
  readonly ids: Set<string>;
}

/**
 * The ids of the events of streams that were read or written lately: no id stands twice in a stream, and the server does
 * not see to that by itself.
 */
export class StreamIds {
  private readonly streams = new Map<string, Known>();
  private readonly revisions = new Recent<number>(mostNamed);
  private size = 0;

  /** How many events of the stream are known, from its first on. */
  known(stream: string): number {
    return this.streams.get(stream)?.next ?? 0;
  }

  has(stream: string, id: string): boolean {
    return this.streams.get(stream)?.ids.has(id) === true;
  }

  /** The server has named a revision of a stream, which a read may not show yet. */
  name(stream: string, revision: number): void {
    if (revision > this.named(stream)) this.revisions.set(stream, revision);
  }

  /** The last revision of a stream that the server has named and no read has shown; -1 where there is none. */
  named(stream: string): number {
    return this.revisions.get(stream) ?? -1;
  }

  /** A stream was read as far as the server shows it. */
  shown(stream: string): void {
    this.revisions.delete(stream);
  }

  /** Events were seen in a stream, the first of them at a revision. What leaves a gap is not kept. */
  saw(stream: string, revision: number, events: readonly { readonly id: string }[]): void {
    const known = this.streams.get(stream) ?? { next: 0, ids: new Set() };
    if (revision > known.next || revision + events.length <= known.next) return;
    for (const { id } of events.slice(known.next - revision)) known.ids.add(id);
    this.size += revision + events.length - known.next;
    known.next = revision + events.length;
    this.streams.delete(stream); // the last to be seen is the last to go
    this.streams.set(stream, known);
    for (const [name, { next }] of this.streams) {
      if (this.size <= kept || name === stream) break;
      this.streams.delete(name);
      this.size -= next;
    }
  }
}
