import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  EventStoreDbEventStore,
  type EventStoreDbStatus,
  type OpenOptions,
} from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { all, event, hear } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { CertificateAuthority } from '../support/certificates.js';
import { Cluster } from '../support/eventstoredb/cluster.js';
import { emptyLog } from '../support/eventstoredb/log.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';

const retryPolicy = { firstWaitMs: 1, longestWaitMs: 20, quietMs: 200, answerMs: 1_000, giveUpMs: 5_000 };
const admins = { $d: '$admins', $mr: '$admins', $mw: '$admins' };

let authority: CertificateAuthority;
let server: WireServer;
let store: EventStoreDbEventStore;
beforeAll(() => {
  authority = new CertificateAuthority(newFolder());
});
afterEach(async () => {
  await store.close();
  await server.stop();
});

const open = (url: string, options: OpenOptions = {}) => EventStoreDbEventStore.open(url, { retryPolicy, ...options });

describe('a store with a user', () => {
  beforeEach(async () => {
    const users = { admin: { password: 'changeit' }, pledge: { password: 's:e@c/r?t' } };
    server = await WireServer.start({ users, certificate: authority.issue() });
    server.setAcl('$all', { $r: ['pledge'] });
    store = await open(server.urlFor('pledge'));
  });

  const user = () => server.rights.users?.get('pledge') ?? { password: '' };

  it('that loses the right to write says which at once, and writes again when it is given back', async () => {
    await store.append('ticket-1', 'noStream', [event()]);
    server.setDefaultAcl({ $userStreamAcl: { $r: 'pledge', $w: '$admins', ...admins } });
    const refused = { code: 'EVENT_STORE_REFUSES', message: expect.stringContaining('the right to write ticket-1') };
    await expect(store.append('ticket-1', 0, [event()])).rejects.toMatchObject(refused);
    await expect(store.probe(true)).rejects.toMatchObject(refused);
    server.setDefaultAcl({ $userStreamAcl: { $r: 'pledge', $w: 'pledge', ...admins } });
    const before = server.log.readStream('ticket-1')?.length;
    await store.probe(true);
    expect(server.log.readStream('ticket-1')).toHaveLength(before ?? 0); // it added nothing
    await store.append('ticket-1', 0, [event()]);
  });

  it('that finds nothing to do looks whether it could write', async () => {
    await store.append('ticket-1', 'noStream', [event()]);
    server.setAcl('ticket-1', { $w: '$admins' });
    await sleep(retryPolicy.quietMs);
    await expect(store.probe(false)).rejects.toMatchObject({ code: 'EVENT_STORE_REFUSES' });
    server.setAcl('ticket-1', { $w: 'pledge' });
    server.faults.hasQuorum = false;
    await expect(store.probe(true)).rejects.toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE' });
  });

  it('whose user is disabled is told of the user, and not of a right', async () => {
    await store.append('ticket-1', 'noStream', [event()]);
    Object.assign(user(), { isDisabled: true });
    await expect(store.append('ticket-1', 0, [event()])).rejects.toMatchObject({
      code: 'EVENT_STORE_REFUSES',
      message: expect.stringContaining('the user is disabled'),
    });
    await expect(open(server.urlFor('pledge'))).rejects.toMatchObject({ code: 'EVENT_STORE_REFUSES' });
  });

  it('that lacks the right to read a stream says which', async () => {
    server.setAcl('secret', { $r: '$admins' });
    await expect(all(store.readStream('secret'))).rejects.toMatchObject({
      code: 'EVENT_STORE_REFUSES',
      message: expect.stringContaining('the right to read secret'),
    });
  });

  it('that is refused while it catches up goes on when it may', async () => {
    const events = Array.from({ length: 50 }, () => event());
    await store.append('s', 'noStream', events);
    server.setAcl('$all', { $r: '$admins' });
    const heard = hear(store, 50);
    while (store.status.error === undefined) await sleep(5);
    expect(store.status.error).toContain('the right to read $all');
    server.setAcl('$all', { $r: 'pledge' });
    expect((await heard).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  it('reads its password again from its file when it is refused', async () => {
    const passwordFile = join(newFolder(), 'password');
    writeFileSync(passwordFile, `${user().password}\n`);
    const url = server.url.replace('esdb://', 'kurrentdb://pledge@');
    const other = await open(url, { files: { passwordFile } });
    await other.append('s', 'noStream', [event()]);
    user().password = 'another';
    await expect(other.append('s', 0, [event()])).rejects.toMatchObject({ code: 'EVENT_STORE_REFUSES' });
    writeFileSync(passwordFile, 'another');
    await other.append('s', 0, [event()]);
    expect(await all(other.readStream('s'))).toHaveLength(2);
    await other.close();
  });

  it('reads its password again where it is only looked what the log has, as while nobody changes anything', async () => {
    const passwordFile = join(newFolder(), 'password');
    writeFileSync(passwordFile, user().password);
    const other = await open(server.url.replace('esdb://', 'kurrentdb://pledge@'), { files: { passwordFile } });
    const { position } = await other.append('s', 'noStream', [event()]);
    user().password = 'another';
    await expect(other.markAt(position)).rejects.toMatchObject({ code: 'EVENT_STORE_REFUSES' });
    writeFileSync(passwordFile, 'another');
    expect(await other.markAt(position)).toBeDefined();
    await other.close();
  });

  it('reads its password again where only those who follow the log are refused', async () => {
    const passwordFile = join(newFolder(), 'password');
    writeFileSync(passwordFile, user().password);
    const other = await open(server.url.replace('esdb://', 'kurrentdb://pledge@'), { files: { passwordFile } });
    await store.append('s', 'noStream', [event()]);
    const heard = hear(other, 2);
    const state = () => other.status.state;
    while (state() !== 'live') await sleep(1);
    user().password = 'another';
    server.endSubscriptions();
    while (!(other.status.error ?? '').includes('the user or the password is wrong')) await sleep(1);
    writeFileSync(passwordFile, 'another');
    while (state() !== 'live') await sleep(1);
    await other.append('s', 0, [event()]);
    expect(await heard).toHaveLength(2);
    await other.close();
  });

  it('reads again who vouches for the server when the connection is made anew', async () => {
    const caFile = join(newFolder(), 'ca.pem');
    const certificate = authority.issue();
    copyFileSync(authority.file, caFile);
    const users = { pledge: { password: 'p' } };
    const first = await WireServer.start({ certificate, users });
    first.setAcl('$all', { $r: 'pledge' });
    const { port } = first.wire;
    const other = await open(`esdb://pledge:p@127.0.0.1:${port}`, { files: { caFile } });
    await first.stop();
    const next = new CertificateAuthority(newFolder(), 'The next');
    const second = await WireServer.start({ log: first.log, certificate: next.issue(), users, port });
    copyFileSync(next.file, caFile);
    await other.append('s', 'noStream', [event()]);
    await other.close();
    await second.stop();
  });
});

describe('a store that is not reached', () => {
  const whyNot = async (url: string): Promise<string> => {
    const stop = new AbortController();
    const whys: string[] = [];
    const waiting = (why: string) => {
      whys.push(why);
      stop.abort();
    };
    const refused: unknown = await open(url, { signal: stop.signal, waiting }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE', message: 'The event store does not answer.' });
    expect((refused as { readonly detail: string }).detail).toBe(whys.at(-1));
    return whys.at(-1) ?? '';
  };
  beforeEach(async () => {
    server = await WireServer.start({ certificate: authority.issue(), users: { pledge: { password: 'p' } } });
    server.setAcl('$all', { $r: 'pledge' });
    store = await open(server.urlFor('pledge'));
  });

  it.each([
    ['expired', () => authority.issue({ until: new Date(Date.now() - 1_000) }), 'CERT_HAS_EXPIRED'],
    ['of another host', () => authority.issue({ hosts: ['a.example'] }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['of nobody who is known', () => new CertificateAuthority(newFolder()).issue(), 'CERT_UNTRUSTED'],
  ])('since its certificate is %s says so of each host', async (_, issue, code) => {
    const other = await WireServer.start({ certificate: issue() });
    const rest = `?tlsCAFile=${authority.file}&maxDiscoverAttempts=1&discoveryInterval=1&gossipTimeout=2`;
    const both = `esdb://127.0.0.1:${other.wire.port},127.0.0.1:1${rest}`;
    expect(await whyNot(`esdb://127.0.0.1:${other.wire.port}${rest}`)).toContain(`${other.wire.port}: ${code}`);
    expect(await whyNot(both)).toMatch(new RegExp(`: ${code},.*127.0.0.1:1: ECONNREFUSED`));
    await other.stop();
  });

  it('since its leader is at an address that leads nowhere from here says so of that as well', async () => {
    const members = () => [{ port: 1, isLeader: true, isAlive: true }];
    const follower = await WireServer.start({ members });
    const why = await whyNot(`esdb+discover://127.0.0.1:${follower.wire.port}?tls=false`);
    expect(why).toContain('127.0.0.1:1: ECONNREFUSED');
    await follower.stop();
  });

  it('and of which no try is over yet when nobody waits any longer says so of each host', async () => {
    server.wire.suspend();
    const hosts = `127.0.0.1:${server.wire.port},127.0.0.1:1`;
    const url = `esdb://pledge:p@${hosts}?tlsCAFile=${authority.file}&gossipTimeout=600`;
    const refused: unknown = await open(url, { signal: AbortSignal.timeout(200) }).catch((error: unknown) => error);
    server.wire.resume();
    expect(refused).toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE' });
    expect(refused).toMatchObject({ detail: expect.stringMatching(/: NO_ANSWER,.*127.0.0.1:1: ECONNREFUSED/) });
  });

  it('since TLS is meant and not spoken, or the other way, says so', async () => {
    const inClear = await WireServer.start();
    expect(await whyNot(`esdb://127.0.0.1:${server.wire.port}?tls=false`)).toContain('TLS_SPOKEN');
    expect(await whyNot(`esdb://127.0.0.1:${inClear.wire.port}`)).toContain('TLS_NOT_SPOKEN');
    const briefly = 'maxDiscoverAttempts=1&discoveryInterval=1&gossipTimeout=2';
    expect(await whyNot(`esdb://127.0.0.1:${server.wire.port},127.0.0.1:1?tls=false&${briefly}`)).toMatch(
      /: TLS_SPOKEN,.*127.0.0.1:1: ECONNREFUSED/,
    );
    expect(await whyNot(`esdb+discover://127.0.0.1:${inClear.wire.port}?${briefly}`)).toContain('TLS_NOT_SPOKEN');
    await inClear.stop();
  });
});

describe('a log', () => {
  beforeEach(async () => {
    server = await WireServer.start({ commitTimeoutMs: 50 });
    store = await open(server.url);
  });

  it('takes what other programs write for theirs, whatever it says', async () => {
    const one = event();
    await store.append('s', 'noStream', [one]);
    const metadata = new TextEncoder().encode(JSON.stringify({ ...one.metadata, eventId: one.id }));
    for (const data of ['no JSON', '{}']) {
      const proposed = { id: crypto.randomUUID(), type: 'Theirs', contentType: 'application/json', metadata };
      server.log.append('theirs', 'any', [{ ...proposed, data: new TextEncoder().encode(data) }]);
    }
    await store.append('s', 0, [event()]);
    expect(await all(store.readAll())).toHaveLength(2);
    expect(await hear(store, 2)).toHaveLength(2);
  });

  it.each([
    ['within an event', 1n, false],
    ['within an event, on a server from 24.2 on', 1n, true],
    ['beyond the end', 1_000_000n, false],
  ])('refuses a cursor %s', async (_, more, saysInvalidPosition) => {
    Object.assign(server.faults, { saysInvalidPosition });
    const { position } = await store.append('s', 'noStream', [event(), event()]);
    const forged = String(BigInt(position) + more).padStart(20, '0');
    const invalid = { code: 'INVALID_CURSOR' };
    await expect(hear(store, 1, { after: forged })).rejects.toMatchObject(invalid);
    await expect(all(store.readAll({ after: forged }))).rejects.toMatchObject(invalid);
    expect(await store.markAt(forged)).toBeUndefined();
    expect(await store.markAt(position)).toBeDefined();
  });

  it('is read on where the server fails to read a part of it, though it says so as of a position within an event', async () => {
    const events = Array.from({ length: 200 }, () => event());
    await store.append('s', 'noStream', events);
    server.faults.appends.push('holdAnswer');
    const appending = store.append('t', 'noStream', [event()]); // the log is read a page at a time beside it
    await server.faults.holding(1);
    const seen: string[] = [];
    for await (const { id } of store.readAll()) {
      seen.push(id);
      if (seen.length === 1) server.faults.failingReads = 1;
    }
    expect(server.faults.failingReads).toBe(0);
    expect(seen.slice(0, 200)).toEqual(events.map(({ id }) => id));
    server.faults.release();
    await appending;
  });

  it('put back to an earlier state has other marks', async () => {
    const older = server.log.copy();
    const { position } = await store.append('s', 'noStream', [event()]);
    const mark = await store.markAt(position);
    await server.stop();
    server.log.putBack(older);
    await server.start();
    expect(await store.markAt(position)).toBeUndefined();
    await store.append('t', 'noStream', [event()]);
    expect(await store.markAt(position)).not.toBe(mark);
    server.log.putBack(emptyLog);
    expect(await store.markAt(position)).toBeUndefined();
  });

  it('of another name is not taken for it after a reconnection: it is neither written, read nor followed', async () => {
    const state = () => store.status.state;
    const stop = new AbortController();
    const listening = all(store.subscribe({ signal: stop.signal }));
    while (state() !== 'live') await sleep(1);
    const right = server.log.copy();
    await server.stop();
    server.log.putBack(emptyLog);
    server.write('~log', 'LogNamed', { logId: 'another' });
    await server.start();
    const other = { code: 'LOG_OLDER', isLasting: true };
    await expect(store.append('s', 'noStream', [event()])).rejects.toMatchObject(other);
    await expect(all(store.readStream('s'))).rejects.toMatchObject(other);
    await expect(store.probe(false)).rejects.toMatchObject(other);
    while (!(store.status.error ?? '').includes('it has another name')) await sleep(1);
    expect(server.log.readStream('s')).toBeUndefined();

    await server.stop();
    server.log.putBack(right);
    await server.start();
    while (state() !== 'live') await sleep(1);
    expect(await store.append('s', 'noStream', [event()])).toMatchObject({ revision: 0 });
    stop.abort();
    await listening;
  });

  it('that has others in place of what was heard of is not followed on after a reconnection', async () => {
    await store.append('s', 'noStream', [event()]);
    const older = server.log.copy();
    const { position } = await store.append('s', 0, [event()]);
    const [lost] = server.log.records.slice(older.records.length);
    const stop = new AbortController();
    const heard: string[] = [];
    const listen = async () => {
      for await (const message of store.subscribe({ signal: stop.signal }))
        if (message.kind === 'event') heard.push(message.event.id);
    };
    const listening = listen();
    while (store.status.position !== position || heard.length < 2) await sleep(1);
    await server.stop();
    server.log.putBack(older);
    if (lost !== undefined) server.log.append('s', 0, [{ ...lost, id: crypto.randomUUID() }]);
    await server.start();
    const direct = await open(server.directUrl);
    await direct.append('t', 'noStream', [event()]);
    while (store.status.error === undefined && heard.length < 3) await sleep(1);
    expect(heard).toHaveLength(2);
    while (!(store.status.error ?? '').includes('it has lost events')) await sleep(1);
    stop.abort();
    await listening;
    await direct.close();
  });

  it('refuses at once what no message can hold, and takes what comes beside it', async () => {
    const large = store.append('large', 'noStream', [event({ text: 'x'.repeat(16_800_000) })]);
    const small = store.append('small', 'noStream', [event()]);
    await expect(large).rejects.toMatchObject({ code: 'APPEND_TOO_LARGE' });
    expect(await small).toMatchObject({ revision: 0 });
  });

  it('refuses at once an event that is larger than the server takes of one', async () => {
    const other = await WireServer.start({ maxAppendEventSize: 1_000 });
    const opened = await open(other.url);
    await expect(opened.append('s', 'noStream', [event({ text: 'x'.repeat(1_000) })])).rejects.toMatchObject({
      code: 'APPEND_TOO_LARGE',
      message: expect.stringContaining('MaxAppendEventSize'),
    });
    expect(opened.status.repeatedAppends).toBe(0);
    expect(await opened.append('s', 'noStream', [event()])).toMatchObject({ revision: 0 });
    await opened.close();
    await other.stop();
  });

  it('names the stream that was deleted for ever, to who reads and to who appends', async () => {
    await store.append('ticket-1', 'noStream', [event()]);
    server.log.tombstone('ticket-1', 'any');
    const deleted = { code: 'STREAM_DELETED', message: expect.stringContaining('ticket-1') };
    await expect(store.append('ticket-1', 0, [event()])).rejects.toMatchObject(deleted);
    await expect(all(store.readStream('ticket-1'))).rejects.toMatchObject(deleted);
    await store.append('ticket-2', 'noStream', [event()]);
    server.log.tombstone('~log', 'any');
    await expect(open(server.url)).rejects.toMatchObject({ ...deleted, message: expect.stringContaining('~log') });
  });

  it('is heard on at once where the server drops who listens before that is live', async () => {
    let goLive: () => void = () => undefined;
    server.faults.goesLive = new Promise((resolve) => (goLive = resolve));
    const added = Array.from({ length: 200 }, () => event());
    const heard = hear(store, 200);
    while (server.openSubscriptions === 0) await sleep(1);
    await store.append('s', 'noStream', added);
    goLive();
    expect((await heard).map(({ id }) => id)).toEqual(added.map(({ id }) => id));
    expect(store.status.reconnects).toBe(0);
  });

  it('says at once that the server takes no such append', async () => {
    server.faults.appends.push('badRequest');
    await expect(store.append('s', 'noStream', [event()])).rejects.toMatchObject({ code: 'APPEND_REFUSED' });
    expect(await all(store.readAll())).toEqual([]);
    expect(store.status.repeatedAppends).toBe(0);
  });

  it('refuses an event without a type', async () => {
    await expect(store.append('s', 'noStream', [event({}, '')])).rejects.toMatchObject({ code: 'EVENT_TYPE_MISSING' });
  });

  it('says at every moment how far it was heard, and how far behind that is', async () => {
    const state = () => store.status.state;
    const stop = new AbortController();
    const listening = all(store.subscribe({ signal: stop.signal }));
    let position = '';
    for (let n = 0; n < 50; n++) ({ position } = await store.append(`s${n}`, 'noStream', [event()]));
    while (store.status.position !== position) await sleep(1);
    expect(store.status).toMatchObject({ state: 'live', lag: 0 });
    await server.stop();
    while (state() !== 'connecting') await sleep(1);
    expect(store.status).toMatchObject({ position, lag: null });
    while (store.status.error === undefined) await sleep(1);
    expect(store.status).toMatchObject({ position, lag: null, error: expect.stringContaining('ECONNREFUSED') });
    await server.start();
    while (state() !== 'live') await sleep(1);
    expect(store.status).toMatchObject({ position, lag: 0 });
    stop.abort();
    await listening;
  });

  it('whose server stands still says that it does not answer, and not that it has ended anything', async () => {
    const stop = new AbortController();
    const listening = all(store.subscribe({ signal: stop.signal }));
    const state = () => store.status.state;
    while (state() !== 'live') await sleep(1);
    server.wire.suspend();
    while (store.status.error === undefined) await sleep(5);
    expect(store.status.error).toMatch(/^no answer in \d+ ms$/);
    server.wire.resume();
    while (state() !== 'live') await sleep(5);
    stop.abort();
    await listening;
  });

  it('never says that it is less behind than it is, when it comes back', async () => {
    const told: EventStoreDbStatus[] = [];
    const other = await open(server.url, { changed: (status) => told.push(status) });
    const stop = new AbortController();
    const listening = all(other.subscribe({ signal: stop.signal }));
    expect(other.status).toMatchObject({ lag: null });
    const { position: first } = await store.append('s', 'noStream', [event()]);
    while (other.status.position !== first) await sleep(1);
    const direct = await open(server.directUrl);
    await server.wire.close();
    while (other.status.state !== 'connecting') await sleep(1);
    let position = '';
    for (let n = 0; n < 30; n++) ({ position } = await direct.append(`t${n}`, 'noStream', [event(), event()]));
    expect(other.status).toMatchObject({ position: first, lag: null });
    told.splice(0);
    await server.wire.open();
    while (other.status.position !== position) await sleep(1);
    const said = told.filter(({ lag }) => lag !== null);
    expect(said.length).toBeGreaterThan(0);
    for (const status of said) expect(BigInt(status.position) + BigInt(status.lag ?? 0)).toBe(BigInt(position));
    stop.abort();
    await listening;
    await Promise.all([direct, other].map((each) => each.close()));
  });

  it('whose server stands still is left for the next that leads', async () => {
    const cluster = await Cluster.start(3);
    const other = await open(cluster.url);
    await other.append('s', 'noStream', [event()]);
    cluster.node(0).wire.suspend();
    cluster.elect(1);
    expect(await other.append('s', 0, [event()])).toMatchObject({ revision: 1 });
    cluster.node(0).wire.resume();
    await other.close();
    await cluster.stop();
  });
});
