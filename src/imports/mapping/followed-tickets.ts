import { namelessDatabase } from '../../storage/nameless.js';
import { MappedTicket, type TicketSoFar } from './mapped-ticket.js';

/** How many tickets are in memory at least, and half of those at most. */
const inMemory = 50_000;

/** A ticket whose opening was rejected: none of its rows is taken. */
export type Followed = MappedTicket | 'unopened';

/**
 * The tickets of a log, however many and whatever stands between the rows of one: those that were not heard of for long go to
 * disk, and come back.
 */
export class FollowedTickets {
  private young = new Map<string, Followed>();
  private old = new Map<string, Followed>();
  private disk: ReturnType<typeof openDisk> | undefined;

  constructor(private readonly size = inMemory) {}

  get(id: string): Followed | undefined {
    return this.young.get(id) ?? this.old.get(id) ?? this.fromDisk(id);
  }

  set(id: string, ticket: Followed): void {
    if (this.young.size >= this.size && !this.young.has(id)) this.age();
    this.young.set(id, ticket);
  }

  close(): void {
    this.disk?.close();
    this.disk = undefined;
  }

  /** The older ones go to disk, but those that were heard of since. */
  private age(): void {
    const { old, young } = this;
    if (old.size > 0) {
      this.disk ??= openDisk();
      this.disk.write([...old].filter(([id]) => !young.has(id)));
    }
    [this.old, this.young] = [young, new Map<string, Followed>()];
  }

  private fromDisk(id: string): Followed | undefined {
    const written = this.disk?.read(id);
    if (written === undefined) return undefined;
    const soFar = JSON.parse(written) as TicketSoFar | 'unopened';
    return soFar === 'unopened' ? soFar : new MappedTicket(id, soFar);
  }
}

function openDisk() {
  const db = namelessDatabase('CREATE TABLE tickets (id TEXT PRIMARY KEY, so_far TEXT NOT NULL) WITHOUT ROWID');
  const insert = db.prepare('INSERT OR REPLACE INTO tickets VALUES (?, ?)');
  const find = db.prepare('SELECT so_far FROM tickets WHERE id = ?').pluck();
  return {
    write: db.transaction((tickets: readonly (readonly [string, Followed])[]) => {
      for (const [id, ticket] of tickets) insert.run(id, JSON.stringify(ticket === 'unopened' ? ticket : ticket.soFar));
    }),
    read: (id: string) => find.get(id) as string | undefined,
    close: () => {
      db.close();
    },
  };
}
