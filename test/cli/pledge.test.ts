import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/storage/sqlite.js';
import { newFolder } from '../support/api.js';
import { pledgeHere } from '../support/command-line.js';
import { pledge, startPledge } from '../support/pledge.js';
import { rowsOf } from '../support/rows.js';

type Rows = readonly Record<string, unknown>[];

const query = (file: string, sql: string): Rows => {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare(sql).all() as Rows;
  } finally {
    db.close();
  }
};

/** What was recorded, by stream; the instants of recording differ from run to run. */
const logOf = (folder: string): Rows =>
  query(
    join(folder, 'data', 'events.db'),
    `SELECT s.name, e.revision, e.type, e.data FROM events e JOIN streams s ON s.id = e.stream
     WHERE s.name LIKE 'ticket%' ORDER BY s.name, e.revision`,
  );

const readModelsOf = (folder: string) => rowsOf(join(folder, 'data', 'read-models.db'));

const line = (ticket: string, event: string, more: object = {}) =>
  JSON.stringify({ event, ticket, occurredAt: '2025-03-03T09:12:00+01:00', actor: { id: 'mia' }, ...more });
const opened = (ticket: string, more: object = {}) =>
  line(ticket, 'TicketOpened', { customer: 'acme', type: 'productBug', channel: 'email', subject: 'Broken', ...more });

let sample: string;
let imported: string;

beforeAll(async () => {
  sample = (
    await pledgeHere(newFolder(), ['sample', '--tickets', '400', '--seed', '7', '--until', '2026-03-02T00:00:00Z'])
  ).stdout;
  imported = newFolder();
  expect(await pledgeHere(imported, ['import', '-'], sample)).toMatchObject({ code: 0 });
});

describe('pledge', () => {
  it.each([[], ['serve'], ['import'], ['sample'], ['history'], ['rebuild']])('%s --help', async (...command) => {
    const { code, stdout } = await pledgeHere(newFolder(), [...command, '--help']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: pledge')]);
  });

  it.each([
    ['an unknown command', ['nonsense'], 2, "unknown command 'nonsense'"],
    ['help for an unknown command', ['help', 'nonsense'], 2, "unknown command 'nonsense'"],
    ['help for a command that is mistyped', ['improt', '--help'], 2, 'Did you mean import?'],
    ['an unknown format', ['import', 'x.csv', '--format', 'nonsense'], 2, 'nonsense'],
    ['a file that is not there', ['import', 'missing.ndjson'], 1, 'LOG_NOT_READABLE'],
    ['the history of nothing', ['history', 'T-1'], 1, 'DATA_NOT_FOUND'],
  ])('refuses %s, and changes nothing', async (_, args, status, said) => {
    const folder = newFolder();
    const { code, stderr } = await pledgeHere(folder, args);
    expect([code, stderr]).toEqual([status, expect.stringContaining(said)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['PLEDGE_PORT', 'abc', 'must be a whole number from 0 to 65535'],
    ['PLEDGE_TIME_ZONE', 'Mars/Base', 'must be an IANA time zone, for example Europe/Berlin'],
  ])('refuses %s=%s by its name, and says what it must be', async (name, value, must) => {
    const folder = newFolder();
    const { code, stderr } = await pledgeHere(folder, ['serve'], '', { [name]: value });
    expect([code, stderr]).toEqual([1, expect.stringContaining(`INVALID_SETTING: ${name}=${value}: ${must}\n`)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a data folder that cannot be written', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    const { code, stderr } = await pledgeHere(folder, ['serve'], '', { PLEDGE_DATA: join(folder, 'file', 'data') });
    expect([code, stderr]).toEqual([1, expect.stringContaining('DATA_NOT_WRITABLE')]);
  });

  it.each([
    ['events.db', 'PRAGMA user_version = 999'],
    ['read-models.db', 'PRAGMA user_version = 999'],
  ])('refuses a %s of a newer version', async (file, sql) => {
    const folder = newFolder();
    await pledgeHere(folder, ['import', '-'], opened('A-1'));
    const db = new Database(join(folder, 'data', file));
    db.exec(sql);
    db.close();
    const before = logOf(folder);
    const { code, stderr } = await pledgeHere(folder, ['import', '-'], opened('A-2'));
    expect([code, stderr]).toEqual([1, expect.stringContaining('DATA_FROM_NEWER_VERSION')]);
    expect(logOf(folder)).toEqual(before);
  });

  it('serves, tells where to go next, keeps others off its folder and ends when asked', async () => {
    const folder = newFolder();
    const server = startPledge(folder, ['serve']);
    await server.serves();
    const url = /http:\S+(?=\/graphql)/.exec(server.printed())?.[0] ?? '';
    expect(server.printed()).toContain('There are no tickets yet.');
    while ((await fetch(`${url}/health`)).status !== 200) await sleep(20);

    const second = await pledgeHere(folder, ['import', '-'], opened('A-1'));
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        `DATA_FOLDER_IN_USE.*process ${server.pid ?? 0} .pledge serve.*Stop it first, or set PLEDGE_DATA`,
      ),
    });
    const port = new URL(url).port;
    const other = await pledge(newFolder(), ['serve'], '', { PLEDGE_PORT: port });
    expect(other).toMatchObject({
      code: 1,
      // Told once, and not by the framework as well.
      stderr: `pledge: ADDRESS_NOT_FREE: Another program uses 127.0.0.1:${port}. Stop it, or set PLEDGE_PORT or PLEDGE_HOST.\n`,
    });

    server.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
    expect(logOf(folder)).toEqual([]);
  });
});

describe('pledge import', () => {
  it('doubles nothing when it is run again', async () => {
    const before = logOf(imported);
    const { code, stdout } = await pledgeHere(imported, ['import', '-'], sample);
    expect([code, stdout]).toEqual([0, expect.stringContaining(' 0 facts recorded (0 events')]);
    expect(logOf(imported)).toEqual(before);
    expect(before.length).toBeGreaterThan(2000);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)('goes on after %s as if nothing had been', async (signal) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'log.ndjson.gz'), gzipSync(sample));
    const recorded = () => {
      try {
        return logOf(folder).length;
      } catch {
        return 0; // not made yet
      }
    };
    let code: number | null;
    do {
      rmSync(join(folder, 'data'), { recursive: true, force: true });
      const first = startPledge(folder, ['import', 'log.ndjson.gz']);
      while (recorded() === 0) await sleep(5);
      first.kill(signal);
      ({ code } = await first.ended);
    } while (recorded() === logOf(imported).length); // it was done before we saw that it had begun
    expect(code).toBe(signal === 'SIGINT' ? 130 : null);

    const second = await pledgeHere(folder, ['import', 'log.ndjson.gz']);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('Continuing the import') });
    expect(logOf(folder).map(({ name, type }) => [name, type])).toEqual(
      logOf(imported).map(({ name, type }) => [name, type]),
    );
  });

  it('writes bad rows to a file with line and reason, and takes the rest', async () => {
    const folder = newFolder();
    const log = [opened('A-1'), '{ nonsense', line('A-9', 'TicketResolved'), line('A-1', 'TicketResolved')].join('\n');
    writeFileSync(join(folder, 'log.ndjson'), log);
    const { code, stdout, stderr } = await pledgeHere(folder, ['import', 'log.ndjson', '--rejects', 'bad.ndjson']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('2 rejected')]);
    expect(stderr).not.toContain('\u001b[');
    const bad = readFileSync(join(folder, 'bad.ndjson'), 'utf8').trim().split('\n');
    expect(bad.map((text) => JSON.parse(text) as object)).toMatchObject([{ line: 2 }, { line: 3 }]);
    for (const text of bad) expect(JSON.parse(text)).toMatchObject({ code: expect.any(String) });
  });

  it.each([
    ['a gzip that is cut off', 'log.ndjson.gz', () => gzipSync(sample).subarray(0, 5000), 'pledge'],
    ['a CSV that is malformed', 'log.csv', () => Buffer.from('a,b\n"x,y\n'), 'italian-helpdesk'],
  ])('refuses %s, and changes nothing', async (_, name, bytes, format) => {
    const folder = newFolder();
    writeFileSync(join(folder, name), bytes());
    const { code, stderr } = await pledgeHere(folder, ['import', name, '--format', format]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/pledge: [A-Z_]+: /)]);
    expect(readdirSync(folder)).toEqual([name]);
  });
});

describe('pledge rebuild', () => {
  it('makes the rows that were there', async () => {
    const before = readModelsOf(imported);
    expect(await pledgeHere(imported, ['rebuild'])).toMatchObject({ code: 0 });
    expect(readModelsOf(imported)).toEqual(before);
    expect(before['clocks']?.length).toBeGreaterThan(300);
  });
});

describe('pledge history', () => {
  it('knows a ticket by its id and by its reference', async () => {
    const [{ id, reference }] = query(
      join(imported, 'data', 'read-models.db'),
      'SELECT id, reference FROM tickets LIMIT 1',
    ) as [Record<string, string>];
    const [byId, byReference] = await Promise.all(
      [id, reference].map((name) => pledgeHere(imported, ['history', name ?? ''])),
    );
    expect(byId).toMatchObject({ code: 0, stdout: expect.stringContaining('TicketOpened') });
    expect(byReference).toEqual(byId);
  });

  it('refuses a ticket that is not there', async () => {
    const { code, stderr } = await pledgeHere(imported, ['history', 'NONE-1']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('TICKET_NOT_FOUND')]);
  });
});
