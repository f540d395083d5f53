import { Command } from 'commander';
import { flagsInWords, summaryOf, wholeHistory } from '../audit/history.js';
import { readSettings } from '../config/settings.js';
import { ticketsNamed } from '../tickets/queries/tickets.js';
import { reportedOf } from '../event-sourcing/event-store.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type ReadOnlyContext, openForReading } from '../app/pledge-context.js';
import { print, printAll, printsAlone } from './print.js';
import { type Remote, type RemoteOptions, remoteOf } from './remote.js';
import { remoteHistory } from './remote-history.js';

interface HistoryOptions extends RemoteOptions {
  readonly json?: boolean;
}

export const historyCommand = new Command('history')
  .description(
    'print the events of a ticket as they were recorded; works while the server runs, or asks another server',
  )
  .argument('<ticket>', "the ticket's id, or its reference")
  .option('--json', 'the events in full, one JSON object a line')
  .option('--server <url>', 'ask this server, for example https://pledge.example')
  .option('--key-file <file>', 'the file with the key for it (default: the variable PLEDGE_KEY)')
  .action(async (ticket: string, { json = false, ...where }: HistoryOptions) => {
    const remote = remoteOf(where);
    printsAlone();
    if (remote === undefined) await printLocal(ticket, json);
    else await printAll(remoteLines(remote, ticket, json));
  });

async function* remoteLines(remote: Remote, ticket: string, json: boolean): AsyncGenerator<string> {
  for await (const event of remoteHistory(remote, ticket))
    yield json ? event.json : line({ ...event, by: event.actor, flags: event.flags.map(inWords) });
}

async function printLocal(ticket: string, json: boolean): Promise<void> {
  const context = await openForReading(readSettings());
  try {
    if (await printHistory(context, ticket, json)) return;
    const [named, ...others] = context.db === undefined ? [] : await ticketsNamed(context.db, ticket);
    if (named === undefined) throw new Rejection('TICKET_NOT_FOUND', `There is no ticket ${ticket}.`);
    if (others.length > 0) {
      const ids = [named, ...others].join(', ');
      throw new Rejection(
        'AMBIGUOUS_REFERENCE',
        `${ticket} is the reference of several tickets; give one of these ids: ${ids}.`,
      );
    }
    await printHistory(context, named, json);
  } finally {
    await context.close();
  }
}

/** Prints the history of a ticket, and says whether there is one. */
async function printHistory({ store }: ReadOnlyContext, ticket: string, json: boolean): Promise<boolean> {
  let isThere = false;
  for await (const { event, flags } of wholeHistory(store, ticket)) {
    isThere = true;
    const { revision, type, metadata } = event;
    const occurredAt = new Date(metadata.occurredAt).toISOString();
    const text = { summary: summaryOf(event), flags: flags.map((flag) => flagsInWords[flag]) };
    const onBehalfOf = reportedOf(metadata) ?? null;
    print(json ? JSON.stringify(event) : line({ revision, type, occurredAt, by: metadata.actor, onBehalfOf, ...text }));
  }
  return isThere;
}

interface Printed {
  readonly revision: number;
  readonly type: string;
  readonly occurredAt: string;
  readonly by: { readonly id: string };
  readonly onBehalfOf: { readonly id: string } | null;
  readonly summary: string;
  readonly flags: readonly string[];
}

function line({ revision, type, occurredAt, by, onBehalfOf, summary, flags }: Printed): string {
  const text = [summary, ...flags.map((flag) => `(${flag})`)].join(' ');
  const who = onBehalfOf === null ? by.id : `${by.id} for ${onBehalfOf.id}`;
  return `${String(revision).padStart(3)}  ${occurredAt}  ${type.padEnd(18)}  ${text}  [${who}]`;
}

/** `WITHOUT_EFFECT`, as the API says it, in words. */
function inWords(flag: string): string {
  const name = flag.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.hasOwn(flagsInWords, name) ? flagsInWords[name as keyof typeof flagsInWords] : flag;
}
