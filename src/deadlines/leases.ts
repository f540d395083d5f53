import { Kysely, sql } from 'kysely';
import { type TimeSource } from '../time/time-source.js';
import { type Finding, refusing } from '../event-sourcing/standing.js';
import { StorageFault } from '../event-sourcing/storage-fault.js';
import { connectTo, dialectOf } from '../read-models/connect.js';
import { type Stored, tellingFaults } from '../storage/disk-faults.js';
import { removeSqliteFile } from '../storage/sqlite-files.js';

/** Which node does some work, and until when it said so. */
interface LeasesTable {
  work: string;
  owner: string;
  expires_at: number;
}

/** A ticket that some work failed on. */
export interface StuckTicketsTable {
  work: string;
  ticket: string;
  error: string;
  tries: number;
  since: number;
  last_at: number;
  retry_at: number;
}

/** What the nodes that share the work keep beside the log and the read models. Losing it costs time, and nothing else. */
export interface LeaseSchema {
  leases: LeasesTable;
  stuck_tickets: StuckTicketsTable;
}

export type LeaseDatabase = Kysely<LeaseSchema>;

const leasesFile: Stored = {
  called: 'the leases of work in leases.db',
  remedy: 'The next start makes a new file.',
};

/**
 * Opens what is kept of the work, and makes it where it is not there: a file of its own, so that no projection holds up
 * who writes here.
 * @throws Rejection `DATA_NOT_WRITABLE`
 */
export async function openLeases(file: string, { report }: Finding = refusing): Promise<LeaseDatabase> {
  try {
    return await openSound(file);
  } catch (error) {
    if (!(error instanceof StorageFault) || !error.isLasting) throw error;
    report(`${file} is damaged and was replaced by a new file; it contains no recorded events.`);
    removeSqliteFile(file);
    return openSound(file);
  }
}

/** @throws StorageFault where the file is damaged */
async function openSound(file: string): Promise<LeaseDatabase> {
  const database = connectTo(file, file, leasesFile.remedy);
  const db = new Kysely<LeaseSchema>({ dialect: dialectOf(database, leasesFile) });
  try {
    const found = tellingFaults(leasesFile, () => database.pragma('quick_check(1)', { simple: true })); // it is small
    if (found !== 'ok') throw new StorageFault('DATA_DAMAGED', `${file} is damaged: ${String(found)}`, true);
    await makeTables(db);
    return db;
  } catch (error) {
    database.close();
    throw error;
  }
}

async function makeTables(db: LeaseDatabase): Promise<void> {
  await db.schema
    .createTable('leases')
    .ifNotExists()
    .addColumn('work', 'text', (c) => c.primaryKey())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('stuck_tickets')
    .ifNotExists()
    .addColumn('work', 'text', (c) => c.notNull())
    .addColumn('ticket', 'text', (c) => c.notNull())
    .addColumn('error', 'text', (c) => c.notNull())
    .addColumn('tries', 'integer', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('last_at', 'bigint', (c) => c.notNull())
    .addColumn('retry_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('stuck_tickets_key', ['work', 'ticket'])
    .execute();
  await sql`UPDATE OR REPLACE stuck_tickets SET work = 'mergePropagations' WHERE work = 'handOvers'`.execute(db); // as it was called once
}

/** How long a lease holds; taken again while there is work, it is taken over that long after its owner has gone. */
const leaseMs = 10_000;

/** The lease of some work for one of the nodes. */
export const leaseOf = (db: LeaseDatabase, work: string, owner: string, time: TimeSource) => ({
  retryMs: leaseMs / 2,
  /** Takes or renews it, unless another has it; one that would hold for longer than any does is of a clock gone wrong. */
  take: async (): Promise<boolean> => {
    const now = time.now();
    const expiresAt = now + leaseMs;
    const { numAffectedRows } = await sql`
      INSERT INTO leases (work, owner, expires_at) VALUES (${work}, ${owner}, ${expiresAt})
      ON CONFLICT (work) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
      WHERE leases.owner = excluded.owner OR leases.expires_at <= ${now} OR leases.expires_at > ${expiresAt}`.execute(
      db,
    );
    return numAffectedRows === 1n;
  },
});

/** Gives up every lease: whoever has the data to itself need not wait for those who had it before. */
export const endLeases = (db: LeaseDatabase) => db.deleteFrom('leases').execute();

/** The tickets that some work is stuck on. */
export const stuckOf = (db: LeaseDatabase, work: string) => ({
  all: async () => {
    const rows = await db.selectFrom('stuck_tickets').selectAll().where('work', '=', work).execute();
    return rows.map(({ last_at: lastAt, retry_at: retryAt, ...row }) => ({ ...row, lastAt, retryAt }));
  },
  put: async ({ lastAt, retryAt, ...stuck }: Omit<StuckTicketsTable, 'work' | 'last_at' | 'retry_at'> & Times) => {
    const row = { work, ...stuck, last_at: lastAt, retry_at: retryAt };
    await db.replaceInto('stuck_tickets').values(row).execute();
  },
  remove: async (ticket: string) => {
    await db.deleteFrom('stuck_tickets').where('work', '=', work).where('ticket', '=', ticket).execute();
  },
});

interface Times {
  readonly lastAt: number;
  readonly retryAt: number;
}

/** How many tickets are stuck. */
export async function countStuck(db: LeaseDatabase): Promise<number> {
  const { count } = await db
    .selectFrom('stuck_tickets')
    .select((where) => where.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}
