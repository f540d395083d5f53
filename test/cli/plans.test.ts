import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/storage/sqlite.js';
import { parse } from 'yaml';
import { newFolder } from '../support/api.js';
import { pledgeHere } from '../support/command-line.js';
import { type Ended, pledge } from '../support/pledge.js';

const example = fileURLToPath(new URL('../../examples/plans/plans.yaml', import.meta.url));
const program = fileURLToPath(new URL('../../dist/bin/pledge.js', import.meta.url));

/** How many events the log has. */
function eventsIn(folder: string): unknown {
  const db = new Database(join(folder, 'data', 'events.db'), { readonly: true });
  try {
    return db.prepare('SELECT count(*) FROM events').pluck().get();
  } finally {
    db.close();
  }
}

describe('pledge plans', () => {
  let folder: string;
  let applied: Ended;

  // In a process of its own, as its example: holidays are made in a thread, which needs what is built.
  beforeAll(async () => {
    folder = newFolder();
    copyFileSync(example, join(folder, 'plans.yaml'));
    applied = await pledge(folder, ['plans', 'apply', 'plans.yaml', '--yes', '--actor', 'mia']);
  });

  it('shows what would change, and does it', () => {
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    expect(applied.stdout).toContain('+ plan gold: new, from the beginning of time\n');
    expect(applied.stdout).toContain('firstResponse in 30 minutes for urgent');
    expect(applied.stdout).toMatch(/\n9 changes recorded\.\n$/);
  });

  it('changes nothing when it is run again, nor when what it writes is applied', async () => {
    const same = { code: 0, stdout: 'Nothing to change: the catalogue already matches the file.\n' };
    expect(await pledge(folder, ['plans', 'apply', 'plans.yaml'])).toMatchObject(same);
    const { stdout: yaml } = await pledgeHere(folder, ['plans', 'export']);
    expect(await pledge(folder, ['plans', 'apply', '-'], yaml)).toMatchObject(same);
    const { stdout: json } = await pledgeHere(folder, ['plans', 'export', '--json']);
    expect(JSON.parse(json)).toEqual(parse(yaml));
    const other = newFolder();
    expect(await pledge(other, ['plans', 'apply', '-', '--yes'], json)).toMatchObject({ code: 0 });
    expect((await pledgeHere(other, ['plans', 'export'])).stdout).toBe(yaml);
  });

  it('reads holidays from a file beside it, and names the one that it cannot read', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'config'));
    const day = ['BEGIN:VEVENT', 'UID:1', 'DTSTART;VALUE=DATE:20270517', 'SUMMARY:Whit Monday', 'END:VEVENT'];
    writeFileSync(
      join(folder, 'config', 'holidays.ics'),
      ['BEGIN:VCALENDAR', ...day, 'END:VCALENDAR', ''].join('\r\n'),
    );
    const plans = (source: string) => `calendars:
  - code: oslo
    name: Oslo
    definition: { timeZone: Europe/Oslo, weekly: { mon: [["09:00", "17:00"]] }, holidaysFrom: [{ ${source} }] }\n`;
    writeFileSync(join(folder, 'config', 'plans.yaml'), plans('path: holidays.ics, summary: "whit*"'));
    const { code, stderr } = await pledge(folder, ['plans', 'apply', 'config/plans.yaml', '--yes']);
    expect([code, stderr]).toEqual([0, '']);
    expect((await pledgeHere(folder, ['plans', 'export'])).stdout).toContain('Whit Monday');

    writeFileSync(join(folder, 'config', 'plans.yaml'), plans('path: missing.ics'));
    const missing = await pledgeHere(folder, ['plans', 'apply', 'config/plans.yaml', '--yes']);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('missing.ics')]);
    writeFileSync(join(folder, 'config', 'plans.yaml'), plans('path: holidays.ics, country: DE'));
    expect((await pledgeHere(folder, ['plans', 'apply', 'config/plans.yaml', '--yes'])).stderr).toContain(
      'calendars[0].definition.holidaysFrom[0].path must be a file, in place of icalendar or country.',
    );
  });

  it('records nothing without a terminal to ask on', async () => {
    const before = eventsIn(folder);
    const more = 'customers: [{ id: new, plan: gold }]';
    const { code, stdout, stderr } = await pledgeHere(folder, ['plans', 'apply', '-'], more);
    expect([code, stdout, stderr]).toEqual([
      1,
      '+ customer new: new, from the beginning of time\n    plan: gold\n',
      expect.stringContaining('pledge: CONFIRMATION_NEEDED: '),
    ]);
    expect(eventsIn(folder)).toBe(before);
  });

  const terminal = ['/usr/bin/script', '/bin/script'].find(existsSync);
  (terminal === undefined ? it.skip : it).each([
    ['', 1, 'Nothing was changed.'],
    ['y', 0, '1 change recorded.'],
  ])(`asks on a terminal (skipped without "script"): %j`, (answer, status, said) => {
    writeFileSync(join(folder, 'more.yaml'), 'customers: [{ id: asked, plan: gold }]');
    const command = `${process.execPath} ${program} plans apply more.yaml; echo status $?`;
    const env = { ...process.env, PLEDGE_DATA: join(folder, 'data') };
    const printed = execFileSync(terminal ?? '', ['-qec', command, '/dev/null'], {
      ...{ cwd: folder, env, input: `${answer}\n`, encoding: 'utf8' },
    });
    expect(printed).toContain('Apply these changes? [y/N]');
    expect(printed).toContain(said);
    expect(printed).toContain(`status ${status}`);
  });

  it.each([
    ['no YAML', 'plans: [', 'MALFORMED_FILE: '],
    ['a target of words', 'plans: [{ code: x, name: X, targets: [soon] }]', 'INVALID_FIELD: plans[0].targets[0] '],
  ])('refuses %s with a code and the path, before anything is made', async (_, text, said) => {
    const empty = newFolder();
    const { code, stderr } = await pledgeHere(empty, ['plans', 'apply', '-', '--yes'], text);
    expect([code, stderr, readdirSync(empty)]).toEqual([1, expect.stringContaining(`pledge: ${said}`), []]);
  });

  it('refuses an unknown calendar with the path, and records nothing of the file', async () => {
    const before = eventsIn(folder);
    const text = 'plans: [{ code: a, name: A, targets: [] }, { code: b, name: B, calendar: mars, targets: [] }]';
    const { code, stderr } = await pledgeHere(folder, ['plans', 'apply', '-', '--yes'], text);
    expect([code, stderr]).toEqual([1, expect.stringContaining('pledge: CALENDAR_NOT_FOUND: plans[1].calendar')]);
    expect(eventsIn(folder)).toBe(before);
  });

  it('refuses a file that is not there, one that is no text, and to write out what is not there', async () => {
    const empty = newFolder();
    writeFileSync(join(empty, 'latin'), Buffer.from('name: caf\xe9', 'latin1'));
    const codeOf = async (...args: string[]) => /pledge: ([A-Z_]+)/.exec((await pledgeHere(empty, args)).stderr)?.[1];
    expect(await codeOf('plans', 'apply', 'none.yaml')).toBe('FILE_NOT_READABLE');
    expect(await codeOf('plans', 'apply', 'latin')).toBe('MALFORMED_FILE');
    expect(await codeOf('plans', 'export')).toBe('DATA_NOT_FOUND');
  });

  it('is documented with every field that the example has', () => {
    const docs = readFileSync(fileURLToPath(new URL('../../docs/plans.md', import.meta.url)), 'utf8');
    const fields = [...readFileSync(example, 'utf8').matchAll(/^\s*(?:- )?(?:\{ )?(\w+):/gm)].map(([, field]) => field);
    expect(fields.length).toBeGreaterThan(40);
    expect(fields.filter((field) => !docs.includes(`\`${field ?? ''}\``))).toEqual([]);
  });
});
