import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type EventStore, type Position } from '../../src/event-sourcing/event-store.js';
import { WatchedLog } from '../../src/event-sourcing/watched-log.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { event } from '../contract/event-store.contract.js';
import { Api, newFolder } from '../support/api.js';
import { ledgerAt, open } from '../support/application-contexts.js';
import { eachStore } from '../support/stores.js';

const now = '2026-03-02T09:00:00Z';
const opening = `mutation ($id: ID!) { openTicket(input: { id: $id, customer: "acme", plan: "pro", type: "productBug",
  channel: "email", subject: "It broke" }) { __typename ... on Rejection { code message } } }`;

describe('a data folder that goes away under a running server', () => {
  it.each<[string, (folder: string) => void]>([
    [
      'is removed',
      (folder) => {
        rmSync(folder, { recursive: true });
      },
    ],
    [
      'is moved',
      (folder) => {
        renameSync(folder, `${folder}-elsewhere`);
      },
    ],
    [
      'loses its log',
      (folder) => {
        rmSync(join(folder, 'events.db'));
      },
    ],
    [
      'loses the journal of its log',
      (folder) => {
        rmSync(join(folder, 'events.db-wal'));
      },
    ],
    [
      'gets another log',
      (folder) => {
        copyFileSync(join(folder, 'events.db'), join(folder, 'another.db'));
        renameSync(join(folder, 'another.db'), join(folder, 'events.db'));
      },
    ],
  ])('since it %s takes no commands any more, and its health says so', async (_, lose) => {
    const api = await Api.start(now);
    expect(await api.data(opening, { id: 'T-1' })).toEqual({ openTicket: { __typename: 'TicketChanged' } });
    lose(api.folder);
    const refusal = { __typename: 'Rejection', code: 'LOG_OLDER', message: expect.stringContaining('event store') };
    expect(await api.data(opening, { id: 'T-2' })).toEqual({ openTicket: refusal });
    const health = await fetch(`${api.url}/health`, { headers: api.identified });
    expect([health.status, await health.json()]).toEqual([
      503,
      expect.objectContaining({ status: 'failed', faults: [expect.objectContaining({ code: 'LOG_OLDER' })] }),
    ]);
    mkdirSync(api.folder, { recursive: true });
    await api.end();
  });

  it('goes on where it comes back', async () => {
    const folder = newFolder();
    const context = await ledgerAt(now, folder);
    await open(context, 'T-1');
    renameSync(folder, `${folder}-away`);
    await context.store.look();
    expect(context.store.fault).toMatchObject({ code: 'LOG_OLDER', isLasting: true });
    renameSync(`${folder}-away`, folder);
    await context.store.look();
    expect(context.store.fault).toBeUndefined();
    await open(context, 'T-2');
    await context.close();
  });
});

describe.each(eachStore)('a log that is watched, $where,', ({ open: openStore }) => {
  /** A store whose events are those of another from some moment on, under the same name. */
  function thatTurnsInto(first: EventStore, other: () => EventStore | undefined): EventStore {
    const now = () => other() ?? first;
    return {
      logId: first.logId,
      append: (...given) => now().append(...given),
      readStream: (...given) => now().readStream(...given),
      readAll: (...given) => now().readAll(...given),
      subscribe: (...given) => now().subscribe(...given),
      lastPosition: () => now().lastPosition(),
      markAt: (...given) => now().markAt(...given),
    };
  }

  it('takes no appends while it has lost events, or has others in their place', async () => {
    const [{ store, close }, less] = [await openStore(), SqliteEventStore.open(join(newFolder(), 'events.db'))];
    let other: EventStore | undefined;
    const watched = new WatchedLog({ store: thatTurnsInto(store, () => other), probe: () => Promise.resolve() });
    await watched.append('s', 'noStream', [event(), event()]);
    await watched.look();
    expect(watched.fault).toBeUndefined();
    const end = await store.lastPosition();

    other = { ...thatTurnsInto(store, () => undefined), lastPosition: () => less.lastPosition() };
    await watched.look();
    await expect(watched.append('s', 1, [event()])).rejects.toMatchObject({ code: 'LOG_OLDER' });
    other = { ...thatTurnsInto(store, () => undefined), markAt: () => Promise.resolve('another@0') };
    await watched.look();
    await expect(watched.append('s', 1, [event()])).rejects.toMatchObject({ code: 'LOG_OLDER' });
    expect(await store.lastPosition()).toBe(end);

    other = undefined;
    await watched.look();
    await watched.append('s', 1, [event()]);
    await close();
    await less.close();
  });

  it('is asked what stands at its end once in a look where nothing comes', async () => {
    const { store, close } = await openStore();
    const asked: Position[] = [];
    const markAt = (position: Position) => {
      asked.push(position);
      return store.markAt(position);
    };
    const counted = { ...thatTurnsInto(store, () => undefined), markAt };
    const watched = new WatchedLog({ store: counted, probe: () => Promise.resolve() });
    const { position } = await watched.append('s', 'noStream', [event()]);
    for (let n = 0; n < 3; n++) await watched.look();
    expect(asked).toEqual([position, position, position]);
    const { position: next } = await watched.append('s', 0, [event()]);
    await watched.look();
    expect(asked.slice(3)).toEqual([position, next]);
    await close();
  });
});
