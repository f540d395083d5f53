import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { Kysely, Migrator } from 'kysely';
import { type Position } from '../../src/event-sourcing/event-store.js';
import { refusing } from '../../src/event-sourcing/standing.js';
import { connectTo, dialectOf } from '../../src/read-models/connect.js';
import { openOutbox } from '../../src/webhooks/outbox/open-outbox.js';
import { outboxMigrations, type OutboxSchema } from '../../src/webhooks/outbox/tables.js';
import { newFolder } from '../support/api.js';

const log = {
  logId: 'log',
  lastPosition: () => Promise.resolve('1' as Position),
  markAt: () => Promise.resolve(undefined),
};

const { '0001-outbox': first, '0002-marks': second, '0003-dead-lettered': third } = outboxMigrations;
const stored = { called: 'the outbox', remedy: 'None.' };

/** An outbox as an earlier version left it: with these migrations, and what is put into it. */
async function outboxBefore(migrations: object, fill: (db: Kysely<OutboxSchema>) => Promise<unknown>): Promise<string> {
  const file = join(newFolder(), 'webhooks.db');
  const db = new Kysely<OutboxSchema>({ dialect: dialectOf(connectTo(file, file, stored.remedy), stored) });
  const provider = { getMigrations: () => Promise.resolve(migrations as typeof outboxMigrations) };
  await new Migrator({ db, provider }).migrateToLatest();
  await fill(db);
  await db.destroy();
  return file;
}

it('an outbox of an earlier version keeps its dead letters', async () => {
  const row = { webhook: 'desk', position: '1', ticket: 'T-1', stream: 'ticket-T-1', revision: 0, type: 'SlaMet' };
  const rows = ['setAside', 'delivered'].map((state) => ({ ...row, event: state, state, attempts: 1, queued_at: 0 }));
  const file = await outboxBefore({ '0001-outbox': first, '0002-marks': second }, (db) =>
    db
      .insertInto('deliveries')
      .values(rows as never)
      .execute(),
  );

  const outbox = await openOutbox(file, log, refusing);
  const found = await outbox.db.selectFrom('deliveries').select(['event', 'state']).orderBy('event').execute();
  await outbox.close();
  expect(found).toEqual([
    { event: 'delivered', state: 'delivered' },
    { event: 'setAside', state: 'deadLettered' },
  ]);
});

it('an outbox of an earlier version says of a disabled webhook that somebody asked for it', async () => {
  const migrations = { '0001-outbox': first, '0002-marks': second, '0003-dead-lettered': third };
  const rows = ['enabled', 'disabled'].map((state) => ({ webhook: state, content: JSON.stringify({ state }) }));
  const file = await outboxBefore(migrations, (db) => db.insertInto('endpoints').values(rows).execute());

  const outbox = await openOutbox(file, log, refusing);
  const found = await outbox.db.selectFrom('endpoints').select('content').orderBy('webhook').execute();
  await outbox.close();
  expect(found.map(({ content }) => JSON.parse(content) as unknown)).toEqual([
    { state: 'disabled', disabledBecause: 'asked' },
    { state: 'enabled', disabledBecause: null },
  ]);
});
