import { DiskSet } from '../storage/disk-set.js';
import { namelessDatabase } from '../storage/nameless.js';
import { opens } from '../tickets/commands/opening-rejected.js';
import { Unopened } from '../tickets/commands/unopened.js';
import { ticketIdOf } from '../tickets/domain/ticket-id.js';
import { type ImportRow } from './import-record.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { UnmappedCells } from './unmapped-cells.js';

/** The share of tickets that clocks of several programs may put out of order. */
const fewBackwards = 0.01;

/**
 * Which tickets a log opens, wherever in it: found where it can be read through before anything is recorded. It is kept on
 * disk, so that memory does not grow with the log.
 */
export class Survey {
  /** Rows, each on its line. */
  rows = 0;
  private readonly refused = new DiskSet();
  /** Tickets of which an opening will be refused. */
  readonly unopened = new Unopened(this.refused);
  readonly unmapped = new UnmappedCells();
  /** Tickets whose rows do not go by time. */
  private backwards = 0;
  private place = '';
  private readonly db = namelessDatabase('CREATE TABLE opened (ticket TEXT PRIMARY KEY, customer TEXT) WITHOUT ROWID');
  private readonly insert = this.db.prepare('INSERT OR IGNORE INTO opened VALUES (?, ?)');
  private readonly find = this.db.prepare('SELECT customer FROM opened WHERE ticket = ?').pluck();
  private readonly count = this.db.prepare('SELECT count(*) FROM opened').pluck();
  private readonly own = this.db.prepare('UPDATE opened SET customer = ? WHERE ticket = ? AND customer IS NULL');

  constructor(private readonly source: string) {}

  take(row: ImportRow): void {
    const place = `${row.line} ${row.file ?? ''}`;
    if (place !== this.place) this.rows += 1;
    this.place = place;
    if ('turnsBack' in row) this.backwards += 1;
    else if ('rejected' in row) {
      if (row.unmapped !== undefined) this.unmapped.add(row.unmapped);
      if (row.unopened?.by === 'opening') this.refuse(row.unopened.ticket);
      else if (row.unopened !== undefined) this.opened(row.unopened.ticket, null);
    } else if ('record' in row && row.record.kind === 'fact') {
      const { ticket, command } = row.record;
      if (opens(command)) this.opened(ticket, command.customer);
      else if (command.type === 'SplitTicket') this.opened(command.into, null);
    }
  }

  /** Why a log is not taken in the order of its rows; undefined where it may be. */
  get backwardsRefusal(): Rejection | undefined {
    const tickets = this.count.get() as number;
    if (this.backwards <= tickets * fewBackwards) return undefined;
    const how =
      'Say order: time in the mapping to have its rows sorted, or order: file where they are right as they are.';
    return new Rejection(
      'LOG_BACKWARDS',
      `The rows of ${this.backwards} of ${tickets} tickets run backwards in time. ${how}`,
    );
  }

  /** Whether the log opens a ticket, by Pledge's id. */
  opens(ticket: string): boolean {
    return this.find.get(ticket) !== undefined;
  }

  close(): void {
    this.db.close();
    this.refused.close();
  }

  /** A ticket is opened for one customer; where another one's has the same id, one of the two is refused. */
  private opened(externalId: string, customer: string | null): void {
    const ticket = this.idOf(externalId);
    if (this.insert.run(ticket, customer).changes > 0 || customer === null) return;
    if (this.own.run(customer, ticket).changes > 0) return; // a split was to open it as well
    if (this.find.get(ticket) !== customer) this.refuse(externalId);
  }

  private refuse(externalId: string): void {
    this.unopened.add(this.idOf(externalId), 'opening');
  }

  private idOf(externalId: string): string {
    return ticketIdOf({ source: this.source, externalId });
  }
}
