import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readConnectionUrl } from '../../src/event-store/eventstoredb/connection-url.js';
import { Credentials } from '../../src/event-store/eventstoredb/credentials.js';
import { inFull } from '../../src/observability/log.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { openStoredLog } from '../../src/app/open-event-store.js';
import { newFolder } from '../support/api.js';
import { CertificateAuthority } from '../support/certificates.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';

/** Whatever is said of a connection string, its password is not among it. */
let said: string[] = [];
beforeEach(() => {
  said = [];
  for (const way of ['warn', 'error', 'log'] as const)
    jest.spyOn(console, way).mockImplementation((...words: unknown[]) => void said.push(words.join(' ')));
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('a connection string', () => {
  it.each(['esdb', 'kurrentdb', 'esdb+discover', 'kurrentdb+discover'])('of %s is read', (scheme) => {
    const url = `${scheme}://me:s%3Ae%40c%2Fret@a:1,b,[::1]:3/?TLS=false&keep_alive_interval=-1&nodePreference=follower`;
    expect(readConnectionUrl(url)).toMatchObject({
      hosts: [
        { address: 'a', port: 1 },
        { address: 'b', port: 2113 },
        { address: '[::1]', port: 3 },
      ],
      ...{ username: 'me', password: 's:e@c/ret', isSecure: false, keepAliveIntervalMs: -1 },
      discovers: scheme.endsWith('discover'),
    });
  });

  it.each([
    ['http://a', /begins with/],
    ['esdb://', /no host/],
    ['esdb://me:secret@', /no host/],
    ['esdb://me:secret@a:port', /no host/],
    ['esdb://me:secret@a:0', /port/],
    ['esdb://me:secret@a:70000', /port/],
    ['esdb://me:se:cret@a', /":"/],
    ['esdb://me:se@cret@a', /"@"/],
    ['esdb://me:se?cret@a', /percent-encoded/],
    ['esdb://me:secret%@a', /"%"/],
    ['esdb://:secret@a', /no user/],
    ['esdb://me:@a', /empty/],
    ['esdb://me:secret@a?tls=perhaps', /tls must be true or false/],
    ['esdb://me:secret@a?tlsVerifyCert=false', /tlsVerifyCert must be true/],
    ['esdb://me:secret@a?whatever=secret', /no option whatever/],
    ['esdb://me:secret@a?sec%72et=1', /no option of such a name/],
    ['esdb://me:secret@a?tls=true&tls=true', /twice/],
    ['esdb://me:secret@a?keepAliveInterval=-5', /keepAliveInterval must be milliseconds/],
    ['esdb://me:secret@a?gossipTimeout=soon', /gossipTimeout must be a whole number/],
    ['esdb://me:secret@a?maxDiscoverAttempts=0', /maxDiscoverAttempts must be a whole number/],
    ['esdb://me:secret@a?throwOnAppendFailure=false', /throwOnAppendFailure must be true/],
    ['esdb://me:secret@a?nodePreference=secret', /nodePreference must be leader/],
    ['esdb://me:secret@a?userCertFile=x', /given together/],
    ['esdb://me:secret@a?streamPrefix=secret', /streamPrefix must be up to/],
    ['esdb://me:secret@a?streamPrefix=-', /streamPrefix must be up to/],
    ['esdb://me:secret@a?streamPrefix=%24all-', /streamPrefix must be up to/],
    ['esdb://me:secret@a?streamPrefix=a-b-', /streamPrefix must be up to/],
    ['esdb://me:secret@a?streamPrefix=~log-', /streamPrefix must be up to/],
    ['esdb://me:secret@a?tlsCAFile=/nowhere/secret', /tlsCAFile.*ENOENT/],
    ['esdb://secret@a', /no password/],
  ])('is refused at once, and nothing secret is said: %s', (url, why) => {
    let refused: unknown;
    try {
      new Credentials(readConnectionUrl(url));
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ code: 'INVALID_EVENT_STORE_URL', message: expect.stringMatching(why) });
    expect([String(refused), ...said].join('\n')).not.toMatch(/secret|se:cret/);
    expect(said).toEqual([]);
  });

  it('whose file of authorities is no certificate, or whose file of a password is empty, is refused', () => {
    const folder = newFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '\n');
    const url = readConnectionUrl(`esdb://me@a?tlsCAFile=${file}`);
    expect(() => new Credentials(url, { passwordFile: file })).toThrow('EVENT_STORE_PASSWORD_FILE is empty');
    writeFileSync(file, 'secret');
    expect(() => new Credentials(url, { passwordFile: file })).toThrow('must contain certificates in PEM');
  });

  it('whose authorities are in another form, or not all certificates, is refused, and several are taken', () => {
    const folder = newFolder();
    const file = join(folder, 'authorities');
    const [one, other] = [1, 2].map(() => readFileSync(new CertificateAuthority(newFolder()).file, 'utf8'));
    const credentials = () => new Credentials(readConnectionUrl('esdb://a'), { caFile: file });
    writeFileSync(file, new X509Certificate(one ?? '').raw);
    expect(credentials).toThrow('must contain certificates in PEM');
    writeFileSync(file, `${one ?? ''}${(other ?? '').replace(/MII/, 'XXX')}`);
    expect(credentials).toThrow('must contain certificates in PEM');
    writeFileSync(file, `The old one:\n${one ?? ''}The new one:\n${other ?? ''}`);
    expect(credentials().authorities()?.toString()).toContain(other);
  });

  it('shows who asks to nobody over a connection in clear', () => {
    expect(new Credentials(readConnectionUrl('esdb://me:secret@a?tls=false')).authorization).toBeUndefined();
    expect(new Credentials(readConnectionUrl('esdb://me:secret@a')).authorization).toMatch(/^Basic /);
  });
});

describe('what is known of a server', () => {
  it.each([
    ['is not there', 'esdb://me:s3cret-word@127.0.0.1:1?maxDiscoverAttempts=1'],
    [
      'has no node that is there',
      'esdb://me:s3cret-word@127.0.0.1:1,127.0.0.1:2?maxDiscoverAttempts=1&discoveryInterval=1',
    ],
    [
      'has a name that nobody knows',
      'esdb+discover://me:s3cret-word@nowhere.invalid?maxDiscoverAttempts=1&discoveryInterval=1',
    ],
    ['does not use TLS', 'esdb://me:s3cret-word@127.0.0.1:PORT'],
  ])('that %s shows nothing of who asks, however deep one looks', async (_, url) => {
    const server = await WireServer.start();
    const at = url.replace('PORT', String(server.wire.port));
    const stop = new AbortController();
    const refused: unknown = await EventStoreDbEventStore.open(at, {
      signal: stop.signal,
      waiting: (why) => {
        said.push(why);
        stop.abort();
      },
    }).catch((error: unknown) => error);
    await server.stop();
    expect(refused).toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE' });
    const all = [...said, inspect(refused, { depth: Infinity, showHidden: true }), inFull(refused)].join('\n');
    expect(said.length).toBeGreaterThan(0);
    expect(all).not.toContain('s3cret-word');
    expect(all).not.toContain(Buffer.from('me:s3cret-word').toString('base64'));
  });

  it('that refuses who asks shows nothing of him', async () => {
    const certificate = new CertificateAuthority(newFolder()).issue();
    const server = await WireServer.start({ users: { me: { password: 'another' } }, certificate });
    const url = server.urlFor('me').replace('another', 's3cret-word');
    const refused: unknown = await EventStoreDbEventStore.open(url).catch((error: unknown) => error);
    await server.stop();
    expect(refused).toMatchObject({ code: 'EVENT_STORE_REFUSES' });
    const all = inspect(refused, { depth: Infinity, showHidden: true }) + inFull(refused);
    expect(all).not.toContain('s3cret-word');
    expect(all).not.toContain(Buffer.from('me:s3cret-word').toString('base64'));
  });
});

describe('the address of a log', () => {
  it('may be in a variable, and is not repeated', async () => {
    process.env['PLEDGE_TEST_LOG'] = 'esdb://me:secret@a?whatever=1';
    await expect(openStoredLog('env:PLEDGE_TEST_LOG', 'read')).rejects.toMatchObject({
      code: 'INVALID_EVENT_STORE_URL',
      message: expect.not.stringContaining('secret'),
    });
    delete process.env['PLEDGE_TEST_LOG'];
    await expect(openStoredLog('env:PLEDGE_TEST_LOG', 'read')).rejects.toMatchObject({ code: 'UNKNOWN_ADDRESS' });
  });
});
