import {
  type AppendExpectedRevision,
  BACKWARDS,
  END,
  EventStoreDBClient,
  jsonEvent,
  type JSONEventData,
  NO_STREAM,
  START,
  STREAM_EXISTS,
  streamNameFilter,
} from '@eventstore/db-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/event-sourcing/new-id.js';
import { all } from '../contract/event-store.contract.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';

/** What is expected of the server that tests run on is expected of a real one, where there is one to ask. */
const real = process.env['TEST_EVENTSTOREDB_URL'];

let wire: WireServer | undefined;
let client: EventStoreDBClient;
beforeAll(async () => {
  wire = real === undefined ? await WireServer.start() : undefined;
  client = EventStoreDBClient.connectionString(wire?.url ?? real ?? '');
});
afterAll(async () => {
  await client.dispose();
  await wire?.stop();
});

let stream = '';
beforeEach(() => {
  stream = `wire-${newId()}`;
});

const one = (n = 0) => jsonEvent({ type: 'Happened', data: { n } });

/** An append is made by a call of its own where it has credentials, and else by one for many. */
const ways = [
  ['one call for many', {}],
  ['a call of its own', { credentials: { username: 'admin', password: 'changeit' } }],
] as const;

const revisions = async (options: Parameters<EventStoreDBClient['readStream']>[1] = {}) =>
  (await all(client.readStream(stream, options))).map(({ event }) => Number(event?.revision));

describe.each(ways)('the server that tests run on, asked by %s', (_, way) => {
  const append = async (expectedRevision: AppendExpectedRevision, ...events: JSONEventData[]) =>
    Number((await client.appendToStream(stream, events, { expectedRevision, ...way })).nextExpectedRevision);

  it.each<[string, AppendExpectedRevision, bigint | string]>([
    ['no stream', NO_STREAM, 1n],
    ['the first of two', 0n, 1n],
    ['one beyond the end', 2n, 1n],
  ])('refuses a write that expects %s, and says where the stream is', async (_name, expected, actualVersion) => {
    await append(NO_STREAM, one(), one());
    await expect(append(expected, one())).rejects.toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      actualVersion,
      expectedVersion: expected,
    });
    expect(await revisions()).toEqual([0, 1]);
  });

  it.each<[string, AppendExpectedRevision]>([
    ['a stream', STREAM_EXISTS],
    ['a revision', 0n],
  ])('refuses a write that expects %s where there is none', async (_name, expected) => {
    await expect(append(expected, one())).rejects.toMatchObject({ actualVersion: NO_STREAM });
  });

  it('takes a write that expects what there is', async () => {
    expect(await append(NO_STREAM, one())).toBe(0);
    expect(await append(0n, one())).toBe(1);
    expect(await append(STREAM_EXISTS, one())).toBe(2);
    expect(await append('any', one())).toBe(3);
  });

  it.each<[string, AppendExpectedRevision]>([
    ['no stream', NO_STREAM],
    ['whatever there is', 'any'],
  ])('answers the same ids again as the first time, expecting %s', async (_name, expected) => {
    const events = [one(), one()];
    expect(await append(expected, ...events)).toBe(1);
    expect(await append(expected, ...events)).toBe(1);
    expect(await revisions()).toEqual([0, 1]);
  });

  it('answers the same ids again under the same revision, also when the stream has gone on', async () => {
    const events = [one(), one()];
    await append(NO_STREAM, one());
    await append(0n, ...events);
    await append(2n, one());
    expect(await append(0n, ...events)).toBe(2);
    await expect(append(0n, one(), ...events)).rejects.toMatchObject({ type: 'wrong-expected-version' });
    await expect(append(0n, ...events, one())).rejects.toMatchObject({ type: 'wrong-expected-version' });
    expect(await revisions()).toEqual([0, 1, 2, 3]);
  });

  it('looks at ids alone, and not at what is in the events', async () => {
    const event = one(1);
    await append(NO_STREAM, event);
    expect(await append(NO_STREAM, { ...event, data: { n: 2 } })).toBe(0);
    expect((await all(client.readStream(stream)))[0]?.event?.data).toEqual({ n: 1 });
  });

  it('refuses an append that is too large', async () => {
    const large = jsonEvent({ type: 'Large', data: { text: 'x'.repeat(1024 * 1024) } });
    await expect(append(NO_STREAM, large)).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' });
  });

  it('hides a deleted stream, and goes on with its revisions when it is written again', async () => {
    await append(NO_STREAM, one(), one());
    await client.deleteStream(stream, { expectedRevision: 1n });
    await expect(revisions()).rejects.toMatchObject({ type: 'stream-not-found' });
    await expect(append(STREAM_EXISTS, one())).rejects.toMatchObject({ type: 'stream-deleted' });
    expect(await append(NO_STREAM, one())).toBe(2);
    expect(await revisions()).toEqual([2]);
  });

  it('reads and writes nothing any more of a stream with a tombstone', async () => {
    await append(NO_STREAM, one());
    await client.tombstoneStream(stream, { expectedRevision: 0n });
    await expect(revisions()).rejects.toMatchObject({ type: 'stream-deleted' });
    await expect(append(NO_STREAM, one())).rejects.toMatchObject({ type: 'stream-deleted' });
    await expect(append('any', one())).rejects.toMatchObject({ type: 'stream-deleted' });
  });
});

describe('the server that tests run on', () => {
  const append = (...events: JSONEventData[]) => client.appendToStream(stream, events, { expectedRevision: NO_STREAM });

  it('has no stream that was not written', async () => {
    await expect(revisions()).rejects.toMatchObject({ type: 'stream-not-found', streamName: stream });
  });

  it('shows of a stream as much as its metadata lets it', async () => {
    await append(one(), one(), one(), one());
    await client.setStreamMetadata(stream, { maxCount: 2 });
    expect(await revisions()).toEqual([2, 3]);
    await client.setStreamMetadata(stream, { truncateBefore: 1 });
    expect(await revisions()).toEqual([1, 2, 3]);
    await client.setStreamMetadata(stream, { maxAge: 3600 });
    expect(await revisions()).toEqual([0, 1, 2, 3]);
  });

  it('reads a stream from a revision on, that one among them, and backwards', async () => {
    await append(one(), one(), one());
    expect(await revisions({ fromRevision: 1n })).toEqual([1, 2]);
    expect(await revisions({ direction: BACKWARDS, fromRevision: END })).toEqual([2, 1, 0]);
    expect(await revisions({ maxCount: 2 })).toEqual([0, 1]);
  });

  it('has events of its own in the log, among those of its clients, at positions with gaps', async () => {
    await append(...Array.from({ length: 20 }, (_, n) => one(n)));
    const log = (await all(client.readAll())).map(({ event }) => event);
    expect(log.filter((event) => event?.streamId.startsWith('$')).length).toBeGreaterThan(0);
    const positions = log.map((event) => event?.position.commit ?? 0n);
    expect(positions.every((position, i) => i === 0 || position > (positions[i - 1] ?? 0n) + 1n)).toBe(true);
  });

  it('reads the log from a position on, that one among them, and subscribes after it', async () => {
    await append(one(1), one(2), one(3));
    const [first, second] = (await all(client.readStream(stream))).map(({ event }) => event?.position);
    const fromPosition = second ?? first ?? START;
    const [read] = await all(client.readAll({ fromPosition, maxCount: 1 }));
    expect(read?.event?.data).toEqual({ n: 2 });
    const subscription = client.subscribeToAll({ fromPosition, filter: streamNameFilter({ prefixes: [stream] }) });
    for await (const { event } of subscription) {
      expect(event?.data).toEqual({ n: 3 });
      break;
    }
    await subscription.unsubscribe();
  });

  it('says how far it has looked where a filter leaves all out, and when it has caught up', async () => {
    await append(...Array.from({ length: 100 }, (_, n) => one(n)));
    const reached: bigint[] = [];
    const filter = streamNameFilter({
      prefixes: ['no such stream'],
      checkpointReached: (_, { commit }) => void reached.push(commit),
    });
    const subscription = client.subscribeToAll({ fromPosition: START, filter });
    subscription.on('error', () => undefined).resume();
    await new Promise<void>((resolve) => subscription.once('caughtUp', resolve));
    expect(reached.length).toBeGreaterThan(1);
    expect([...reached].sort((a, b) => Number(a - b))).toEqual(reached);
    await subscription.unsubscribe();
  });
});
