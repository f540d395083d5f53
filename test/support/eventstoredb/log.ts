/** What a writer says of a stream before it writes. */
export type Expected = number | 'any' | 'noStream' | 'streamExists';

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface LogRecord extends Proposed {
  readonly stream: string;
  readonly revision: number;
  /** Where it stands in the log: an offset in bytes, so that positions have gaps. */
  readonly position: number;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export type WriteOutcome =
  | { readonly kind: 'written'; readonly revision: number; readonly position: number }
  | { readonly kind: 'wrongExpectedVersion'; readonly actual: number }
  | { readonly kind: 'deleted' };

interface Stream {
  readonly records: LogRecord[];
  isTombstoned: boolean;
}

/** The largest revision there is: a tombstone's, and the `$tb` of a stream that was deleted. */
export const lastRevision = '9223372036854775807';

interface Retention {
  readonly maxCount?: number;
  readonly maxAgeMs?: number;
  /** The first revision that is still there. */
  readonly from: number;
  readonly isDeleted: boolean;
}

/** All that a log holds, to be put back later. */
export interface LogState {
  readonly records: readonly LogRecord[];
  readonly tombstoned: readonly string[];
  readonly end: number;
}

const utf8 = {
  encode: (text: string) => new TextEncoder().encode(text),
  decode: (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8'),
};

type WriteListener = (written: readonly LogRecord[]) => void;

/** What a log without any record is. */
export const emptyLog: LogState = { records: [], tombstoned: [], end: 0 };

/** What EventStoreDB keeps and how it judges writes, in memory. Several nodes of a cluster may share one. */
export class WireLog {
  readonly records: LogRecord[] = [];
  private readonly streams = new Map<string, Stream>();
  private readonly listeners = new Set<WriteListener>();
  /** Appends that are written and not yet indexed: the first id of each, with its stream. */
  private readonly inFlight = new Set<string>();
  private readonly hidden = new Map<string, { readonly from: number; times: number }>();
  private end = 0;
  private system = 0;

  constructor(private readonly now: () => number = Date.now) {
    this.writeSystemEvent('$epoch-information', '$epoch', { epoch: 0 });
  }

  /** Calls back after each write with what was written; answers how to stop that. */
  onWrite(listener: WriteListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What is in it now. */
  copy(): LogState {
    const tombstoned = [...this.streams].filter(([, { isTombstoned }]) => isTombstoned).map(([name]) => name);
    return { records: [...this.records], tombstoned, end: this.end };
  }

  /** An older log stands where this one stood, as when a copy is put back while the server is down. */
  putBack({ records, tombstoned, end }: LogState): void {
    this.records.splice(0);
    this.streams.clear();
    this.end = end;
    for (const record of records) {
      this.records.push(record);
      this.streamOf(record.stream).records.push(record);
    }
    for (const name of tombstoned) this.streamOf(name).isTombstoned = true;
  }

  /** An append is written and not yet indexed; the same again meanwhile is dropped by the server. */
  begin(stream: string, [first]: readonly Proposed[]): () => void {
    const key = `${stream} ${first?.id ?? ''}`;
    if (first !== undefined) this.inFlight.add(key);
    return () => this.inFlight.delete(key);
  }

  isInFlight(stream: string, [first]: readonly Proposed[]): boolean {
    return first !== undefined && this.inFlight.has(`${stream} ${first.id}`);
  }

  /** The next reads of a stream do not show yet what was written last. */
  hideFrom(stream: string, from: number, times: number): void {
    this.hidden.set(stream, { from, times });
  }

  /** The last record of a stream, whoever asks. */
  lastOf(stream: string): LogRecord | undefined {
    return this.streams.get(stream)?.records.at(-1);
  }

  /** Judges and writes as the server does: the same ids again, under the same revision, are answered as the first time. */
  append(stream: string, expected: Expected, events: readonly Proposed[]): WriteOutcome {
    const known = this.streams.get(stream);
    if (known?.isTombstoned === true) return { kind: 'deleted' };
    const records = known?.records ?? [];
    const actual = records.length - 1;
    const isDeleted = this.isDeleted(stream);

    if (expected === 'streamExists') {
      if (isDeleted) return { kind: 'deleted' };
      if (actual < 0 && !this.streams.has(metastreamOf(stream))) return { kind: 'wrongExpectedVersion', actual };
    }
    if (expected === 'any' || expected === 'streamExists') {
      const repeated = this.repeatedAnywhere(records, events);
      return repeated ?? this.write(stream, events);
    }
    const from = expected === 'noStream' ? -1 : expected;
    if (from === actual) return this.write(stream, events);
    if (from > actual) return { kind: 'wrongExpectedVersion', actual };
    const there = records.slice(from + 1, from + 1 + events.length);
    const isRepeated = events.length > 0 && events.every(({ id }, i) => there[i]?.id === id);
    const last = there.at(-1);
    if (isRepeated && last !== undefined) return written(last);
    if (expected === 'noStream' && isDeleted) return this.write(stream, events);
    return { kind: 'wrongExpectedVersion', actual };
  }

  /** Soft: readers see nothing of it, and writing to it makes it anew, with revisions that go on. */
  delete(stream: string, expected: Expected): WriteOutcome {
    if (this.lastOf(stream) === undefined) return { kind: 'wrongExpectedVersion', actual: -1 };
    const refused = this.refuses(stream, expected);
    if (refused !== undefined) return refused;
    return this.append(metastreamOf(stream), 'any', [metadataEvent({ $tb: Number(lastRevision) })]);
  }

  /** For ever: nobody reads or writes it any more. */
  tombstone(stream: string, expected: Expected): WriteOutcome {
    const refused = this.refuses(stream, expected);
    if (refused !== undefined) return refused;
    const outcome = this.write(stream, [proposed('$streamDeleted', {})]);
    this.streamOf(stream).isTombstoned = true;
    return outcome;
  }

  /** An event of the server's own, as every log has them among the others. */
  writeSystemEvent(
    stream = '$stats-127.0.0.1:2113',
    type = '$statsCollected',
    data: object = { n: this.system++ },
  ): void {
    this.write(stream, [proposed(type, data)]);
  }

  isTombstoned(stream: string): boolean {
    return this.streams.get(stream)?.isTombstoned === true;
  }

  /** What readers may see of a stream; undefined where there is none for them. */
  readStream(stream: string): readonly LogRecord[] | undefined {
    const known = this.streams.get(stream);
    if (known === undefined) return undefined;
    const { maxCount = Infinity, maxAgeMs = Infinity, from, isDeleted } = this.retention(stream);
    if (isDeleted) return undefined;
    const oldest = this.now() - maxAgeMs;
    const first = Math.max(from, known.records.length - maxCount);
    const until = this.shownOf(stream);
    return first <= 0 && maxAgeMs === Infinity && until === undefined
      ? known.records
      : known.records.filter(
          ({ revision, created }) => revision >= first && created >= oldest && revision < (until ?? Infinity),
        );
  }

  /** The revision from which on a read does not show a stream yet; undefined where it shows all. */
  private shownOf(stream: string): number | undefined {
    const hidden = this.hidden.get(stream);
    if (hidden === undefined) return undefined;
    hidden.times -= 1;
    if (hidden.times <= 0) this.hidden.delete(stream);
    return hidden.from;
  }

  /** The index of the first record at or after a position. */
  indexOf(position: number): number {
    let [low, high] = [0, this.records.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.records[middle]?.position ?? Infinity) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether a record begins there, or the log does not go so far: the server refuses to read from within a record. */
  isAt(position: number): boolean {
    return position >= this.end || this.records[this.indexOf(position)]?.position === position;
  }

  private refuses(stream: string, expected: Expected): WriteOutcome | undefined {
    const known = this.streams.get(stream);
    if (known?.isTombstoned === true) return { kind: 'deleted' };
    const actual = (known?.records.length ?? 0) - 1;
    const isRight =
      expected === 'any' ||
      (expected === 'streamExists' ? actual >= 0 : (expected === 'noStream' ? -1 : expected) === actual);
    return isRight ? undefined : { kind: 'wrongExpectedVersion', actual };
  }

  private repeatedAnywhere(records: readonly LogRecord[], events: readonly Proposed[]): WriteOutcome | undefined {
    const [first] = events;
    const at = first === undefined ? -1 : records.findIndex(({ id }) => id === first.id);
    if (at < 0) return undefined;
    const there = records.slice(at, at + events.length);
    const last = there.at(-1);
    if (last !== undefined && events.every(({ id }, i) => there[i]?.id === id)) return written(last);
    return { kind: 'wrongExpectedVersion', actual: records.length - 1 };
  }

  private write(stream: string, events: readonly Proposed[]): WriteOutcome {
    if (this.isDeleted(stream)) {
      const from = this.streamOf(stream).records.length;
      this.write(metastreamOf(stream), [metadataEvent({ $tb: from })]);
    }
    const records = (events.length === 0 ? this.streams.get(stream) : this.streamOf(stream))?.records ?? [];
    const written: LogRecord[] = [];
    for (const event of events) {
      const record = { ...event, stream, revision: records.length, position: this.end, created: this.now() };
      this.end += 60 + stream.length + event.type.length + event.data.length + event.metadata.length;
      records.push(record);
      written.push(record);
      this.records.push(record);
    }
    // The server writes of its own accord, among what its clients write.
    if (!stream.startsWith('$') && this.records.length % 7 === 0) this.writeSystemEvent();
    for (const listener of [...this.listeners]) listener(written);
    return { kind: 'written', revision: records.length - 1, position: records.at(-1)?.position ?? this.end };
  }

  private streamOf(name: string): Stream {
    const known = this.streams.get(name);
    if (known !== undefined) return known;
    const made = { records: [], isTombstoned: false };
    this.streams.set(name, made);
    return made;
  }

  private isDeleted(stream: string): boolean {
    return this.retention(stream).isDeleted;
  }

  private retention(stream: string): Retention {
    const metadata = stream.startsWith('$$') ? undefined : this.lastOf(metastreamOf(stream));
    if (metadata === undefined) return { from: 0, isDeleted: false };
    const said = JSON.parse(utf8.decode(metadata.data)) as Readonly<Record<string, number | undefined>>;
    const { $maxCount, $maxAge, $tb = 0 } = said;
    return {
      ...($maxCount === undefined ? {} : { maxCount: $maxCount }),
      ...($maxAge === undefined ? {} : { maxAgeMs: $maxAge * 1000 }),
      from: $tb,
      isDeleted: $tb >= Number(lastRevision),
    };
  }
}

export const metastreamOf = (stream: string) => `$$${stream}`;

const written = ({ revision, position }: LogRecord): WriteOutcome => ({ kind: 'written', revision, position });

const proposed = (type: string, data: object): Proposed => ({
  id: crypto.randomUUID(),
  type,
  contentType: 'application/json',
  data: utf8.encode(JSON.stringify(data)),
  metadata: new Uint8Array(),
});

const metadataEvent = (metadata: object) => proposed('$metadata', metadata);
