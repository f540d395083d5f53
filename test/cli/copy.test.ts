import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/storage/sqlite.js';
import { newFolder } from '../support/api.js';
import { pledgeHere } from '../support/command-line.js';
import { startPledge } from '../support/pledge.js';

/** The command as people run it. */
describe('pledge copy', () => {
  let folder: string;
  beforeAll(async () => {
    folder = newFolder();
    const { stdout } = await pledgeHere(folder, ['sample', '--tickets', '600']);
    expect(await pledgeHere(folder, ['import', '-'], stdout)).toMatchObject({ code: 0 });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const eventsIn = (data: string) => {
    const db = new Database(join(folder, data, 'events.db'), { readonly: true });
    try {
      return db.prepare('SELECT count(*) FROM events').pluck().get() as number;
    } finally {
      db.close();
    }
  };
  const copy = (...args: readonly string[]) => pledgeHere(folder, ['copy', ...args]);

  it('copies a log, says that the two are the same, and does nothing when it is run again', async () => {
    const events = eventsIn('data');
    const first = await copy('--from', 'data', '--to', 'sqlite:copy');
    expect(first).toMatchObject({ code: 0, stderr: expect.not.stringContaining('pledge:') }); // how far it is may be there
    expect(first.stdout).toMatch(new RegExp(`^Copied ${events} events in [\\d.]+ s; 0 were copied before\\.$`, 'm'));
    expect(first.stdout).toContain(`Compared: ${events} events in `);
    const again = await copy('--from', 'data', '--to', 'sqlite:copy');
    expect(again.stdout).toMatch(new RegExp(`^Copied 0 events in [\\d.]+ s; ${events} were copied before\\.$`, 'm'));
    expect(eventsIn('copy')).toBe(events);
  });

  it('is a log to go on with: it has the same history', async () => {
    await copy('--from', 'data', '--to', 'copy');
    const env = { PLEDGE_DATA: join(folder, 'copy') };
    expect(await pledgeHere(folder, ['rebuild'], '', env)).toMatchObject({ code: 0 });
    const [there, here] = [
      await pledgeHere(folder, ['history', 'T-000001', '--json']),
      await pledgeHere(folder, ['history', 'T-000001', '--json'], '', env),
    ];
    expect(here.stdout).toContain('TicketOpened');
    expect(here.stdout).toBe(there.stdout);
  });

  it('that is killed in the middle goes on when it is run again', async () => {
    const events = eventsIn('data');
    const sofar = () => {
      try {
        return eventsIn('killed');
      } catch {
        return 0; // not made yet
      }
    };
    do {
      rmSync(join(folder, 'killed'), { recursive: true, force: true });
      const running = startPledge(folder, ['copy', '--from', 'data', '--to', 'killed']);
      while (sofar() === 0) await sleep(5);
      running.kill('SIGKILL');
      await running.ended;
    } while (sofar() === events); // it was done before we saw that it had begun
    expect(await copy('--from', 'data', '--to', 'killed')).toMatchObject({ code: 0 });
    expect(eventsIn('killed')).toBe(events);
  });

  it.each([
    ['a log that is not there', ['--from', 'nowhere', '--to', 'copy'], 'DATA_NOT_FOUND'],
    ['itself', ['--from', 'data', '--to', 'sqlite:data'], 'COPY_ONTO_ITSELF'],
    ['an address of no store', ['--from', 'data', '--to', 'ftp://x'], 'UNKNOWN_ADDRESS'],
    ['an empty address', ['--from', 'sqlite:', '--to', 'copy'], 'UNKNOWN_ADDRESS'],
  ])('refuses %s with a code', async (_, args, code) => {
    expect(await copy(...args)).toMatchObject({ code: 1, stderr: expect.stringMatching(`^pledge: ${code}: `) });
  });

  it('refuses a folder with other content, which stays as it was', async () => {
    const line = '{"kind":"ticket","id":"X-1"}\n';
    mkdirSync(join(folder, 'other'));
    await pledgeHere(folder, ['import', '-'], line, { PLEDGE_DATA: join(folder, 'other') });
    const before = eventsIn('other');
    expect(await copy('--from', 'data', '--to', 'other')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching('^pledge: COPY_TARGET_DIFFERS: '),
    });
    expect(eventsIn('other')).toBe(before);
  });

  it('asks for both ends', async () => {
    expect(await copy('--from', 'data')).toMatchObject({ code: 2 });
  });
});
