import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/storage/sqlite.js';
import { KeyStore } from '../../src/auth/key-store.js';
import { openPledgeContext } from '../../src/app/pledge-context.js';
import { Api, newFolder } from '../support/api.js';
import { ledgerAt, open, projectAndClose, settingsOf, type TestContext } from '../support/application-contexts.js';
import { ManualClock } from '../support/manual-clock.js';
import { rowsOf } from '../support/rows.js';

const now = '2026-03-02T09:00:00Z';

/** Overwrites the head of the page that a table begins at, as a disk might that has gone bad. */
function damage(file: string, table: string): void {
  const db = new Database(file, { readonly: true });
  const page = db.prepare('SELECT rootpage FROM sqlite_master WHERE name = ?').pluck().get(table) as number;
  db.close();
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(64, 0xff), 0, 64, (page - 1) * 4096);
  closeSync(handle);
}

/** Opens a folder; answers what was said of it. */
async function opened(folder: string): Promise<{ readonly context: TestContext; readonly said: string }> {
  const said: string[] = [];
  const time = new ManualClock(Date.parse(now));
  const finding = { acceptsOlderLog: false, report: (line: string) => said.push(line) };
  const context = await openPledgeContext(settingsOf(folder), 'test', { time, finding });
  return { context: { ...context, time }, said: said.join('\n') };
}

describe('a file of the data folder that is damaged', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  beforeEach(async () => {
    folder = newFolder();
    const context = await ledgerAt(now, folder);
    await open(context, 'T-1');
    await projectAndClose(context);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    [
      'has a page that is none',
      () => {
        damage(file('leases.db'), 'leases');
      },
    ],
    [
      'is no database',
      () => {
        writeFileSync(file('leases.db'), 'no database at all, whatever it is');
      },
    ],
    [
      'is half there',
      () => {
        writeFileSync(file('leases.db'), readFileSync(file('leases.db')).subarray(0, 5_000));
      },
    ],
  ])('is made anew where it is that of leases, which %s', async (_, harm) => {
    harm();
    const { context, said } = await opened(folder);
    expect(said).toMatch(/leases\.db is damaged and was replaced/);
    await open(context, 'T-2');
    await context.close();
  });

  it.each(['log', 'projections'])('is built anew where it is that of read models: in %s', async (table) => {
    const expected = rowsOf(file('read-models.db'));
    damage(file('read-models.db'), table);
    const { context, said } = await opened(folder);
    expect(said).toMatch(/read models are being rebuilt: they are damaged/);
    await projectAndClose(context);
    expect(rowsOf(file('read-models.db'))).toEqual(expected);
  });

  it('is left alone where it is no database in place of read models, and a rebuild is advised', async () => {
    writeFileSync(file('read-models.db'), 'something else altogether');
    const refused = { code: 'DATA_NOT_WRITABLE', message: expect.stringContaining('pledge rebuild') as unknown };
    await expect(opened(folder)).rejects.toMatchObject(refused);
    expect(readFileSync(file('read-models.db'), 'utf8')).toBe('something else altogether');
  });

  it('is told by a code where a query meets it, shows in the health, and is built anew at the next start', async () => {
    const expected = rowsOf(file('read-models.db'));
    damage(file('read-models.db'), 'tickets');
    const api = await Api.start(now, folder);
    const { errors } = await api.send('{ tickets(first: 10) { edges { node { id } } } }');
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['DATA_DAMAGED']);
    const health = await fetch(`${api.url}/health`, { headers: api.identified });
    expect([health.status, await health.json()]).toEqual([503, expect.objectContaining({ status: 'failed' })]);
    await api.close();
    const { context, said } = await opened(folder);
    expect(said).toMatch(/read models are being rebuilt: they were found damaged/);
    await projectAndClose(context);
    expect(rowsOf(file('read-models.db'))).toEqual(expected);
  });

  it.each(['events', 'streams', 'meta'])('is refused by a code where it is the log: in %s', async (table) => {
    damage(file('events.db'), table);
    await expect(opened(folder)).rejects.toMatchObject({
      code: expect.stringMatching(/^DATA_(DAMAGED|NOT_WRITABLE)$/),
    });
  });

  it.each(['origin', 'deliveries'])('is refused by a code where it is that of webhooks: in %s', async (table) => {
    damage(file('webhooks.db'), table);
    const how = await opened(folder).catch((error: unknown) => error);
    if (table === 'origin') expect(how).toMatchObject({ code: 'DATA_DAMAGED' });
    else await (how as { readonly context: TestContext }).context.close(); // found when it is read
  });

  it('is refused by a code where it is that of keys', () => {
    const keys = KeyStore.open(folder);
    keys.create({ name: 'bridge', role: 'ingest', customers: null, expiresAt: null }, 0);
    keys.close();
    damage(file('keys.db'), 'keys');
    const again = KeyStore.open(folder);
    expect(() => again.list()).toThrow(expect.objectContaining({ code: 'DATA_DAMAGED' }));
    again.close();
    writeFileSync(file('keys.db'), 'no database at all, whatever it is, and long enough');
    expect(() => KeyStore.open(folder)).toThrow(expect.objectContaining({ code: 'DATA_NOT_WRITABLE' }));
    expect(existsSync(file('keys.db'))).toBe(true);
  });
});
