import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database } from '../../src/storage/sqlite.js';
import { describe, expect, it } from '@jest/globals';
import { openDataFolder } from '../../src/event-store/sqlite/data-folder.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { all, describeEventStore, event } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';

const built = join(process.cwd(), 'dist/event-store/sqlite/sqlite-event-store.js');

const newFile = () => join(newFolder(), 'events.db');

describeEventStore('the SQLite event store', () => {
  const store = SqliteEventStore.open(newFile());
  return { store, close: () => store.close() };
});

describeEventStore('the SQLite event store that writes in a thread of its own', async () => {
  const { SqliteEventStore: Built } = (await import(built)) as { SqliteEventStore: typeof SqliteEventStore };
  const store = Built.open(newFile(), { threaded: true });
  return { store, close: () => store.close() };
});

describe('the SQLite event store that is read for types that are rare', () => {
  it('finds every one of them, and lets others have the event loop meanwhile', async () => {
    const store = SqliteEventStore.open(newFile());
    const types = Array.from({ length: 40_000 }, (_, i) => (i % 9_000 === 8_999 ? 'Rare' : 'Common'));
    const events = types.map((type) => event({}, type));
    for (let i = 0; i < events.length; i += 10_000) {
      await store.append(`s${i}`, 'noStream', events.slice(i, i + 10_000));
    }
    const rare = events.filter(({ type }) => type === 'Rare').map(({ id }) => id);
    expect((await all(store.readAll({ types: ['Rare'] }))).map(({ id }) => id)).toEqual(rare);

    let turns = 0;
    let next: NodeJS.Immediate;
    const count = () => {
      turns += 1;
      next = setImmediate(count);
    };
    next = setImmediate(count);
    const stop = new AbortController();
    const heard: string[] = [];
    for await (const message of store.subscribe({ types: ['Rare'], signal: stop.signal })) {
      if (message.kind === 'event') heard.push(message.event.id);
      else stop.abort();
    }
    clearImmediate(next);
    expect(heard).toEqual(rare);
    expect(turns).toBeGreaterThanOrEqual(4);
    await store.close();
  });
});

describe('the file of a SQLite event store', () => {
  it('keeps its events and its name when it is opened again', async () => {
    const file = newFile();
    const first = SqliteEventStore.open(file);
    await first.append('s', 'noStream', [event()]);
    await first.close();
    const again = SqliteEventStore.open(file);
    expect(await all(again.readStream('s'))).toHaveLength(1);
    expect(again.logId).toBe(first.logId);
    await again.close();
  });

  it('can be read beside its writer', async () => {
    const file = newFile();
    const writer = SqliteEventStore.open(file);
    await writer.append('s', 'noStream', [event()]);
    const reader = SqliteEventStore.open(file, { readonly: true });
    await writer.append('s', 0, [event()]);
    expect(await all(reader.readStream('s'))).toHaveLength(2);
    await reader.close();
    await writer.close();
  });

  it('from a newer version is refused, and left as it is', async () => {
    const file = newFile();
    await SqliteEventStore.open(file).close();
    const db = new Database(file);
    db.pragma('user_version = 99');
    db.close();
    expect(() => SqliteEventStore.open(file)).toThrow(expect.objectContaining({ code: 'DATA_FROM_NEWER_VERSION' }));
    expect(new Database(file, { readonly: true }).pragma('user_version', { simple: true })).toBe(99);
  });

  it('that is none is refused', () => {
    const file = newFile();
    writeFileSync(file, 'no database at all, but some text that is long enough to be looked at');
    expect(() => SqliteEventStore.open(file)).toThrow(expect.objectContaining({ code: 'DATA_NOT_WRITABLE' }));
  });

  it('that is not there is refused for reading', () => {
    expect(() => SqliteEventStore.open(newFile(), { readonly: true })).toThrow(
      expect.objectContaining({ code: 'DATA_NOT_FOUND' }),
    );
  });
});

/** A program that appends as fast as it can and says each event once it is acknowledged. */
const writer = `
import { SqliteEventStore } from ${JSON.stringify(built)};
const store = SqliteEventStore.open(process.argv[2]);
const metadata = { actor: { id: 'w', kind: 'person' }, occurredAt: 0, recordedAt: 0, schemaVersion: 1 };
let n = 0;
const write = async (stream) => {
  for (let revision = -1; ; revision++) {
    const id = stream + '-' + n++;
    await store.append(stream, revision < 0 ? 'noStream' : revision, [{ id, type: 'T', data: {}, metadata }]);
    process.stdout.write(id + '\\n');
  }
};
for (const stream of ['a', 'b', 'c', 'd']) write(stream);
`;

describe('a process killed with SIGKILL', () => {
  it('has lost nothing that it had acknowledged', async () => {
    const folder = newFolder();
    const file = join(folder, 'events.db');
    const program = join(folder, 'writer.mjs');
    writeFileSync(program, writer);
    for (let round = 0; round < 3; round++) {
      const target = `${file}${round}`;
      const child = spawn(process.execPath, [program, target], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      for await (const chunk of child.stdout) {
        said += String(chunk);
        if (said.length > 4_000 && !child.killed) child.kill('SIGKILL');
      }
      const acknowledged = said.split('\n').slice(0, -1);
      const store = SqliteEventStore.open(target);
      const kept = new Set((await all(store.readAll())).map(({ id }) => id));
      await store.close();
      expect(acknowledged.length).toBeGreaterThan(100);
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    }
  });
});

/** Says of each connection that events are written on how it syncs; loaded before a program, and in each of its threads. */
const syncSpy = `
import { writeSync } from 'node:fs';
import { Database } from ${JSON.stringify(join(process.cwd(), 'dist/storage/sqlite.js'))};
const { prepare } = Database.prototype;
Database.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  if (!sql.startsWith('INSERT INTO events')) return statement;
  const run = statement.run.bind(statement);
  statement.run = (...values) => {
    writeSync(1, JSON.stringify(['journal_mode', 'synchronous'].map((name) => this.pragma(name, { simple: true }))));
    return run(...values);
  };
  return statement;
};
`;

/** A program that appends one event. */
const oneAppend = `
import { SqliteEventStore } from ${JSON.stringify(built)};
const store = SqliteEventStore.open(process.argv[2], { threaded: process.argv[3] === 'threaded' });
const metadata = { actor: { id: 'w', kind: 'person' }, occurredAt: 0, recordedAt: 0, schemaVersion: 1 };
await store.append('s', 'noStream', [{ id: 'a', type: 'T', data: {}, metadata }]);
await store.close();
`;

describe('a commit', () => {
  // FULL: SQLite waits until the write-ahead log is on disk, and a power cut loses nothing of it.
  const full = 2;

  it.each(['here', 'threaded'])('is on disk before it is acknowledged: %s', (where) => {
    const folder = newFolder();
    const [spy, program] = [join(folder, 'spy.mjs'), join(folder, 'append.mjs')];
    writeFileSync(spy, syncSpy);
    writeFileSync(program, oneAppend);
    const args = ['--import', spy, program, join(folder, 'events.db'), where];
    expect(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))).toEqual(['wal', full]);
  });
});

/** A program whose files may not grow for a while: what came of its appends then and after. */
const refusedWriter = `
import { execFileSync } from 'node:child_process';
import { SqliteEventStore } from ${JSON.stringify(built)};
const limit = (size) => execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=' + size]);
const metadata = { actor: { id: 'w', kind: 'person' }, occurredAt: 0, recordedAt: 0, schemaVersion: 1 };
const event = (id) => ({ id, type: 'T', data: {}, metadata });
const store = SqliteEventStore.open(process.argv[2]);
const count = async () => { let n = 0; for await (const _ of store.readAll()) n++; return n; };
await store.append('s', 'noStream', [event('a')]);
limit('4096:');
const refused = await Promise.allSettled([store.append('s', 0, [event('b')]), store.append('t', 'noStream', [event('c')])]);
const during = await count();
limit('unlimited:');
await store.append('s', 0, [event('b')]);
console.log(JSON.stringify({ refused: refused.map((r) => r.status), during, after: await count() }));
`;

describe('a write that the disk refuses', () => {
  const mayLimit = existsSync('/usr/bin/prlimit');
  (mayLimit ? it : it.skip)('fails those who wait for it, and the store goes on when the disk does', () => {
    const folder = newFolder();
    const program = join(folder, 'refused.mjs');
    writeFileSync(program, refusedWriter);
    const said = execFileSync(process.execPath, [program, join(folder, 'events.db')], { encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual({ refused: ['rejected', 'rejected'], during: 1, after: 2 });
  });
});

describe('a data folder', () => {
  const holder = { command: 'serve', since: '2026-03-02T09:00:00Z' };

  it('belongs to one at a time, and says to whom', () => {
    const path = newFolder();
    const held = openDataFolder(path, holder);
    expect(() => openDataFolder(path, { ...holder, command: 'import' })).toThrow(
      expect.objectContaining({
        code: 'DATA_FOLDER_IN_USE',
        message: expect.stringContaining(`process ${process.pid} (pledge serve, since 2026-03-02T09:00:00Z)`),
      }),
    );
    held.release();
    openDataFolder(path, holder).release();
  });

  it('is free again when its owner is killed', async () => {
    const path = newFolder();
    const program = join(newFolder(), 'holder.mjs');
    const module = join(process.cwd(), 'dist/event-store/sqlite/data-folder.js');
    writeFileSync(
      program,
      `import { openDataFolder } from ${JSON.stringify(module)};
      openDataFolder(process.argv[2], { command: 'serve', since: 'then' });
      console.log('held'); setInterval(() => {}, 1000);`,
    );
    const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(() => openDataFolder(path, holder)).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_IN_USE' }));
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    openDataFolder(path, holder).release();
  });

  it('that cannot be made is refused', () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    expect(() => openDataFolder(join(file, 'data'), holder)).toThrow(
      expect.objectContaining({ code: 'DATA_NOT_WRITABLE' }),
    );
  });

  it('is made, with the folders above it', () => {
    const path = join(newFolder(), 'a', 'b');
    openDataFolder(path, holder).release();
    expect(existsSync(path)).toBe(true);
  });
});
