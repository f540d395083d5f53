import { existsSync, renameSync, rmSync } from 'node:fs';
import { Kysely, Migrator, type Transaction } from 'kysely';
import { connectTo, dialectOf } from '../../database/connect.js';
import { type Stored } from '../../database/disk-faults.js';
import { type EventStore, type Position } from '../../event-sourcing/event-store.js';
import { type ProjectionStore } from '../../event-sourcing/projector.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { outboxMigrations, type OutboxSchema } from './tables.js';

export type OutboxTx = Transaction<OutboxSchema>;

const outboxFile: Stored = {
  called: 'the deliveries of webhooks',
  remedy: 'Stop the server and put a copy of webhooks.db back, or move it away: then a new one is made.',
};

/** What is to be delivered, and what became of it. No log says so, so that no rebuild of the read models touches it. */
export interface Outbox extends ProjectionStore<OutboxTx> {
  readonly db: Kysely<OutboxSchema>;
  readonly close: () => Promise<void>;
}

type Log = Pick<EventStore, 'logId' | 'lastPosition'>;

/**
 * Opens the outbox of a log. One that is new knows the endpoints of what the log holds already, and delivers nothing of it.
 * One of another log, or of events that the log no longer has, is put aside for a new one.
 * @throws Rejection `DATA_NOT_WRITABLE`, `DATA_FROM_NEWER_VERSION`
 */
export async function openOutbox(file: string, log: Log): Promise<Outbox> {
  const end = await log.lastPosition();
  const opened = await open(file);
  if (await isOf(opened, log.logId, end)) return toOutbox(opened);
  await opened.destroy();
  for (const side of ['-wal', '-shm']) rmSync(`${file}${side}`, { force: true });
  if (existsSync(file)) renameSync(file, `${file}.before`);
  const anew = await open(file);
  await isOf(anew, log.logId, end);
  return toOutbox(anew);
}

/** Whether an outbox is a log's as it stands; a new one is from then on. */
async function isOf(db: Kysely<OutboxSchema>, log: string, end: Position): Promise<boolean> {
  const origin = await db.selectFrom('origin').selectAll().executeTakeFirst();
  if (origin === undefined) {
    await db.insertInto('origin').values({ log, quiet_until: end }).execute();
    return true;
  }
  const checkpoints = await db.selectFrom('checkpoints').select('position').execute();
  const seen = [origin.quiet_until, ...checkpoints.map(({ position }) => position)];
  return origin.log === log && seen.every((position) => position <= end);
}

/** What a power cut takes is delivered once more: checkpoint and rows go together. */
async function open(file: string): Promise<Kysely<OutboxSchema>> {
  const database = connectTo(file, `The outbox ${file}`);
  const db = new Kysely<OutboxSchema>({ dialect: dialectOf(database, outboxFile) });
  const migrations = { getMigrations: () => Promise.resolve({ ...outboxMigrations }) };
  const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
  if (error === undefined) return db;
  await db.destroy();
  const said = error instanceof Error ? error.message : JSON.stringify(error);
  if (!said.includes('corrupted migrations')) throw new Rejection('DATA_NOT_WRITABLE', `${file}: ${said}`);
  throw new Rejection('DATA_FROM_NEWER_VERSION', `${file} was written by a newer version. Nothing was changed.`);
}

function toOutbox(db: Kysely<OutboxSchema>): Outbox {
  return {
    db,
    close: () => db.destroy(),
    transaction: (work) => db.transaction().execute(work),
    async checkpoint(name, version) {
      const where = db.selectFrom('checkpoints').select('position').where('name', '=', name);
      return (await where.where('version', '=', version).executeTakeFirst())?.position;
    },
    async advance(tx, name, version, from, position) {
      const moved = await tx
        .insertInto('checkpoints')
        .values({ name, version, position })
        .onConflict((c) =>
          c
            .columns(['name', 'version'])
            .doUpdateSet({ position })
            .where('checkpoints.position', '=', from ?? ''),
        )
        .executeTakeFirst();
      return (moved.numInsertedOrUpdatedRows ?? 0n) === 1n;
    },
  };
}
