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

it('an outbox of an earlier version keeps its dead letters', async () => {
  const file = join(newFolder(), 'webhooks.db');
  const stored = { called: 'the outbox', remedy: 'None.' };
  const before = new Kysely<OutboxSchema>({ dialect: dialectOf(connectTo(file, file, stored.remedy), stored) });
  const { '0003-dead-lettered': _, ...earlier } = outboxMigrations;
  await new Migrator({ db: before, provider: { getMigrations: () => Promise.resolve(earlier) } }).migrateToLatest();
  const row = { webhook: 'desk', position: '1', ticket: 'T-1', stream: 'ticket-T-1', revision: 0, type: 'SlaMet' };
  const rows = ['setAside', 'delivered'].map((state) => ({ ...row, event: state, state, attempts: 1, queued_at: 0 }));
  await before
    .insertInto('deliveries')
    .values(rows as never)
    .execute();
  await before.destroy();

  const outbox = await openOutbox(file, log, refusing);
  const found = await outbox.db.selectFrom('deliveries').select(['event', 'state']).orderBy('event').execute();
  await outbox.close();
  expect(found).toEqual([
    { event: 'delivered', state: 'delivered' },
    { event: 'setAside', state: 'deadLettered' },
  ]);
});
