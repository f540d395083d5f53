import { Kysely, Migrator, type Transaction } from 'kysely';
import { connectTo, dialectOf } from '../../read-models/connect.js';
import { type Stored } from '../../storage/disk-faults.js';
import { replaceSqliteFile } from '../../storage/sqlite-files.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type ProjectionStore } from '../../event-sourcing/projection-processor.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type Finding, logIsOlder, type Remembered, standingOf } from '../../event-sourcing/standing.js';
import { outboxMigrations, type OutboxSchema } from './tables.js';
import { trim } from './trim.js';

export type OutboxTx = Transaction<OutboxSchema>;

const outboxFile: Stored = {
  called: 'the deliveries of webhooks',
  remedy: 'Stop the server and restore a copy of webhooks.db, or move it away: then a new one is made.',
};

/** What is to be delivered, and what became of it. No log says so, so that no rebuild of the read models touches it. */
export interface Outbox extends ProjectionStore<OutboxTx> {
  readonly db: Kysely<OutboxSchema>;
  readonly close: () => Promise<void>;
}

type Log = Pick<EventStore, 'logId' | 'lastPosition' | 'markAt'>;

/**
 * Opens the outbox of a log. One that is new knows the endpoints of what the log holds already, and delivers nothing of it.
 * One of another log is moved away, and a new one is made.
 * @throws Rejection `DATA_NOT_WRITABLE`, `DATA_FROM_NEWER_VERSION`; `LOG_OLDER` where it knows events that the log has not
 */
export async function openOutbox(file: string, log: Log, { acceptsOlderLog, report }: Finding): Promise<Outbox> {
  const opened = await open(file);
  try {
    const standing = await standingOf(log, await rememberedIn(opened));
    if (standing.kind === 'older') {
      if (!acceptsOlderLog) throw logIsOlder('the outbox of webhooks', standing.why);
      const removed = await trim(opened, log);
      report(
        `Webhooks: ${removed} deliveries were removed, because the event store has no such events; the others continue.`,
      );
    }
    if (standing.kind !== 'another') {
      await begin(opened, log);
      return toOutbox(opened);
    }
  } catch (error) {
    await opened.destroy();
    throw error;
  }
  report(`Webhooks: the deliveries belong to another event store; they were moved to ${file}.before.`);
  await opened.destroy();
  replaceSqliteFile(`${file}.before`, file);
  const anew = await open(file);
  await begin(anew, log);
  return toOutbox(anew);
}

/** An outbox that is new is of the log as it stands. */
async function begin(db: Kysely<OutboxSchema>, log: Log): Promise<void> {
  const origin = await db.selectFrom('origin').select('log').executeTakeFirst();
  if (origin !== undefined) return;
  const quietUntil = await log.lastPosition();
  const mark = (await log.markAt(quietUntil)) ?? null;
  await db.insertInto('origin').values({ log: log.logId, quiet_until: quietUntil, quiet_mark: mark }).execute();
}

async function rememberedIn(db: Kysely<OutboxSchema>): Promise<readonly Remembered[]> {
  const origin = await db.selectFrom('origin').selectAll().executeTakeFirst();
  if (origin === undefined) return [];
  const { log: logId, quiet_until: position, quiet_mark: mark } = origin;
  const checkpoints = await db.selectFrom('checkpoints').select(['position', 'mark']).execute();
  return [{ logId, position, mark }, ...checkpoints.map((checkpoint) => ({ logId, ...checkpoint }))];
}

/** What a power cut takes is delivered once more: checkpoint and rows go together. */
async function open(file: string): Promise<Kysely<OutboxSchema>> {
  const database = connectTo(file, `The outbox ${file}`, outboxFile.remedy);
  const db = new Kysely<OutboxSchema>({ dialect: dialectOf(database, outboxFile) });
  const migrations = { getMigrations: () => Promise.resolve({ ...outboxMigrations }) };
  const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
  if (error === undefined) return db;
  await db.destroy();
  const message = error instanceof Error ? error.message : JSON.stringify(error);
  if (!message.includes('corrupted migrations')) throw new Rejection('DATA_NOT_WRITABLE', `${file}: ${message}`);
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
    async advance(tx, name, version, from, position, mark) {
      const moved = await tx
        .insertInto('checkpoints')
        .values({ name, version, position, mark })
        .onConflict((c) =>
          c
            .columns(['name', 'version'])
            .doUpdateSet({ position, mark })
            .where('checkpoints.position', '=', from ?? ''),
        )
        .executeTakeFirst();
      return (moved.numInsertedOrUpdatedRows ?? 0n) === 1n;
    },
  };
}
