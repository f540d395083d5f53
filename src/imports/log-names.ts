import { Cache } from '../event-sourcing/cache.js';
import { ticketIdOf } from '../tickets/domain/ticket-id.js';
import { type FactRecord } from './import-record.js';

/** Names remembered of tickets that rows name beside their own. */
const remembered = 50_000;

const idInText = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/** What a log calls its tickets: whoever reads why a row was refused knows them by these names, not by Pledge's ids. */
export class LogNames {
  private readonly others = new Cache<string>(remembered);

  constructor(private readonly source: string) {}

  /** Pledge's id of a ticket of the log. */
  readonly idOf = (externalId: string): string => ticketIdOf({ source: this.source, externalId });

  /** Pledge's id of the ticket of a fact that is not called by its reference. */
  idOfFact({ ticket, named }: FactRecord): string {
    return named !== undefined && 'id' in named ? named.id : this.idOf(ticket);
  }

  /** Remembers the ticket that a fact names beside its own. */
  note({ command }: FactRecord): void {
    if (command.type === 'MergeTicket' || command.type === 'SplitTicket')
      this.others.set(this.idOf(command.into), command.into);
  }

  /** What is said of a fact of the log, with the log's names in place of Pledge's ids. */
  told(message: string, { ticket }: FactRecord, own: string): string {
    return message.replace(idInText, (id) => (id === own ? ticket : (this.others.get(id) ?? id)));
  }
}
