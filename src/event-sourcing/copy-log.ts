import { isDeepStrictEqual } from 'node:util';
import { type EventStore, RevisionConflict, type StoredEvent } from './event-store.js';
import { Rejection } from './rejection.js';

export interface CopyOptions {
  /**
   * How many appends may be under way at once. More than one only for a store that keeps them in the order of the calls,
   * all or none: the order of events across streams is part of a log.
   */
  readonly together: number;
  /** Stops between appends; what is copied by then stays. */
  readonly signal: AbortSignal;
  /** Told how many events of the target are known to be the source's. */
  readonly progressed: (events: number) => void;
}

export interface Copied {
  /** Events in the target. */
  readonly events: number;
  /** Of which so many were there before. */
  readonly before: number;
}

/**
 * Copies a log into another store: ids, revisions, content, metadata and the order of all events. What is there already
 * must be the beginning of the source: a copy that was stopped goes on, and one that is done does nothing.
 * @throws Rejection `COPY_ONTO_ITSELF`; `COPY_TARGET_DIFFERS` when the target has other content, and then nothing is written
 */
export async function copyLog(
  from: EventStore,
  to: EventStore,
  { together, signal, progressed }: CopyOptions,
): Promise<Copied> {
  if (from.logId === to.logId) throw new Rejection('COPY_ONTO_ITSELF', 'Source and target are the same event store.');
  const source = reading(from);
  let before = 0;
  try {
    for await (const _ of sideBySide(source, to.readAll({ signal }), 'COPY_TARGET_DIFFERS')) progressed((before += 1));
    let events = before;
    for await (const batch of batches(rest(source), together)) {
      if (signal.aborted) break;
      await Promise.all(batch.map((appended) => append(to, appended)));
      progressed((events += batch.reduce((sum, { length }) => sum + length, 0)));
    }
    return { events, before };
  } finally {
    await source.return?.();
  }
}

/**
 * Reads a copy and its source from the start and compares them, event by event; answers how many streams they have. The
 * source may have gone on meanwhile.
 * @throws Rejection `COPY_DIFFERS`
 */
export async function verifyCopy(
  from: EventStore,
  to: EventStore,
  expected: number,
  { signal, progressed }: Pick<CopyOptions, 'signal' | 'progressed'>,
): Promise<{ readonly streams: number }> {
  const source = reading(from);
  let [events, streams] = [0, 0];
  try {
    for await (const { revision } of sideBySide(source, to.readAll({ signal }), 'COPY_DIFFERS')) {
      if (revision === 0) streams += 1;
      progressed((events += 1));
    }
  } finally {
    await source.return?.();
  }
  if (!signal.aborted && events !== expected)
    throw new Rejection('COPY_DIFFERS', `The copy has ${events} events instead of ${expected}.`);
  return { streams };
}

/** A log that is read event by event, by whoever has come so far. */
type EventIterator = AsyncIterator<StoredEvent, unknown>;

const reading = (log: EventStore): EventIterator => log.readAll()[Symbol.asyncIterator]();

/** The events of the target as long as the source has the same. @throws Rejection of the code given, where it has not */
async function* sideBySide(
  source: EventIterator,
  target: AsyncIterable<StoredEvent>,
  code: string,
): AsyncGenerator<StoredEvent, void, undefined> {
  for await (const there of target) {
    const here = await source.next();
    const fault = here.done === true ? 'comes after all events of the source' : difference(here.value, there);
    if (fault !== undefined) throw new Rejection(code, `${named(there)} of the target ${fault}.`);
    yield there;
  }
}

/** What both stores must have the same; positions are each store's own. */
const kept = ['id', 'type', 'data', 'metadata'] as const;

function difference(here: StoredEvent, there: StoredEvent): string | undefined {
  if (here.stream !== there.stream || here.revision !== there.revision)
    return `stands where the source has ${named(here)}`;
  const other = kept.filter((key) => !isDeepStrictEqual(here[key], there[key]));
  return other.length === 0 ? undefined : `differs from the source in ${other.join(', ')}`;
}

const named = ({ type, stream, revision }: StoredEvent) => `${type}, revision ${revision} of ${stream},`;

async function* rest(source: EventIterator): AsyncGenerator<StoredEvent, void, undefined> {
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}

type Append = readonly [StoredEvent, ...StoredEvent[]];

/** Events in one append at most, and roughly their size: stores refuse what is too large. */
const atMost = { events: 500, characters: 250_000 };

/** Neighbours of one stream go in one append, as they mostly came; so many appends are a batch. */
async function* batches(
  events: AsyncIterable<StoredEvent>,
  together: number,
): AsyncGenerator<readonly Append[], void, undefined> {
  let batch: [StoredEvent, ...StoredEvent[]][] = [];
  let characters = 0;
  for await (const event of events) {
    const size = JSON.stringify(event).length;
    const last = batch.at(-1);
    characters += size;
    if (last?.[0].stream === event.stream && last.length < atMost.events && characters <= atMost.characters) {
      last.push(event);
      continue;
    }
    if (batch.length === together) {
      yield batch;
      batch = [];
    }
    batch.push([event]);
    characters = size;
  }
  if (batch.length > 0) yield batch;
}

async function append(to: EventStore, events: Append): Promise<void> {
  const [{ stream, revision }] = events;
  const fresh = events.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
  try {
    await to.append(stream, revision === 0 ? 'noStream' : revision - 1, fresh);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
    throw new Rejection('COPY_TARGET_DIFFERS', `Another process writes to the target: ${error.message}.`);
  }
}
