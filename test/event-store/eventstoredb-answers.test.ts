import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AppendExpectedRevision,
  type AppendToStreamOptions,
  BACKWARDS,
  type DeleteStreamOptions,
  EventStoreDBClient,
  jsonEvent,
  type JSONEventData,
  NO_STREAM,
  streamNameFilter,
} from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/event-sourcing/new-id.js';
import { Connection } from '../../src/event-store/eventstoredb/connection.js';
import { readConnectionUrl } from '../../src/event-store/eventstoredb/connection-url.js';
import { Credentials } from '../../src/event-store/eventstoredb/credentials.js';
import { readAllFrom } from '../../src/event-store/eventstoredb/requests.js';
import { StreamNames } from '../../src/event-store/eventstoredb/stream-names.js';
import { all } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { CertificateAuthority } from '../support/certificates.js';
import { emptyLog } from '../support/eventstoredb/log.js';
import { WireServer, type WireServerOptions } from '../support/eventstoredb/wire-server.js';

/** What a real server was seen to answer, where ours once answered otherwise; some of it is of one node alone. */
const one = (n = 0) => jsonEvent({ type: 'Happened', data: { n } });
const ofSize = (bytes: number) => jsonEvent({ type: 'Large', data: { text: 'x'.repeat(bytes) } });

let server: WireServer;
let client: EventStoreDBClient;
let stream = '';

async function start(options: WireServerOptions = {}, user?: string): Promise<void> {
  server = await WireServer.start({ commitTimeoutMs: 20, ...options });
  client = EventStoreDBClient.connectionString(user === undefined ? server.url : server.urlFor(user));
}

async function stop(): Promise<void> {
  await client.dispose();
  await server.stop();
}

beforeEach(() => {
  stream = `asked-${newId()}`;
});

/** A call of its own is taken where there are credentials, and else one for many. */
const ofItsOwn: AppendToStreamOptions = { credentials: { username: 'admin', password: 'changeit' } };

const append = (
  events: readonly JSONEventData[],
  expectedRevision: AppendExpectedRevision = NO_STREAM,
  options: AppendToStreamOptions = {},
) => client.appendToStream(stream, [...events], { expectedRevision, ...options });

const outcome = (asked: Promise<unknown>) =>
  asked.then(
    () => 'done',
    (error: unknown) => error,
  );

describe('a server that is asked what it is seldom asked', () => {
  beforeAll(() => start());
  afterAll(stop);

  it.each([
    ['one call for many', {}],
    ['a call of its own', ofItsOwn],
  ])('takes an append of nothing, by %s, and says where it would stand', async (_, way) => {
    expect(await append([], NO_STREAM, way)).toMatchObject({ position: { commit: expect.any(BigInt) } });
    await expect(all(client.readStream(stream))).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  it('refuses an event without a type, and a stream without a name', async () => {
    const untyped = [jsonEvent({ type: '', data: {} })];
    await expect(append(untyped)).rejects.toThrow(/type must not be empty/);
    await expect(append(untyped, NO_STREAM, ofItsOwn)).rejects.toMatchObject({
      code: 2,
      message: expect.stringContaining('Exception was thrown by handler.'),
    });
    stream = '';
    await expect(append([one()])).rejects.toThrow(/streamId must not be empty/);
    await expect(append([one()], NO_STREAM, ofItsOwn)).rejects.toMatchObject({ code: 2 });
  });

  it.each([
    ['one call for many', {}],
    ['a call of its own', ofItsOwn],
  ])('refuses what is larger than its limit by that, and not by the limit of a message, by %s', async (_, way) => {
    await expect(append([ofSize(5_000_000)], NO_STREAM, way)).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 1024 * 1024,
    });
  });

  it('refuses an event that is larger than its limit of one, as from 25.0 on', async () => {
    const other = await WireServer.start({ maxAppendEventSize: 1_000 });
    const asking = EventStoreDBClient.connectionString(other.url);
    await expect(asking.appendToStream(stream, [ofSize(1_000)])).rejects.toThrow('MaximumAppendEventSizeExceeded');
    await asking.dispose();
    await other.stop();
  });

  it('ends the whole call where a message is larger than it takes', async () => {
    await expect(append([ofSize(16_767_216)])).rejects.toMatchObject({ code: 8 });
    await expect(append([ofSize(16_767_216)], NO_STREAM, ofItsOwn)).rejects.toMatchObject({ code: 8 });
  });

  it('does not start with a larger limit than its log has', () => {
    expect(() => new WireServer({ maxAppendSize: 16_777_216 })).toThrow('MaxAppendSize');
  });

  it.each([
    ['one call for many', {}, { type: 'deadline-exceeded' }],
    ['a call of its own', ofItsOwn, { code: 10, message: expect.stringContaining('Commit phase timeout') }],
  ])('drops an append that is in flight already, by %s', async (_, way, error) => {
    const events = [one()];
    server.faults.commitMs = 200;
    const outcomes = await Promise.allSettled([append(events, NO_STREAM, way), append(events, NO_STREAM, way)]);
    server.faults.commitMs = 0;
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: error });
    expect(await append(events, NO_STREAM, way)).toMatchObject({ nextExpectedRevision: 0n });
  });

  it('rarely tells such an append of a revision that nobody can read yet', async () => {
    await append([one()]);
    const events = [one(1)];
    Object.assign(server.faults, { aheadEvery: 1, commitMs: 200 });
    const outcomes = await Promise.allSettled([append(events, 0n), append(events, 0n)]);
    Object.assign(server.faults, { aheadEvery: 0, commitMs: 0 });
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { type: 'wrong-expected-version', actualVersion: 1n },
    });
    const read = async () => (await all(client.readStream(stream))).length;
    expect(await read()).toBe(1);
    while ((await read()) < 2);
  });

  it('answers where a deletion stands in the log, also of what is deleted', async () => {
    await append([one()]);
    const position = { commit: expect.any(BigInt) };
    expect(await client.deleteStream(stream)).toMatchObject({ position });
    expect(await client.deleteStream(stream)).toMatchObject({ position });
    expect(await client.tombstoneStream(stream)).toMatchObject({ position });
  });

  it.each<[string, DeleteStreamOptions, number]>([
    ['any', {}, -2],
    ['no stream', { expectedRevision: NO_STREAM }, -1],
  ])('refuses to delete what is not there, expecting %s', async (_, options, expected) => {
    const refused: unknown = await client.deleteStream(stream, options).catch((error: unknown) => error);
    expect(refused).toMatchObject({ type: 'wrong-expected-version', code: 9 });
    const trailers = (refused as { _raw: { metadata: { getMap(): object } } })._raw.metadata.getMap();
    expect(trailers).toMatchObject({ 'expected-version': String(expected), 'actual-version': '-1' });
  });

  it('errs where a stream is read for no event at all', async () => {
    await append([one()]);
    await expect(all(client.readStream(stream, { maxCount: 0 }))).rejects.toMatchObject({ code: 2 });
  });

  describe('about positions', () => {
    const at = (commit: bigint, prepare = commit) => ({ commit, prepare });
    const read = (position: { commit: bigint; prepare: bigint }, options = {}) =>
      all(client.readAll({ fromPosition: position, maxCount: 5, ...options }));
    /** The client has no such read. */
    const readFiltered = async (commit: bigint) => {
      const url = readConnectionUrl(server.url);
      const connection = new Connection(url, new Credentials(url));
      const request = readAllFrom(String(commit).padStart(20, '0'), new StreamNames(), undefined, 5);
      const call = await connection.read(request, { requiresLeader: false });
      try {
        return await all<unknown>(call);
      } finally {
        await connection.close();
      }
    };
    const subscribe = (position: { commit: bigint; prepare: bigint }) => {
      const subscription = client.subscribeToAll({ fromPosition: position });
      return new Promise<unknown>((resolve) => {
        subscription.on('error', resolve).on('caughtUp', () => {
          resolve('caughtUp');
        });
        subscription.resume();
      }).finally(() => void subscription.unsubscribe());
    };
    let last: bigint;
    beforeEach(async () => {
      last = (await append([one(1), one(2)])).position?.commit ?? 0n;
    });

    it('answers one beyond the end with nothing', async () => {
      expect(await read(at(last + 1_000_000n))).toEqual([]);
      expect(await subscribe(at(last + 1_000_000n))).toBe('caughtUp');
    });

    it('errs at one within a record', async () => {
      await expect(read(at(last + 1n))).rejects.toMatchObject({
        code: 2,
        message: expect.stringContaining('Unexpected ReadAllResult: Error'),
      });
      await expect(readFiltered(last + 1n)).rejects.toMatchObject({
        code: 2,
        message: expect.stringContaining('Unexpected FilteredReadAllResult: Error'),
      });
      expect(await subscribe(at(last + 1n))).toMatchObject({
        code: 2,
        message: expect.stringContaining('Exception was thrown by handler.'),
      });
    });

    it('says of one within a record that it is invalid, as from 24.2 on', async () => {
      server.faults.saysInvalidPosition = true;
      const invalid = { code: 3, message: expect.stringContaining('Trying to read from an invalid position.') };
      for (const asked of [read(at(last + 1n)), readFiltered(last + 1n)])
        await expect(asked).rejects.toMatchObject(invalid);
      expect(await subscribe(at(last + 1n))).toMatchObject(invalid);
      server.faults.saysInvalidPosition = false;
    });

    it('errs where one has its prepare beyond its commit', async () => {
      await expect(read(at(last, last + 100n))).rejects.toMatchObject({ code: 2 });
    });

    it('reads backwards from an event without it, and forwards with it', async () => {
      const [before] = await read(at(last), { direction: BACKWARDS });
      expect(before?.event?.data).toEqual({ n: 1 });
      const [there] = await read(at(last));
      expect(there?.event?.data).toEqual({ n: 2 });
    });
  });

  it('errs at a filter that is no regular expression', async () => {
    const subscription = client.subscribeToAll({ filter: streamNameFilter({ regex: '(' }) });
    const failed = await new Promise<unknown>((resolve) => subscription.on('error', resolve).resume());
    expect(failed).toMatchObject({ code: 2 });
  });

  it('stores whatever bytes are said to be JSON', async () => {
    const bytes = Buffer.from([0, 255, 123]);
    const proposed = { id: newId(), type: 'Odd', contentType: 'application/json', data: bytes, metadata: bytes };
    server.log.append(stream, 'noStream', [proposed]);
    expect(server.log.readStream(stream)?.[0]?.data).toEqual(bytes);
  });
});

describe('a server', () => {
  afterEach(stop);

  it('has a hundred streams open at once on a connection, and lets others wait', async () => {
    await start();
    await append([one()]);
    const subscriptions = Array.from({ length: 99 }, () =>
      client
        .subscribeToAll()
        .on('error', () => undefined)
        .resume(),
    );
    while (server.openSubscriptions < 99) await sleep(1); // and the call for appends
    let isAnswered = false;
    const reading = all(client.readStream(stream)).then(() => (isAnswered = true));
    await sleep(50);
    expect(isAnswered).toBe(false);
    await subscriptions[0]?.unsubscribe();
    await reading;
  });

  it('drops a live subscription that is more than 32 events behind', async () => {
    await start();
    const heard: unknown[] = [];
    const subscription = client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['asked'] }) });
    const failed = new Promise<unknown>((resolve) => subscription.on('error', resolve));
    const live = new Promise<void>((resolve) => subscription.on('caughtUp', resolve));
    subscription.on('data', (event) => heard.push(event));
    await live;
    await append(Array.from({ length: 200 }, (_, n) => one(n)));
    expect(await failed).toMatchObject({
      code: 10,
      message: expect.stringContaining('Consumer too slow to handle event while live. Client resubscription required.'),
    });
    expect(heard).toHaveLength(32);
  });

  it('drops a subscription that falls so far behind before it is live', async () => {
    await start();
    let goLive: () => void = () => undefined;
    server.faults.goesLive = new Promise((resolve) => (goLive = resolve));
    await append([one()]);
    const subscription = client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['asked'] }) });
    const failed = new Promise<unknown>((resolve) => subscription.on('error', resolve));
    let heard = 0;
    await new Promise<void>((resolve) =>
      subscription.on('data', () => {
        heard += 1;
        resolve();
      }),
    );
    await append(
      Array.from({ length: 200 }, (_, n) => one(n)),
      0n,
    );
    goLive();
    expect(await failed).toMatchObject({
      code: 10,
      message: expect.stringContaining('Consumer too slow to handle event while transitioning to live.'),
    });
    expect(heard).toBe(33);
  });

  it('without a quorum answers reads, and no append', async () => {
    await start();
    await append([one()]);
    server.faults.hasQuorum = false;
    const appending = outcome(append([one()], 0n));
    expect(await all(client.readStream(stream))).toHaveLength(1);
    expect(await Promise.race([appending, sleep(50, 'nothing')])).toBe('nothing');
  });

  it('that stops politely serves on for a while, and then ends its calls', async () => {
    await start();
    const subscription = client.subscribeToAll();
    const failed = new Promise<unknown>((resolve) => subscription.on('error', resolve));
    await new Promise<void>((resolve) => subscription.on('caughtUp', resolve).resume());
    const stopping = server.stopPolitely(100);
    await append([one()]);
    expect(await failed).toMatchObject({ code: 1 });
    await stopping;
  });

  it('has an older log put back, or an empty one, and goes on from there', async () => {
    await start();
    await append([one(1)]);
    const older = server.log.copy();
    const { position } = await append([one(2)], 0n);
    await server.stop();
    server.log.putBack(older);
    await server.start();
    client = EventStoreDBClient.connectionString(server.url);
    expect(await append([one(3)], 0n)).toMatchObject({ position });
    expect((await all(client.readStream(stream))).map(({ event }) => event?.data)).toEqual([{ n: 1 }, { n: 3 }]);
    server.log.putBack(emptyLog);
    expect(await all(client.readAll())).toEqual([]);
  });

  it('that stands still takes connections, and says nothing until it goes on', async () => {
    await start();
    server.wire.suspend();
    const appending = append([one()]);
    expect(await Promise.race([appending, sleep(50, 'nothing')])).toBe('nothing');
    server.wire.resume();
    await appending;
  });
});

describe('a server with users', () => {
  let authority: CertificateAuthority;
  beforeAll(() => {
    authority = new CertificateAuthority(newFolder());
  });
  beforeEach(async () => {
    const users = { admin: { password: 'changeit' }, pledge: { password: 's:e@c/ret' }, other: { password: 'x' } };
    await start({ users, certificate: authority.issue() }, 'pledge');
  });
  afterEach(stop);

  const denied = { type: 'access-denied', code: 7 };
  const as = async <Answer>(url: string, ask: (other: EventStoreDBClient) => Promise<Answer>) => {
    const other = EventStoreDBClient.connectionString(url);
    return ask(other).finally(() => void other.dispose());
  };

  it('lets every account append by default, and only admins read all of the log', async () => {
    await append([one()]);
    expect(await all(client.readStream(stream))).toHaveLength(1);
    await expect(all(client.readAll())).rejects.toMatchObject(denied);
    expect((await as(server.urlFor('admin'), (admin) => all(admin.readAll()))).length).toBeGreaterThan(1);
  });

  it('refuses who is nobody, whose password is wrong, and who is disabled', async () => {
    const nobody = server.url;
    await expect(as(nobody, (other) => all(other.readStream(stream)))).rejects.toMatchObject(denied);
    const wrong = server.urlFor('pledge').replace('s%3Ae', 'wrong');
    await expect(as(wrong, (other) => all(other.readStream(stream)))).rejects.toMatchObject({ code: 16 });
    await expect(as(wrong, (other) => other.appendToStream(stream, [one()]))).rejects.toMatchObject({ code: 16 });
    Object.assign(server.rights.users?.get('pledge') ?? {}, { isDisabled: true });
    await expect(all(client.readStream(stream))).rejects.toMatchObject({ code: 16 });
  });

  it('refuses appends and new reads at once where a right is taken, and lets live subscriptions go on', async () => {
    server.setAcl('$all', { $r: ['pledge'] });
    await append([one(1)]);
    const heard: unknown[] = [];
    const subscription = client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['asked'] }) });
    const live = new Promise<void>((resolve) => subscription.on('caughtUp', resolve));
    subscription.on('data', ({ event }) => heard.push(event?.data)).on('error', () => undefined);
    await live;
    server.setAcl('$all', { $r: ['other'] });
    server.setDefaultAcl({
      $userStreamAcl: { $r: 'other', $w: 'other', $d: '$admins', $mr: '$admins', $mw: '$admins' },
    });
    await expect(append([one(2)], 0n)).rejects.toMatchObject({ type: 'access-denied' });
    await expect(
      append([one(2)], 0n, { credentials: { username: 'pledge', password: 's:e@c/ret' } }),
    ).rejects.toMatchObject(denied);
    await expect(all(client.readStream(stream))).rejects.toMatchObject(denied);
    await expect(all(client.readAll())).rejects.toMatchObject(denied);
    await expect(client.deleteStream(stream)).rejects.toMatchObject(denied);
    server.write(stream, 'Happened', { n: 3 });
    while (heard.length < 2) await sleep(1);
    expect(heard).toEqual([{ n: 1 }, { n: 3 }]);
    server.setAcl(stream, { $w: 'pledge' });
    await append([one(4)], 1n);
  });

  it.each([
    ['has expired', () => authority.issue({ until: new Date(Date.now() - 1_000) }), /expired/],
    ['is for another host', () => authority.issue({ hosts: ['elsewhere.example'] }), /altnames/],
    ['is of another authority', () => new CertificateAuthority(newFolder()).issue(), /certificate/],
  ])('is not believed where its certificate %s', async (_, issue, why) => {
    const other = await WireServer.start({ certificate: issue(), users: { pledge: { password: 'p' } } });
    const known = server.url.replace(/:\d+\?/, `:${other.wire.port}?`);
    await expect(as(known, (one) => all(one.readStream(stream)))).rejects.toMatchObject({
      code: 14,
      message: expect.stringMatching(why),
    });
    await other.stop();
  });
});
