import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { summaryOf, ticketHistory } from '../audit/history.js';
import { readSettings } from '../config/settings.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { openForReading } from '../ledger.js';

export const historyCommand = new Command('history')
  .description('print a ticket’s events in the order of recording; reads beside a running server')
  .argument('<ticket>', 'the ticket’s id')
  .option('--json', 'the events in full, one JSON object a line')
  .action(async (ticket: string, { json = false }: { readonly json?: boolean }) => {
    const { data } = readSettings();
    if (!existsSync(data)) throw new Rejection('DATA_NOT_FOUND', `There is no data folder ${data}.`);
    const log = openForReading(data);
    try {
      let events = 0;
      for await (const event of ticketHistory(log.store, ticket)) {
        events += 1;
        const { occurredAt, actor } = event.metadata;
        const at = new Date(occurredAt).toISOString();
        const line = `${String(event.revision).padStart(3)}  ${at}  ${event.type.padEnd(18)}  ${summaryOf(event)}  [${actor.id}]`;
        console.log(json ? JSON.stringify(event) : line);
      }
      if (events === 0) throw new Rejection('TICKET_NOT_FOUND', `There is no ticket ${ticket}.`);
    } finally {
      log.close();
    }
  });
