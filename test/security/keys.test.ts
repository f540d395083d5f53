import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/storage/sqlite.js';
import { digestOf, idOfKey, isKeyOf, newKey } from '../../src/auth/api-key.js';
import { KeyStore } from '../../src/auth/key-store.js';
import { Api } from '../support/api.js';
import { sourceFiles } from '../support/source-files.js';

describe('an API key', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterAll(() => api.end());

  const code = async (key: string) => (await api.send('{ plans { code } }', {}, key)).errors?.[0]?.extensions?.['code'];

  it('has 256 random bits, and is kept as a digest alone', () => {
    const text = api.newKey('agent');
    expect(Buffer.from(text.slice(-43), 'base64url')).toHaveLength(32);
    const keys = readFileSync(join(api.folder, 'keys.db'));
    const wal = readFileSync(join(api.folder, 'keys.db-wal'));
    expect([keys.includes(text.slice(-43)), wal.includes(text.slice(-43))]).toEqual([false, false]);
    const db = new Database(join(api.folder, 'keys.db'), { readonly: true });
    const digests = db.prepare('SELECT digest FROM keys').pluck().all() as Buffer[];
    db.close();
    expect(digests.some((digest) => digest.equals(digestOf(text)))).toBe(true);
  });

  it('is kept where its owner alone may read', () => {
    api.newKey('agent');
    const modes = ['keys.db', 'development.key'].map((name) =>
      (statSync(join(api.folder, name)).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['600', '600']);
  });

  it.each<readonly [name: string, wrong: (key: string) => string]>([
    ['another end', (key) => `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`],
    ['another id', (key) => key.replace(/_[\da-f]{10}_/, '_0123456789_')],
    ['a letter less', (key) => key.slice(0, -1)],
    ['a letter more', (key) => `${key}A`],
    ['other cases', (key) => key.toUpperCase()],
    ['its digest in its place', (key) => `pledge_${idOfKey(key) ?? ''}_${digestOf(key).toString('base64url')}`],
    ['SQL for an id', (key) => key.replace(/_[\da-f]{10}_/, `_' OR 1=1 --_`)],
  ])('is refused with %s', async (_, wrong) => {
    const key = api.newKey('agent');
    expect(await code(key)).toBeUndefined();
    expect(await code(wrong(key))).toBe('UNAUTHENTICATED');
  });

  it('is refused from its end on', async () => {
    const key = api.newKey('agent', null, api.time.now() + 60_000);
    expect(await code(key)).toBeUndefined();
    api.time.moveTo(api.time.now() + 60_000);
    expect(await code(key)).toBe('KEY_EXPIRED');
  });
});

describe('when a key was last used', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterAll(() => api.end());

  const use = (key: string) => api.data('{ plans { code } }', {}, key);
  const usedAt = (key: string) => {
    const keys = KeyStore.existing(api.folder);
    const at = keys.find(idOfKey(key) ?? '')?.usedAt;
    keys.close();
    return at;
  };

  it('is kept, and after a restart too', async () => {
    const key = api.newKey('agent');
    expect(usedAt(key)).toBeNull();
    await use(key);
    await api.restart('2026-03-02T10:00:00Z');
    expect(usedAt(key)).toBe(Date.parse('2026-03-02T09:00:00Z'));
    await use(key);
    await api.restart('2026-03-02T11:00:00Z');
    expect(usedAt(key)).toBe(Date.parse('2026-03-02T10:00:00Z'));
  });

  it('fails no request where it cannot be written, and is written later', async () => {
    const key = api.newKey('agent');
    const other = new Database(join(api.folder, 'keys.db'));
    other.exec('BEGIN IMMEDIATE'); // somebody else writes, and goes on writing
    await use(key);
    for (let i = 0; i < 5; i++) await turn();
    other.exec('ROLLBACK');
    other.close();
    await use(key);
    await api.restart('2026-03-02T12:00:00Z');
    expect(usedAt(key)).toBe(Date.parse('2026-03-02T11:00:00Z'));
  });

  it('is known of keys from before it was kept, from then on', async () => {
    const key = api.newKey('agent');
    const toVersion1 = () => {
      const db = new Database(join(api.folder, 'keys.db'));
      db.exec('ALTER TABLE keys DROP COLUMN used_at; ALTER TABLE keys DROP COLUMN person; PRAGMA user_version = 1');
      db.close();
    };
    await api.restart('2026-03-02T13:00:00Z', {}, toVersion1);
    expect(usedAt(key)).toBeNull();
    await use(key);
    await api.restart('2026-03-02T14:00:00Z');
    expect(usedAt(key)).toBe(Date.parse('2026-03-02T13:00:00Z'));
  });
});

describe('keys and their digests', () => {
  it('are compared as digests of one length, in one place, in constant time', () => {
    const { text, digest } = newKey();
    expect(isKeyOf(text, digest)).toBe(true);
    for (const other of ['', 'x', text.slice(1), `${text} `, 'x'.repeat(100_000)])
      expect(isKeyOf(other, digest)).toBe(false);
    expect(isKeyOf(text, undefined)).toBe(false);
    expect(isKeyOf('', undefined)).toBe(false);
    const sources = sourceFiles('src').map((file) => ({ file, text: readFileSync(file, 'utf8') }));
    const comparing = sources.filter(({ text: source }) => /timingSafeEqual\(/.test(source)).map(({ file }) => file);
    expect(comparing).toContain('src/auth/api-key.ts');
    const byHand = sources.filter(({ text: source }) =>
      /(digest|secret|signature)\w* ?[!=]==?(?!=| ?(undefined|null|'))/i.test(source),
    );
    expect(byHand.map(({ file }) => file)).toEqual([]);
  });
});
