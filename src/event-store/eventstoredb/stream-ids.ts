import { hash } from 'node:crypto';
import { Cache } from '../../event-sourcing/cache.js';

/** How many streams are remembered of which the server has named a revision. */
const mostNamed = 1_000;

/** What all that is kept may take, in bytes, as far as can be said: a million events in long streams, 50,000 tickets. */
const mostBytes = 8 * 1024 * 1024;

/** What a stream takes besides its ids: its name, its place in the map, the list's own head. */
const bytesOfStream = 256;

const bytesOfId = 8;

/**
 * An id as a number of 52 bits, as many as one has exactly: of 10 billion appends to streams of a thousand events one may be
 * refused for an id that is another's.
 */
function numberOf(id: string): number {
  const digest = hash('sha1', id, 'buffer');
  return digest.readUIntBE(0, 6) * 16 + (digest.readUInt8(6) % 16);
}

/** From so many on a list has room for half as many more, rather than be copied at each append. */
const long = 64;

/**
 * The ids of the events of streams that were read or written lately: no id stands twice in a stream, and the server does
 * not see to that by itself. They are kept as numbers, eight bytes each, where a text takes a hundred.
 */
export class StreamIds {
  /** By stream, of its first event and all that follow without a gap. */
  private readonly streams = new Map<string, number[]>();
  private readonly revisions = new Cache<number>(mostNamed);
  private taken = 0;

  constructor(private readonly most = mostBytes) {}

  /** What is kept takes about so many bytes. */
  get bytes(): number {
    return this.taken;
  }

  /** How many events of the stream are known, from its first on. */
  known(stream: string): number {
    return this.streams.get(stream)?.length ?? 0;
  }

  has(stream: string, id: string): boolean {
    return this.streams.get(stream)?.includes(numberOf(id)) === true;
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
    const known = this.streams.get(stream);
    const next = known?.length ?? 0;
    if (revision > next || revision + events.length <= next) return;
    const fresh = events.slice(next - revision).map(({ id }) => numberOf(id));
    if (known !== undefined) this.forget(stream, known);
    const ids = known === undefined || known.length < long ? (known ?? []).concat(fresh) : known;
    if (ids === known) for (const id of fresh) ids.push(id);
    this.streams.set(stream, ids); // the last to be seen is the last to go
    this.taken += costOf(ids);
    for (const [name, oldest] of this.streams) {
      if (this.taken <= this.most || name === stream) break;
      this.forget(name, oldest);
    }
  }

  private forget(stream: string, ids: readonly number[]): void {
    this.streams.delete(stream);
    this.taken -= costOf(ids);
  }
}

const costOf = ({ length }: readonly number[]): number =>
  bytesOfStream + length * bytesOfId * (length < long ? 1 : 1.5);
