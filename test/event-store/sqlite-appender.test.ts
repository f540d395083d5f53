import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GroupCommit } from '../../src/event-store/sqlite/group-commit.js';
import { openDatabase } from '../../src/event-store/sqlite/open-database.js';
import { OpenFiles } from '../../src/event-store/sqlite/open-files.js';
import { Appender, toText } from '../../src/event-store/sqlite/sqlite-appender.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { type Database } from '../../src/storage/sqlite.js';
import { event } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';

describe('the appender of a SQLite event store', () => {
  let db: Database;
  let appender: Appender;
  beforeEach(() => {
    const file = join(newFolder(), 'events.db');
    db = openDatabase(file, { readonly: false, logId: () => 'log' });
    appender = new Appender(db, new OpenFiles(file));
  });
  afterEach(() => {
    db.close();
  });

  const request = (stream: string, expected: 'noStream' | number, ...events: readonly ReturnType<typeof event>[]) => ({
    ...{ stream, expected, events: events.map(toText) },
  });
  const streams = () => db.prepare('SELECT name, revision FROM streams ORDER BY name').all();

  it('leaves nothing of an append that fails: no stream, no event, and the next has its place', () => {
    const twice = event();
    const [failed, next] = appender.commit([
      request('failed', 'noStream', event(), twice, twice),
      request('next', 'noStream', event()),
    ]);
    expect(failed).toEqual({ kind: 'idReused' });
    expect(next).toMatchObject({ kind: 'appended', revision: 0, position: expect.stringMatching(/^0*1$/) as unknown });
    expect(streams()).toEqual([{ name: 'next', revision: 0 }]);
  });

  it('leaves a stream that was there as it was, where an append to it fails', () => {
    const [first, twice] = [event(), event()];
    appender.commit([request('s', 'noStream', first)]);
    expect(appender.commit([request('s', 0, event(), twice, twice)])).toEqual([{ kind: 'idReused' }]);
    expect(streams()).toEqual([{ name: 's', revision: 0 }]);
    expect(appender.commit([request('s', 0, event())])).toMatchObject([{ kind: 'appended', revision: 1 }]);
  });

  it('takes an append of nothing at the right revision alone', () => {
    appender.commit([request('s', 'noStream', event(), event())]);
    expect(appender.commit([request('s', 1)])).toMatchObject([{ kind: 'appended', revision: 1 }]);
    expect(appender.commit([request('s', 0)])).toEqual([{ kind: 'conflict', actual: 1 }]);
    expect(appender.commit([request('none', 3)])).toEqual([{ kind: 'conflict', actual: 'noStream' }]);
  });
});

describe('appends that are committed together', () => {
  it('all fail where the commit does, and the next are committed afresh', async () => {
    let commits = 0;
    const groups = new GroupCommit(
      (requests) => {
        if (commits++ === 0) throw Object.assign(new Error('the disk is full'), { code: 'SQLITE_FULL' });
        return requests.map(() => ({ kind: 'appended', revision: 0, position: '1' }));
      },
      () => undefined,
    );
    const append = (stream: string) => groups.append({ stream, expected: 'noStream', events: [toText(event())] });
    expect(await Promise.all(['a', 'b'].map(append))).toEqual(
      ['a', 'b'].map(() => ({ kind: 'failed', code: 'SQLITE_FULL', message: 'the disk is full' })),
    );
    expect(await append('c')).toMatchObject({ kind: 'appended' });
  });
});

describe('the end of a log', () => {
  it('is read from the cache for some types as it is for all: what is not asked for is left out', async () => {
    const store = SqliteEventStore.open(join(newFolder(), 'events.db'));
    const stop = new AbortController();
    const hear = async (types: readonly string[] | undefined, heard: string[]) => {
      const options = { signal: stop.signal, ...(types === undefined ? {} : { types }) };
      for await (const message of store.subscribe(options)) {
        if (message.kind === 'event') heard.push(message.event.type);
        if (heard.length === (types === undefined ? 4 : 2)) return;
      }
    };
    const [some, all]: [string[], string[]] = [[], []];
    const hearing = [hear(['Wanted'], some), hear(undefined, all)];
    await new Promise(setImmediate); // both wait at the end
    for (const [i, type] of ['Other', 'Wanted', 'Other', 'Wanted'].entries())
      await store.append('s', i === 0 ? 'noStream' : i - 1, [event({}, type)]);
    await Promise.all(hearing);
    stop.abort();
    await store.close();
    expect([some, all]).toEqual([
      ['Wanted', 'Wanted'],
      ['Other', 'Wanted', 'Other', 'Wanted'],
    ]);
  });
});
