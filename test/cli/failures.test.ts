import { cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Database } from '../../src/storage/sqlite.js';
import { InvalidCalendar } from '../../src/business-time/calendar.js';
import { fail } from '../../src/cli/fail.js';
import { whoIsHere } from '../../src/cli/plans-command.js';
import { Rejects } from '../../src/cli/rejects.js';
import { KeyStore } from '../../src/auth/key-store.js';
import { newFolder } from '../support/api.js';
import { runHere } from '../support/command-line.js';
import { hostile, linesThatLie } from '../support/hostile-text.js';
import { program } from '../support/pledge.js';

const opened = (ticket: string, more: object = {}) =>
  JSON.stringify({
    ...{ event: 'TicketOpened', ticket, occurredAt: '2026-02-26T10:00:00Z', actor: { id: 'mia' } },
    ...{ customer: 'acme', type: 'productBug', channel: 'email', subject: 'It broke', ...more },
  });

/** What a command says that fails: one line, a code first. */
const inOneLine = /^pledge: [A-Z][A-Z_]+: [^\n]{10,}\n$/;

describe('a failure', () => {
  afterEach(() => {
    process.exitCode = undefined;
  });

  function told(error: unknown): string {
    let said = '';
    const spy = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
    fail(error);
    spy.mockRestore();
    expect(process.exitCode).toBe(1);
    return said;
  }

  it.each([
    ['a fault of ours', new TypeError(`x is not a function ${hostile}`)],
    ['what is no error', 'a string'],
    ['nothing', undefined],
    ['an object', { not: 'an error' }],
    ['an error of a megabyte', new Error('x'.repeat(1_000_000))],
  ])('that nobody foresaw is told in a line, and its stack is in a file: %s', (_, error) => {
    const said = told(error);
    expect(said).toMatch(/^pledge: UNEXPECTED: /);
    expect([said.length < 2_500, linesThatLie(said), said.split('\n').length]).toEqual([true, [], 2]);
    const file = / is in (\S+\.log)\n$/.exec(said)?.[1] ?? '';
    expect(readFileSync(file, 'utf8')).toContain(error instanceof TypeError ? 'failures.test' : '');
    rmSync(file);
  });

  it.each([
    ['EMFILE', 'DATA_NOT_WRITABLE'],
    ['ENOENT', 'SYSTEM_ERROR'],
    ['ECONNRESET', 'SYSTEM_ERROR'],
    ['SQLITE_CONSTRAINT', 'SYSTEM_ERROR'],
    ['SQLITE_CORRUPT_INDEX', 'DATA_DAMAGED'],
  ])('of the system has a code: %s', (code, ours) => {
    expect(told(Object.assign(new Error(`${code}: it failed`), { code }))).toMatch(`pledge: ${ours}: `);
  });

  it('of a calendar names its field', () => {
    expect(told(new InvalidCalendar('NO_OPENING', 'weekly.mon', 'It never opens.'))).toMatch(inOneLine);
  });
});

describe('a data folder with a folder, nonsense or another database in place of a file', () => {
  const sound = newFolder();
  const log = join(sound, 'log.ndjson');
  beforeAll(async () => {
    writeFileSync(log, opened('A-1'));
    expect((await runHere(['import', log], { PLEDGE_DATA: join(sound, 'data') })).code).toBe(0);
    KeyStore.open(join(sound, 'data')).close();
  });

  const asFolder = (file: string) => {
    mkdirSync(file);
  };
  const asNonsense = (file: string) => {
    writeFileSync(file, 'x'.repeat(10_000));
  };
  const asOther = (file: string) => {
    const db = new Database(file);
    for (const table of [
      'keys',
      'events',
      'meta',
      'streams',
      'tickets',
      'checkpoints',
      'deliveries',
      'leases',
      'stuck',
    ])
      db.exec(`CREATE TABLE ${table} (other TEXT)`);
    db.close();
  };
  const kinds = { asFolder, asNonsense, asOther };
  const commands = [
    ['import', log],
    ['history', 'A-1'],
    ['due', '--plan', 'pro', '--from', '2026-03-02T09:00:00Z'],
    ['plans', 'export'],
    ['keys', 'list'],
    ['keys', 'create', 'x', '--role', 'agent'],
    ['rebuild'],
  ];
  const files = [
    'events.db',
    'read-models.db',
    'webhooks.db',
    'webhooks.key',
    'leases.db',
    'keys.db',
    'lock.db',
    'lock.json',
  ];

  it.each(files.flatMap((file) => Object.entries(kinds).map(([kind, make]) => [file, kind, make] as const)))(
    'is refused in a line, or does no harm: %s %s',
    async (file, _, make) => {
      for (const args of commands) {
        const folder = newFolder();
        const data = join(folder, 'data');
        cpSync(join(sound, 'data'), data, { recursive: true });
        for (const one of ['', '-wal', '-shm']) rmSync(join(data, `${file}${one}`), { force: true });
        make(join(data, file));
        const { code, stderr } = await runHere(args, { PLEDGE_DATA: data });
        expect([args, stderr]).toEqual([args, expect.not.stringContaining('UNEXPECTED')]);
        if (code !== 0) expect([args, stderr]).toEqual([args, expect.stringMatching(inOneLine)]);
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe('rejected rows', () => {
  const folder = newFolder();
  const log = join(folder, 'log.ndjson');
  const data = join(folder, 'data');
  beforeAll(() => {
    writeFileSync(log, [opened('A-1'), 'nonsense', opened('A-2')].join('\n'));
    mkdirSync(join(folder, 'folder'));
  });

  it.each(['folder', 'none/bad.ndjson', 'log.ndjson/bad.ndjson'])(
    'that have nowhere to go are told of before anything is done: %s',
    async (rejects) => {
      const { code, stderr } = await runHere(['import', log, '--rejects', join(folder, rejects)], {
        PLEDGE_DATA: data,
      });
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^pledge: REJECTS_NOT_WRITABLE: /)]);
      expect(existsSync(join(data, 'events.db'))).toBe(false);
    },
  );

  it('that cannot be written in the middle stop the import in order, and the next run goes on', async () => {
    const stopped = await runHere(['import', log, '--rejects', '/dev/full'], { PLEDGE_DATA: data });
    expect([stopped.code, stopped.stderr]).toEqual([1, expect.stringMatching(/^pledge: REJECTS_NOT_WRITABLE: /m)]);
    expect(stopped.stderr).not.toContain('    at ');
    const { code, stdout } = await runHere(['import', log, '--rejects', join(folder, 'bad.ndjson')], {
      PLEDGE_DATA: data,
    });
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 rejected')]);
    expect(JSON.parse(readFileSync(join(folder, 'bad.ndjson'), 'utf8'))).toMatchObject({
      line: 2,
      code: 'LINE_NOT_JSON',
    });
  });

  it("are their owner's alone to read, for they say what tickets say", () => {
    const file = join(folder, 'private.ndjson');
    const rejects = new Rejects(file, () => undefined);
    rejects.write({ line: 1, code: 'X', message: 'x', raw: 'It broke' });
    rejects.end();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('are not kept in memory', () => {
    const file = join(folder, 'many.ndjson');
    let failures = 0;
    const rejects = new Rejects(file, () => failures++);
    const row = { line: 1, code: 'X', message: 'x'.repeat(1_000), raw: '' };
    let most = 0;
    for (let line = 0; line < 1_000; line++) {
      rejects.write({ ...row, line });
      most = Math.max(most, (rejects as unknown as { text: string }).text.length);
    }
    rejects.end();
    expect([failures, rejects.fault, most < 70_000]).toEqual([0, undefined, true]);
    expect(readFileSync(file, 'utf8').trim().split('\n').length).toBe(1_000);
  });
});

it('knows whose process it is where the system has no name for its user', () => {
  const nobody = () => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  };
  expect(whoIsHere(nobody)).toMatch(/^user \d+$/);
});

describe('what is printed', () => {
  const folder = newFolder();
  const start = (args: readonly string[], stdout: number | 'pipe') =>
    spawn(process.execPath, [program, ...args], {
      cwd: folder,
      env: { ...process.env, PLEDGE_DATA: join(folder, 'data') },
      stdio: ['ignore', stdout, 'pipe'],
    });
  const ended = (child: ReturnType<typeof start>) =>
    new Promise<{ code: number | null; stderr: string }>((resolve) => {
      let stderr = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.once('close', (code) => {
        resolve({ code, stderr });
      });
    });

  it('onto a full disk is a failure', async () => {
    const { code, stderr } = await ended(start(['sample'], openSync('/dev/full', 'w')));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^pledge: OUTPUT_NOT_WRITABLE: /)]);
    expect(stderr).toMatch(inOneLine);
  });

  it('to somebody who leaves ends a command that does nothing else', async () => {
    const child = start(['sample', '--tickets', '5000'], 'pipe');
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await ended(child)).toEqual({ code: 0, stderr: '' });
  });

  it('of a key that nobody gets to see has it revoked', async () => {
    const { code, stderr } = await ended(start(['keys', 'create', 'x', '--role', 'agent'], openSync('/dev/full', 'w')));
    expect([code, stderr]).toEqual([1, expect.stringContaining('could not be shown, so it was revoked')]);
    const keys = KeyStore.open(join(folder, 'data'));
    expect(keys.list().map(({ revokedAt }) => revokedAt)).toEqual([expect.any(Number)]);
    keys.close();
  });

  it('does not keep an import from its work where nobody reads it', async () => {
    writeFileSync(join(folder, 'log.ndjson'), opened('A-1'));
    const child = start(['import', 'log.ndjson'], 'pipe');
    child.stdout?.destroy();
    expect(await ended(child)).toMatchObject({ code: 0 });
    expect((await runHere(['history', 'A-1'], { PLEDGE_DATA: join(folder, 'data') })).stdout).toContain('TicketOpened');
  });
});
