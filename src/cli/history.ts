import { Command } from 'commander';
import { flagsInWords, summaryOf, ticketHistory } from '../audit/history.js';
import { readSettings } from '../config/settings.js';
import { ticketsNamed } from '../database/read-models.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type LedgerForReading, openForReading } from '../ledger.js';

export const historyCommand = new Command('history')
  .description('print a ticket’s events in the order of recording; reads beside a running server')
  .argument('<ticket>', 'the ticket’s id, or its reference')
  .option('--json', 'the events in full, one JSON object a line')
  .action(async (ticket: string, { json = false }: { readonly json?: boolean }) => {
    const ledger = await openForReading(readSettings());
    try {
      if (await print(ledger, ticket, json)) return;
      const [named, ...others] = ledger.db === undefined ? [] : await ticketsNamed(ledger.db, ticket);
      if (named === undefined) throw new Rejection('TICKET_NOT_FOUND', `There is no ticket ${ticket}.`);
      if (others.length > 0) {
        const ids = [named, ...others].join(', ');
        throw new Rejection('AMBIGUOUS_REFERENCE', `${ticket} is the reference of several tickets; say which: ${ids}.`);
      }
      await print(ledger, named, json);
    } finally {
      await ledger.close();
    }
  });

/** Prints the history of a ticket, and says whether there is one. */
async function print({ store }: LedgerForReading, ticket: string, json: boolean): Promise<boolean> {
  const history = await ticketHistory(store, 'everyone', ticket);
  for (const { event, flags } of history) {
    const { occurredAt, actor } = event.metadata;
    const said = [summaryOf(event), ...flags.map((flag) => `(${flagsInWords[flag]})`)].join(' ');
    const at = new Date(occurredAt).toISOString();
    const line = `${String(event.revision).padStart(3)}  ${at}  ${event.type.padEnd(18)}  ${said}  [${actor.id}]`;
    console.log(json ? JSON.stringify(event) : line);
  }
  return history.length > 0;
}
