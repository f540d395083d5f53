import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openDataFolder } from '../../src/event-store/sqlite/data-folder.js';
import { newFolder } from '../support/api.js';
import { ledgerAt, open } from '../support/application-contexts.js';

const now = '2026-03-02T09:00:00Z';
const holder = { command: 'serve', since: now };

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
const modesIn = (folder: string) => readdirSync(folder).map((name) => `${name} ${modeOf(join(folder, name))}`);
const isOpen = (line: string) => !line.endsWith(' 600');

describe('the files of a data folder', () => {
  it("are their owner's alone, those beside them and older ones too", async () => {
    const folder = join(newFolder(), 'data');
    const context = await ledgerAt(now, folder);
    await open(context, 'T-1');
    const made = modesIn(folder);
    expect([modeOf(folder), made.filter(isOpen)]).toEqual(['700', []]);
    expect(made.map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining(['events.db', 'events.db-wal', 'events.db-shm', 'read-models.db-wal', 'log.last']),
    );
    await context.close();

    chmodSync(folder, 0o755);
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
    const again = await ledgerAt(now, folder);
    expect([modeOf(folder), modesIn(folder).filter(isOpen)]).toEqual(['700', []]);
    await again.close();
  });

  it('are closed to others, but not a folder that holds more than them', async () => {
    const folder = join(newFolder(), 'home');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'letter.txt'), 'to whom it may concern', { mode: 0o644 });
    const context = await ledgerAt(now, folder);
    expect(modeOf(folder)).toBe('755');
    expect(modesIn(folder).filter(isOpen)).toEqual(['letter.txt 644']);
    await context.close();
  });
});

describe('a log that is in two folders', () => {
  const refused: unknown = expect.objectContaining({ code: 'DATA_FOLDER_IN_USE' });

  it.each(['events.db', 'read-models.db', 'webhooks.db', 'leases.db'])(
    'by a link is in use by whoever uses the file: %s',
    (name) => {
      const [real, one, other] = [newFolder(), newFolder(), newFolder()];
      for (const folder of [one, other]) symlinkSync(join(real, name), join(folder, name));
      const held = openDataFolder(one, holder);
      expect(() => openDataFolder(other, holder)).toThrow(refused);
      expect(() => openDataFolder(real, holder)).toThrow(refused);
      held.release();
      openDataFolder(other, holder).release();
    },
  );

  it('by a link to the folder is in use, too', () => {
    const [real, link] = [newFolder(), join(newFolder(), 'link')];
    symlinkSync(real, link);
    const held = openDataFolder(real, holder);
    expect(() => openDataFolder(link, holder)).toThrow(refused);
    held.release();
  });

  it('by a second name is refused', () => {
    const [one, other] = [newFolder(), newFolder()];
    writeFileSync(join(one, 'events.db'), '');
    linkSync(join(one, 'events.db'), join(other, 'events.db'));
    expect(() => openDataFolder(other, holder)).toThrow(refused);
    expect(existsSync(join(other, 'lock.json'))).toBe(false);
  });
});
