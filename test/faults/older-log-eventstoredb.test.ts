import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openPledgeContext } from '../../src/app/pledge-context.js';
import { newFolder } from '../support/api.js';
import { emptyLog, type LogRecord } from '../support/eventstoredb/log.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';
import { open, settingsOf } from '../support/application-contexts.js';

let server: WireServer;
let folder: string;
beforeEach(async () => {
  server = await WireServer.start();
  folder = newFolder();
});
afterEach(() => server.stop());

const openHere = () => openPledgeContext(settingsOf(folder, { EVENT_STORE_URL: server.url }), 'test');

/** Writes to the log in place of what it has lost. */
function write(records: readonly LogRecord[], more: string): void {
  for (const { stream, type, contentType, data, metadata } of records) {
    const event = { id: crypto.randomUUID(), type, contentType, metadata };
    server.log.append(`${stream}${more}`, 'any', [{ ...event, data }]);
  }
}

/** What the log had and has not lost. */
let before: readonly LogRecord[] = [];

describe('a log on EventStoreDB that goes back under living clients', () => {
  it.each<[string, (lost: readonly LogRecord[]) => void]>([
    ['is shorter than it was', () => undefined],
    [
      'has other records where the lost ones stood',
      (lost) => {
        write(lost, '');
      },
    ],
    [
      'has records of other sizes there',
      (lost) => {
        write(lost, '-more');
      },
    ],
    [
      'is another, with a name of its own',
      (lost) => {
        server.log.putBack(emptyLog);
        server.write('~log', 'LogNamed', { logId: 'fedcba987654' });
        write([...before, ...lost], '');
      },
    ],
    [
      'is empty',
      () => {
        server.log.putBack(emptyLog);
      },
    ],
  ])('and %s takes nothing more, nor after a restart', async (_, goOn) => {
    const context = await openHere();
    await open(context, 'T-1');
    const older = server.log.copy();
    for (const ticket of ['T-2', 'T-3', 'T-4']) await open(context, ticket);
    await context.store.look();
    expect(context.store.fault).toBeUndefined();
    const lost = server.log.records.slice(older.records.length).filter(({ stream }) => !stream.startsWith('$'));
    server.log.putBack(older);
    before = older.records.filter(({ stream }) => !/^[$~]/.test(stream));
    goOn(lost);
    const { length } = server.log.records;

    for (let look = 0; look < 2; look++) {
      await context.store.look();
      expect(context.store.fault).toMatchObject({ code: 'LOG_OLDER', isLasting: true });
    }
    expect(server.log.records).toHaveLength(length); // it is not tried there whether appends are taken
    await expect(open(context, 'T-5')).rejects.toMatchObject({ code: 'LOG_OLDER' });
    await context.close();
    await expect(openHere()).rejects.toMatchObject({ code: 'LOG_OLDER' });
    expect(server.log.records.filter(({ stream }) => stream.includes('T-5'))).toEqual([]);
    expect(server.log.records.length).toBeLessThanOrEqual(length + 2); // the name of an empty log
  });
});
